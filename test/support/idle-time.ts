import type { Clock } from "../../shared/primitives/clock.ts";

/**
 * Time that passes only while somebody sleeps by its clock, for one worker that talks to a real server on this machine:
 * what it waits for there takes no time. What others take, by `take`, goes on beside it.
 */
export class IdleTime {
  #now = Date.UTC(2030, 0, 1);
  #sleepers = 0;
  #isMoving = false;
  #events: { at: number; wake: () => void }[] = [];

  readonly clock: Clock = {
    now: () => this.#now,
    sleep: async (ms, signal) => {
      this.#sleepers += 1;
      try {
        await this.#event(ms, signal);
      } finally {
        this.#sleepers -= 1;
      }
    },
  };

  /** Something that takes so long, and for which nobody stands still. */
  take(ms: number): Promise<void> {
    return this.#event(ms);
  }

  #event(ms: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const event = { at: this.#now + Math.max(0, Math.ceil(ms)), wake: resolve };
    this.#events.push(event);
    signal?.addEventListener("abort", () => {
      this.#events = this.#events.filter((one) => one !== event);
      resolve();
    });
    if (!this.#isMoving) void this.#move();
    return promise;
  }

  async #move(): Promise<void> {
    this.#isMoving = true;
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#sleepers > 0) {
      const next = this.#events.toSorted((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#events = this.#events.filter((one) => one !== next);
      this.#now = Math.max(this.#now, next.at);
      next.wake();
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#isMoving = false;
  }
}
