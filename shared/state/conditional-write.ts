import { type Clock, fullJitter, type Random } from "../primitives/clock.ts";
import { AutomationError } from "../primitives/errors.ts";

/** How often and how long a conditional write is tried. */
export interface RetryOptions {
  clock: Clock;
  random: Random;
  /** Most attempts. @default 100 */
  maxAttempts?: number;
  /** The wait after the first lost write, doubled after each, in milliseconds. @default 10 */
  baseMs?: number;
  /** The longest wait, in milliseconds. @default 160 */
  capMs?: number;
  /** No attempt begins later than so many milliseconds after the first. @default unbounded */
  patienceMs?: number;
}

/**
 * Reads, decides and writes until the write is not lost against another writer: the only loop on conditional writes. It
 * waits before each new attempt (full jitter) and is bounded, so that an item that nobody can write, or that is never
 * as it was read, ends in an answer.
 *
 * @param attempt `undefined` when the write was lost; its errors are the caller's
 * @returns `undefined` when the bound was reached
 */
export async function retryLostWrites<T>(
  { clock, random, maxAttempts = 100, baseMs = 10, capMs = 160, patienceMs }: RetryOptions,
  attempt: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const deadline = patienceMs === undefined ? Number.POSITIVE_INFINITY : clock.now() + patienceMs;
  for (let lost = 0; lost < maxAttempts; lost += 1) {
    if (lost > 0) {
      if (clock.now() >= deadline) return undefined;
      await clock.sleep(fullJitter(lost - 1, random, baseMs, capMs));
    }
    const result = await attempt();
    if (result !== undefined) return result;
  }
  return undefined;
}

/** What others write so often that this writer never gets to. It may be tried again later. */
export function contendedError(what: string): AutomationError {
  return new AutomationError(`Others kept writing ${what}. Nothing was written; it is tried again later.`, {
    code: "WRITE_CONTENDED",
    retryable: true,
  });
}
