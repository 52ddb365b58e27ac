import type { Clock } from "../../primitives/clock.ts";
import { QuotaDeferredError } from "./quota-deferred-error.ts";

/** Least wait before the quota is asked again, in milliseconds. */
const leastWaitMs = 100;

/**
 * Asks for a slot until it is there, each time when the quota says.
 *
 * @param latest by when it must be asked for the last time, epoch milliseconds
 * @throws {QuotaDeferredError} when it would come later
 */
export async function claimBy(latest: number, clock: Clock, claim: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await claim();
    } catch (error) {
      if (!(error instanceof QuotaDeferredError)) throw error;
      const waitMs = Math.max(leastWaitMs, error.retryAfterMs);
      if (clock.now() + waitMs >= latest) throw error;
      await clock.sleep(waitMs);
    }
  }
}
