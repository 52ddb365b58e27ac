/** How requests are counted: in the time before each request, or in windows that begin at fixed times. */
export type WindowKind = "sliding" | { fixedPhaseMs: number };

/** The verdict on one request. `retryAfterMs` says when the next one may pass. */
export type RateVerdict = { isAdmitted: true; remaining: number } | { isAdmitted: false; retryAfterMs: number };

/**
 * At most `limit` requests in a window, counted exactly. A refused request does not count.
 *
 * Sliding: a request at t is refused when `limit` requests were admitted in (t - windowMs, t].
 * Fixed: windows begin at `fixedPhaseMs` past every multiple of `windowMs`.
 */
export class RateLimit {
  readonly limit: number;
  readonly windowMs: number;
  readonly #kind: WindowKind;
  #admitted: number[] = [];

  constructor({ limit, windowMs, kind = "sliding" }: { limit: number; windowMs: number; kind?: WindowKind }) {
    this.limit = limit;
    this.windowMs = windowMs;
    this.#kind = kind;
  }

  /** @param now epoch milliseconds */
  admit(now: number): RateVerdict {
    this.#forget(now);
    if (this.#admitted.length >= this.limit) return { isAdmitted: false, retryAfterMs: this.#freeAt(now) - now };
    this.#admitted.push(now);
    return { isAdmitted: true, remaining: this.limit - this.#admitted.length };
  }

  /** Uses up places as another client of the same quota would, as many as are left at most. */
  useUp(count: number, now: number): void {
    this.#forget(now);
    const left = Math.max(0, this.limit - this.#admitted.length);
    this.#admitted.push(...Array.from({ length: Math.min(count, left) }, () => now));
  }

  #forget(now: number): void {
    const kind = this.#kind;
    const start = kind === "sliding" ? now - this.windowMs : this.#windowStart(now, kind);
    const firstKept = this.#admitted.findIndex((at) => (kind === "sliding" ? at > start : at >= start));
    this.#admitted = firstKept === -1 ? [] : this.#admitted.slice(firstKept);
  }

  #freeAt(now: number): number {
    if (this.#kind !== "sliding") return this.#windowStart(now, this.#kind) + this.windowMs;
    // The oldest of the last `limit` admitted requests has to leave the window first.
    return (this.#admitted.at(-this.limit) ?? now) + this.windowMs;
  }

  #windowStart(now: number, { fixedPhaseMs }: { fixedPhaseMs: number }): number {
    return Math.floor((now - fixedPhaseMs) / this.windowMs) * this.windowMs + fixedPhaseMs;
  }
}
