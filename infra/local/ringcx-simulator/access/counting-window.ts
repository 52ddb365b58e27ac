import type { RateLimit, RateLimitOptions, RateVerdict } from "./limit.ts";

/**
 * At most `limit` requests in a window, counted exactly.
 *
 * Sliding: a request at t is refused when `limit` requests were admitted in (t - windowMs, t].
 * Fixed: windows begin at `fixedPhaseMs` past every multiple of `windowMs`.
 */
export class CountingWindow implements RateLimit {
  readonly #options: RateLimitOptions;
  readonly #kind: "sliding" | { fixedPhaseMs: number };
  #counted: number[] = [];

  constructor(options: RateLimitOptions, kind: "sliding" | { fixedPhaseMs: number }) {
    this.#options = options;
    this.#kind = kind;
  }

  admit(now: number): RateVerdict {
    this.#forget(now);
    const { limit, countsRefused = false } = this.#options;
    if (this.#counted.length >= limit) {
      if (countsRefused) this.#counted.push(now);
      return { isAdmitted: false, retryAfterMs: this.#freeAt(now) - now };
    }
    this.#counted.push(now);
    return { isAdmitted: true, remaining: limit - this.#counted.length };
  }

  useUp(count: number, now: number): void {
    this.#forget(now);
    const left = Math.max(0, this.#options.limit - this.#counted.length);
    this.#counted.push(...Array.from({ length: Math.min(count, left) }, () => now));
  }

  giveBack(): void {
    this.#counted.pop();
  }

  #forget(now: number): void {
    const kind = this.#kind;
    const start = kind === "sliding" ? now - this.#options.windowMs : this.#windowStart(now, kind);
    const firstKept = this.#counted.findIndex((at) => (kind === "sliding" ? at > start : at >= start));
    this.#counted = firstKept === -1 ? [] : this.#counted.slice(firstKept);
  }

  #freeAt(now: number): number {
    const { limit, windowMs } = this.#options;
    if (this.#kind !== "sliding") return this.#windowStart(now, this.#kind) + windowMs;
    // The oldest of the last `limit` counted requests has to leave the window first.
    return (this.#counted.at(-limit) ?? now) + windowMs;
  }

  #windowStart(now: number, { fixedPhaseMs }: { fixedPhaseMs: number }): number {
    const { windowMs } = this.#options;
    return Math.floor((now - fixedPhaseMs) / windowMs) * windowMs + fixedPhaseMs;
  }
}
