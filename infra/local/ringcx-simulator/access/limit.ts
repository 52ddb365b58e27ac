/** The verdict on one request. `retryAfterMs` says when the next one may pass. */
export type RateVerdict = { isAdmitted: true; remaining: number } | { isAdmitted: false; retryAfterMs: number };

export interface RateLimitOptions {
  /** Requests in a window. */
  limit: number;
  windowMs: number;
  /** Whether a refused request counts. @default false */
  countsRefused?: boolean;
}

/** A limit of requests. Times are epoch milliseconds. */
export interface RateLimit {
  /** Counts a request, or refuses it. */
  admit(now: number): RateVerdict;
  /** Uses up places as another client of the same quota would, as many as are left at most. */
  useUp(count: number, now: number): void;
  /** The request that was counted last does not count after all. */
  giveBack(): void;
}
