import type { Priority } from "./client.ts";

/** Whether some calls would go now. */
export type Fit = { fits: true } | { fits: false; retryAfterMs: number };

/** The places that RingCX's rate limit leaves, shared by everything that runs. */
export interface Quota {
  /** Resolves when the request may be sent now. Throws `QuotaDeferredError` when that would take too long. */
  claim(priority: Priority, options?: { deadline?: number | undefined }): Promise<void>;
  /** Would that many calls go now? Takes no place. */
  wouldFit(calls: number, priority: Priority): Promise<Fit>;
  /** A 429 was seen: nobody sends for so long, or for a while that grows. */
  pause(retryAfterMs?: number): Promise<void>;
}
