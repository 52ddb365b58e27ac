import { QuotaDeferredError } from "../quota/quota-deferred-error.ts";
import { RingCxError } from "../resources/errors.ts";

/**
 * Whether RingCX may have carried out a write that failed, in any of its attempts. It has not where each attempt was refused
 * (4xx, but for 408), met the rate limit (429), or never left. What else fails around a write says nothing about it.
 */
export function mayBeWritten(error: unknown): boolean {
  return error instanceof RingCxError || error instanceof QuotaDeferredError ? error.mayBeDone : true;
}
