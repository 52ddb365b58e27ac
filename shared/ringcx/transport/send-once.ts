import ky, { isNetworkError, isTimeoutError } from "ky";
import type { Method } from "../resources/operations.ts";
import { userAgent } from "./user-agent.ts";

/** What came of sending a request once. */
export type SendResult =
  | { kind: "answered"; status: number; text: string; retryAfter: string | null }
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
}

// The connection was never made, so no byte of the request left. Anything else may have arrived.
const unsent = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);

/**
 * Sends a request once. Never throws, follows no redirect and repeats nothing: who may repeat, when, and at
 * whose cost in the quota is for the caller to decide, by the caller's clock. What is returned holds neither
 * headers nor body of the request, unlike the errors of an HTTP library.
 */
export async function sendOnce({ method, url, headers, body, timeoutMs }: HttpRequest): Promise<SendResult> {
  try {
    const sent = ky(url, {
      method,
      headers: { accept: "application/json", ...headers, "user-agent": userAgent },
      ...(body !== undefined && { body }),
      redirect: "manual",
      retry: 0,
      throwHttpErrors: false,
      timeout: timeoutMs,
      totalTimeout: timeoutMs,
    });
    const text = await sent.text();
    const { status, headers: answered } = await sent;
    return { kind: "answered", status, text, retryAfter: answered.get("retry-after") };
  } catch (error) {
    if (isTimeoutError(error)) return { kind: "failed", reason: "TIMEOUT", isUnsent: false, isTransient: true };
    const code = innermostCode(error);
    return {
      kind: "failed",
      reason: code ?? (error instanceof Error ? error.name : "UNKNOWN"),
      isUnsent: code !== undefined && unsent.has(code),
      isTransient: code !== undefined || isNetworkError(error),
    };
  }
}

/** `ECONNRESET` and the like, from wherever in the chain of causes the system said it. */
function innermostCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  return innermostCode(error.cause) ?? code;
}

/** `Retry-After` in milliseconds: seconds or an HTTP date (RFC 9110, 10.2.3). */
export function retryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const ms = /^\s*\d+(\.\d+)?\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}
