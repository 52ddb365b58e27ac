import { AutomationError } from "../../primitives/errors.ts";

/** What became of a call before it was handed back. */
export interface BeforeDeferral {
  /** A request was sent. */
  isSent: boolean;
  /** One of them may have been carried out. */
  mayBeDone: boolean;
}

/** The quota has no slot for this call now, or RingCX has refused it with 429. Try again in `retryAfterMs`. */
export class QuotaDeferredError extends AutomationError {
  override readonly name = "QuotaDeferredError";
  /** Milliseconds until it is worth asking again. */
  readonly retryAfterMs: number;
  /** Whether an attempt before this one may have been carried out. */
  mayBeDone = false;

  constructor({ retryAfterMs, ...details }: { retryAfterMs: number; [detail: string]: unknown }) {
    super(words(retryAfterMs, { isSent: false, mayBeDone: false }), {
      code: "QUOTA_DEFERRED",
      retryable: true,
      details: { retryAfterMs, ...details },
    });
    this.retryAfterMs = retryAfterMs;
  }

  /** Says what became of the call's requests: whoever claims a slot does not know. */
  tell(before: BeforeDeferral): void {
    this.mayBeDone = before.mayBeDone;
    this.message = words(this.retryAfterMs, before);
  }
}

function words(retryAfterMs: number, { isSent, mayBeDone }: BeforeDeferral): string {
  const done = mayBeDone
    ? "what was sent before may have been done"
    : isSent
      ? "what was sent was refused, and not done"
      : "nothing was sent";
  return `RingCX's quota has no slot for this call now. Try again in ${Math.ceil(retryAfterMs / 1000)} s; ${done}.`;
}
