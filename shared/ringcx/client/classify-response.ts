import { parseJson } from "../../primitives/json.ts";
import { longestWaits } from "../../primitives/longest-waits.ts";
import type { Method } from "../resources/operations.ts";
import { retryAfter, type SendResult } from "../transport/send-once.ts";

/** What an attempt means for the call that it was made for. */
export type ResponseClass =
  | { kind: "done"; text: string }
  /** It was carried out, and its answer is no JSON: cut on its way, or somebody else's. */
  | { kind: "unreadable"; reason: string; mayBeDone: true }
  /** The token was not accepted; nothing was done. */
  | { kind: "unauthorized" }
  /** The rate limit was met; nothing was done. */
  | { kind: "rate-limited"; retryAfterMs: number | undefined }
  /** It failed, and sending it again can do no harm, although it may have been carried out. */
  | { kind: "repeatable"; reason: string; mayBeDone: boolean; status?: number; retryAfterMs?: number | undefined }
  /** A POST that may have been carried out: sending it again could do it twice. */
  | { kind: "ambiguous"; reason: string; mayBeDone: true; status?: number }
  /** A redirect is no refusal of RingCX's: what it was given to is not known. */
  | { kind: "refused"; status: number; text: string; mayBeDone: boolean }
  /** A failure that we do not recognise: thrown on, never repeated. */
  | { kind: "broken"; reason: string; mayBeDone: boolean };

/**
 * What an attempt means. RingCX has no idempotency keys: a POST is sent again only when it surely was not
 * carried out; everything else here is idempotent.
 *
 * @param now epoch milliseconds, for a `Retry-After` that is a date
 */
export function classifyResponse(method: Method, attempt: SendResult, now: number): ResponseClass {
  if (attempt.kind === "failed") {
    const { reason, isUnsent, isTransient } = attempt;
    if (method === "POST" && !isUnsent) return { kind: "ambiguous", reason, mayBeDone: true };
    const mayBeDone = !isUnsent;
    return isTransient ? { kind: "repeatable", reason, mayBeDone } : { kind: "broken", reason, mayBeDone };
  }
  const { status, text } = attempt;
  if (status >= 200 && status < 300) {
    const isReadable = text.trim() === "" || parseJson(text) !== undefined;
    return isReadable
      ? { kind: "done", text }
      : { kind: "unreadable", reason: "the answer is no JSON, or cut", mayBeDone: true };
  }
  if (status === 401) return { kind: "unauthorized" };
  const retryAfterMs = retryAfter(attempt.retryAfter, now, longestWaits.callRetryAfterMs);
  if (status === 429) return { kind: "rate-limited", retryAfterMs };
  if (status >= 500 || status === 408) {
    const reason = "no usable answer";
    return method === "POST"
      ? { kind: "ambiguous", reason, status, mayBeDone: true }
      : { kind: "repeatable", reason, status, mayBeDone: true, retryAfterMs };
  }
  return { kind: "refused", status, text, mayBeDone: status < 400 };
}
