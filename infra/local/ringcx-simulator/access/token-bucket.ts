import type { RateLimit, RateLimitOptions, RateVerdict } from "./limit.ts";

/** A bucket of `limit` places, from which each request takes one, and which fills up again within a window. */
export class TokenBucket implements RateLimit {
  readonly #options: RateLimitOptions;
  #places: number;
  #filledAt: number | undefined;

  constructor(options: RateLimitOptions) {
    this.#options = options;
    this.#places = options.limit;
  }

  admit(now: number): RateVerdict {
    this.#fill(now);
    const { limit, windowMs, countsRefused = false } = this.#options;
    if (this.#places >= 1) {
      this.#places -= 1;
      return { isAdmitted: true, remaining: Math.floor(this.#places) };
    }
    if (countsRefused) this.#places = Math.max(1 - limit, this.#places - 1);
    return { isAdmitted: false, retryAfterMs: Math.ceil(((1 - this.#places) * windowMs) / limit) };
  }

  useUp(count: number, now: number): void {
    this.#fill(now);
    this.#places = Math.max(0, this.#places - count);
  }

  giveBack(): void {
    this.#places = Math.min(this.#options.limit, this.#places + 1);
  }

  #fill(now: number): void {
    const { limit, windowMs } = this.#options;
    const passed = Math.max(0, now - (this.#filledAt ?? now));
    this.#places = Math.min(limit, this.#places + (passed * limit) / windowMs);
    this.#filledAt = now;
  }
}
