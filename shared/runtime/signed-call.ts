import { type Clock, fullJitter, type Random } from "../primitives/clock.ts";
import { parseJsonObject } from "../primitives/json.ts";
import { type SignedRequest, type SignedResponse, type SigningClient, signedFetch } from "./signed-fetch.ts";

/** An error that an AWS service answered. */
export class AwsError extends Error {
  /** The service's own: `AccessDeniedException`, `ResourceNotFoundException`. */
  override readonly name: string;

  /** Of HTTP. */
  readonly status: number;

  constructor(name: string, message: string, status: number) {
    super(message);
    this.name = name;
    this.status = status;
  }
}

/** What a call that failed is repeated with. */
export interface Repeating {
  clock: Pick<Clock, "sleep">;
  random: Random;
  /** How often it is tried. @default 3, as the SDK does by itself */
  attempts?: number;
  /** What is left of the time for all of it, in milliseconds. @default each try has the request's own longest wait */
  remainingMs?: () => number;
}

/**
 * One operation of an AWS service, repeated as the SDK would: an SDK client of which one operation is used is up to 70 KB of every
 * start, a tenth of the bundle.
 *
 * @throws {AwsError} the service's own; a `TimeoutError`, or Node's own error where the service cannot be reached
 */
export async function signedCall(
  client: SigningClient,
  request: SignedRequest,
  { clock, random, attempts = 3, remainingMs }: Repeating,
): Promise<SignedResponse> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answerMs = Math.min(request.answerMs, Math.max(1, remainingMs?.() ?? Infinity));
      const response = await signedFetch(client, { ...request, answerMs });
      if (response.status >= 300) throw errorOf(request.service, response);
      return response;
    } catch (error) {
      // The whole time was given to the try that was not answered.
      const isOver = remainingMs !== undefined && (isTimeout(error) || remainingMs() <= 0);
      if (attempt === attempts || isOver || !mayPass(error)) throw error;
      await clock.sleep(fullJitter(attempt - 1, random, 100, 5_000));
    }
  }
}

/** As the service names it: in a header or the body of JSON, or in XML. */
function errorOf(service: string, { headers, status, text }: SignedResponse): AwsError {
  const { __type, message, Message } = parseJsonObject(text) ?? {};
  const inXml = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
  const type = headers["x-amzn-errortype"] ?? (typeof __type === "string" ? __type : inXml("Code"));
  const said = [message, Message, inXml("Message")].find((one) => typeof one === "string");
  const name = type?.split("#").at(-1)?.split(":")[0];
  return new AwsError(name || `HTTP ${status}`, said ? String(said) : `${service} answered ${status}`, status);
}

/** Whether the longest wait for an answer was over. */
export function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === "TimeoutError";
}

/** Throttled, failed at the service's side, or not answered. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof AwsError)) return true;
  return error.status === 429 || error.status >= 500 || /Throttl|TooManyRequests|RequestLimitExceeded/.test(error.name);
}
