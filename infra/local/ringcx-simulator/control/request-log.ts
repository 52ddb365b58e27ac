import type { FaultKind } from "./faults.ts";

/** So many requests are kept: well over an hour at RingCX's limit for one account and the demonstration's two. */
export const maxLoggedRequests = 20_000;

/** One request that was seen. No header, no query, no body: nothing secret. */
export interface LoggedRequest {
  method: string;
  path: string;
  /** Id of the operation in the vendor's OpenAPI description; undefined when nothing serves the path. */
  operation: string | undefined;
  /** What was answered, or would have been had the connection not been cut; 0 when it was cut before. */
  status: number;
  /** Epoch milliseconds of its arrival. */
  at: number;
  accountId: string | undefined;
  /** `Retry-After` of the answer, as it was sent. */
  retryAfter?: string;
  /** The fault that met it. */
  fault?: FaultKind["kind"];
}
