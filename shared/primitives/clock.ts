import { setTimeout as delay } from "node:timers/promises";

/** Where time comes from. Passed in everywhere, so that a simulation can run hours in milliseconds. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it aborts first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A number in [0, 1), as `Math.random`. */
export type Random = () => number;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, signal && { signal });
    } catch (error) {
      // Node rejects with an error of its own, and has the reason as its cause.
      signal?.throwIfAborted();
      throw error;
    }
  },
};

/**
 * Exponential backoff with full jitter: a duration in [0, min(capMs, baseMs · 2^attempt)).
 *
 * @param attempt counted from 0
 */
export function fullJitter(attempt: number, random: Random, baseMs: number, capMs: number): number {
  return random() * Math.min(capMs, baseMs * 2 ** attempt);
}
