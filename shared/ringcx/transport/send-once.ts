import type { Method } from "../resources/operations.ts";
import { userAgent } from "./user-agent.ts";

/** What came of sending a request once. */
export type SendResult =
  | {
      kind: "answered";
      status: number;
      text: string;
      retryAfter: string | null;
      /** Where they were asked for, by lower-case names. */
      headers?: Readonly<Record<string, string>>;
    }
  | {
      kind: "failed";
      reason: string;
      /** It surely never reached the server. */
      isUnsent: boolean;
      /** The network's failure, which passes by itself; otherwise something that we do not recognise. */
      isTransient: boolean;
    };

/** One HTTP request, its headers without our user agent. */
export interface HttpRequest {
  method: Method;
  url: string;
  headers: Record<string, string>;
  body?: string | URLSearchParams | undefined;
  /** Milliseconds for the answer and its body together. */
  timeoutMs: number;
  /** Whether the answer's headers are wanted, too. @default false */
  wantsHeaders?: boolean;
}

/** Longest answer that is read, in bytes, unpacked. An account with thousands of services has a tenth of it. */
export const longestAnswer = 10 * 1_024 * 1_024;
/** The `reason` of an answer that is longer. */
export const answerTooLong = "ANSWER_TOO_LONG";
/** Longest refusal that is read: it is for people, and searched for secrets. A longer one counts by its status. */
const longestRefusal = 64 * 1_024;

// The connection was never made, so no byte of the request left. Anything else may have arrived.
const unsent = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);

/**
 * What requests are sent with. Not loaded at a start: it takes all of Node's `fetch`, a quarter of a start's time, which not every
 * event needs, and which can be had while the table is asked for the token.
 */
export function loadHttpClient(): Promise<typeof import("ky")> {
  // Kept: even of what is loaded, Node looks up the name again each time.
  httpClient ??= import("ky");
  return httpClient;
}

let httpClient: Promise<typeof import("ky")> | undefined;

/**
 * Sends a request once. Never throws, follows no redirect and repeats nothing: who may repeat, when, and at
 * whose cost in the quota is for the caller to decide, by the caller's clock. What is returned holds neither
 * headers nor body of the request, unlike the errors of an HTTP library. The answer's body is bounded in time and size:
 * one that is too long is {@link answerTooLong}, and may have been given to a request that was carried out.
 */
export async function sendOnce({
  method,
  url,
  headers,
  body,
  timeoutMs,
  wantsHeaders = false,
}: HttpRequest): Promise<SendResult> {
  const { default: ky, isNetworkError } = await loadHttpClient();
  // Of our own, because ky's ends with the headers where a body is read as it comes.
  const signal = AbortSignal.timeout(Math.ceil(timeoutMs));
  try {
    const response = await ky(url, {
      method,
      headers: { accept: "application/json", ...headers, "user-agent": userAgent },
      ...(body !== undefined && { body }),
      redirect: "manual",
      retry: 0,
      throwHttpErrors: false,
      timeout: false,
      signal,
    });
    const { status, ok, headers: answered } = response;
    const text = await textWithin(response, ok ? longestAnswer : longestRefusal);
    if (text === undefined && ok) {
      return { kind: "failed", reason: answerTooLong, isUnsent: false, isTransient: false };
    }
    return {
      kind: "answered",
      status,
      text: text ?? "",
      retryAfter: answered.get("retry-after"),
      ...(wantsHeaders && { headers: Object.fromEntries(answered) }),
    };
  } catch (error) {
    if (signal.aborted) return { kind: "failed", reason: "TIMEOUT", isUnsent: false, isTransient: true };
    const code = innermostCode(error);
    return {
      kind: "failed",
      reason: code ?? (error instanceof Error ? error.name : "UNKNOWN"),
      isUnsent: code !== undefined && unsent.has(code),
      isTransient: code !== undefined || isNetworkError(error),
    };
  }
}

/** The body as text, or nothing where it is longer; then the rest is not read. */
async function textWithin({ body }: Response, mostBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > mostBytes) return undefined; // which cancels the stream, and ends the connection
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** `ECONNRESET` and the like, from wherever in the chain of causes the system said it. */
function innermostCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return innermostCode(error.cause) ?? code;
}

/**
 * `Retry-After` in milliseconds: seconds or an HTTP date (RFC 9110, 10.2.3).
 *
 * @param longestMs the most that it may ask for
 */
export function retryAfter(header: string | null, now: number, longestMs: number): number | undefined {
  if (header === null) return undefined;
  const ms = /^\s*\d+(\.\d+)?\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.min(longestMs, Math.max(0, ms)) : undefined;
}
