import type { RateLimit, RateLimitOptions, RateVerdict } from "./limit.ts";

/**
 * A bucket of `limit` places, from which each request takes one, and which fills up again within a window. It is kept in
 * whole numbers, a place being `windowMs` of them: with fractions the time that a refusal names is off by a millisecond now
 * and then.
 */
export class TokenBucket implements RateLimit {
  readonly #options: RateLimitOptions;
  #level: number;
  #filledAt: number | undefined;

  constructor(options: RateLimitOptions) {
    this.#options = options;
    this.#level = options.limit * options.windowMs;
  }

  admit(now: number): RateVerdict {
    this.#fill(now);
    const { limit, windowMs, countsRefused = false } = this.#options;
    if (this.#level >= windowMs) {
      this.#level -= windowMs;
      return { isAdmitted: true, remaining: Math.floor(this.#level / windowMs) };
    }
    if (countsRefused) this.#level = Math.max((1 - limit) * windowMs, this.#level - windowMs);
    return { isAdmitted: false, retryAfterMs: Math.ceil((windowMs - this.#level) / limit) };
  }

  useUp(count: number, now: number): void {
    this.#fill(now);
    this.#level = Math.max(0, this.#level - count * this.#options.windowMs);
  }

  giveBack(): void {
    this.#level = Math.min(this.#full(), this.#level + this.#options.windowMs);
  }

  #full(): number {
    return this.#options.limit * this.#options.windowMs;
  }

  #fill(now: number): void {
    const passed = Math.max(0, now - (this.#filledAt ?? now));
    this.#level = Math.min(this.#full(), this.#level + passed * this.#options.limit);
    this.#filledAt = now;
  }
}
