import type { Profile } from "../assumptions/catalogue.ts";
import { chosen, type Strategies } from "../behaviour/chosen.ts";
import { tooManyRequests } from "../refusal.ts";
import type { RateLimit } from "./limit.ts";
import { createRateLimit, type WindowKind } from "./rate-limit.ts";

/** Whose request it is: the sub-account in its path, and its token. */
export interface Counted {
  accountId: string;
  /** The `Authorization` header. */
  session?: string | undefined;
}

export interface QuotaOptions {
  limit: number;
  windowMs: number;
  /** In the place of the profile's `rate.window`. */
  window?: WindowKind | undefined;
  profile: Profile;
  /** RingCX's own clock, for a `Retry-After` that is a date. */
  ringcxNow: () => number;
}

const windows: Strategies<"rate.window", WindowKind> = {
  sliding: "sliding",
  fixed: { fixedPhaseMs: 0 },
  fixedOffset: { fixedPhaseMs: 23_000 },
  bucket: "bucket",
};

const scopes: Strategies<"rate.scope", (counted: Counted) => string> = {
  account: ({ accountId }) => accountId,
  user: () => "user",
  session: ({ session = "" }) => session,
};

/** `Retry-After` of a 429. @param ms until a request may pass @param ringcxNow epoch milliseconds */
const retryAfters: Strategies<"rate.retryAfter", (ms: number, ringcxNow: number) => string | undefined> = {
  seconds: (ms) => String(secondsOf(ms)),
  absent: () => undefined,
  date: (ms, ringcxNow) => new Date(ringcxNow + secondsOf(ms) * 1000).toUTCString(),
  zero: () => "0",
  absurd: () => String(24 * 60 * 60),
};

/** Whether a request counts that came to nothing. */
const refused: Strategies<"rate.refused", boolean> = { free: false, counted: true };
const unauthorized: Strategies<"rate.unauthorized", boolean> = { free: false, counted: true };
const notFound: Strategies<"rate.notFound", boolean> = { free: false, counted: true };
const headers: Strategies<"rate.headers", boolean> = { absent: false, present: true };

/** The limits of the voice API, one for each scope that was seen. */
export class Quota {
  readonly #options: QuotaOptions;
  readonly #limits = new Map<string, RateLimit>();
  readonly #kind: WindowKind;
  readonly #scopeOf: (counted: Counted) => string;

  constructor(options: QuotaOptions) {
    const { profile, window } = options;
    this.#options = options;
    this.#kind = window ?? chosen(profile, "rate.window", windows);
    this.#scopeOf = chosen(profile, "rate.scope", scopes);
  }

  /**
   * Counts a request.
   *
   * @param now epoch milliseconds
   * @returns headers for the answer
   * @throws {Refusal} 429 when there is no place left
   */
  admit(counted: Counted, now: number): Record<string, string> {
    const { limit, windowMs, profile, ringcxNow } = this.#options;
    const verdict = this.#limitOf(counted).admit(now);
    if (!verdict.isAdmitted) {
      throw tooManyRequests(chosen(profile, "rate.retryAfter", retryAfters)(verdict.retryAfterMs, ringcxNow()));
    }
    if (!chosen(profile, "rate.headers", headers)) return {};
    return {
      "x-rate-limit-group": "medium",
      "x-rate-limit-limit": String(limit),
      "x-rate-limit-remaining": String(verdict.remaining),
      "x-rate-limit-window": String(windowMs / 1000),
    };
  }

  /** A request came without a valid token. */
  noteUnauthorized(counted: Counted, now: number): void {
    if (chosen(this.#options.profile, "rate.unauthorized", unauthorized)) this.useUp(counted, 1, now);
  }

  /** A request that was counted was answered. */
  noteAnswer(counted: Counted, status: number): void {
    if (status === 404 && !chosen(this.#options.profile, "rate.notFound", notFound)) this.#limitOf(counted).giveBack();
  }

  /** Another client of the same account makes `count` requests. */
  useUp(counted: Counted, count: number, now: number): void {
    this.#limitOf(counted).useUp(count, now);
  }

  #limitOf(counted: Counted): RateLimit {
    const { limit, windowMs, profile } = this.#options;
    const scope = this.#scopeOf(counted);
    const countsRefused = chosen(profile, "rate.refused", refused);
    const known = this.#limits.get(scope) ?? createRateLimit({ limit, windowMs, kind: this.#kind, countsRefused });
    this.#limits.set(scope, known);
    return known;
  }
}

function secondsOf(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}
