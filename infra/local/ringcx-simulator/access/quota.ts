import { tooManyRequests } from "../refusal.ts";
import { RateLimit, type WindowKind } from "./rate-limit.ts";

/** Which headers speak of the limit: all that the RingCentral platform knows, `Retry-After` with a 429, or none. */
export type RateLimitHeaders = "all" | "retry-after" | "none";

export interface QuotaOptions {
  limit: number;
  windowMs: number;
  window: WindowKind;
  /** Whether each sub-account has a limit of its own, or the user has one for all of them. */
  limitScope: "account" | "user";
  rateLimitHeaders: RateLimitHeaders;
}

/** The limits of the voice API, one for each scope that was seen. */
export class Quota {
  readonly #options: QuotaOptions;
  readonly #limits = new Map<string, RateLimit>();

  constructor(options: QuotaOptions) {
    this.#options = options;
  }

  /**
   * Counts a request.
   *
   * @param now epoch milliseconds
   * @returns headers for the answer
   * @throws {Refusal} 429 when there is no place left
   */
  admit(accountId: string, now: number): Record<string, string> {
    const { limit, windowMs, rateLimitHeaders } = this.#options;
    const verdict = this.#limitOf(accountId).admit(now);
    if (!verdict.isAdmitted) {
      throw tooManyRequests(
        rateLimitHeaders === "none" ? undefined : Math.max(1, Math.ceil(verdict.retryAfterMs / 1000)),
      );
    }
    if (rateLimitHeaders !== "all") return {};
    return {
      "x-rate-limit-group": "medium",
      "x-rate-limit-limit": String(limit),
      "x-rate-limit-remaining": String(verdict.remaining),
      "x-rate-limit-window": String(windowMs / 1000),
    };
  }

  /** Another client of the same account makes `count` requests. */
  useUp(accountId: string, count: number, now: number): void {
    this.#limitOf(accountId).useUp(count, now);
  }

  #limitOf(accountId: string): RateLimit {
    const { limit, windowMs, window, limitScope } = this.#options;
    const scope = limitScope === "user" ? "user" : accountId;
    const known = this.#limits.get(scope) ?? new RateLimit({ limit, windowMs, kind: window });
    this.#limits.set(scope, known);
    return known;
  }
}
