import { AutomationError } from "../../primitives/errors.ts";

/** The quota has no slot for this call now. Nothing was sent; try again in `retryAfterMs`. */
export class QuotaDeferredError extends AutomationError {
  override readonly name = "QuotaDeferredError";
  /** Milliseconds until it is worth asking again. */
  readonly retryAfterMs: number;
  /** Whether an attempt before this one may have been carried out. */
  mayBeDone = false;

  constructor({ retryAfterMs, ...details }: { retryAfterMs: number; [detail: string]: unknown }) {
    super(
      `RingCX's quota has no slot for this call now. Try again in ${Math.ceil(retryAfterMs / 1000)} s; nothing was sent.`,
      { code: "QUOTA_DEFERRED", retryable: true, details: { retryAfterMs, ...details } },
    );
    this.retryAfterMs = retryAfterMs;
  }
}
