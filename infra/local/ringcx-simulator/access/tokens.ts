import { randomBytes } from "node:crypto";
import { forgetOldest } from "../../../../shared/primitives/keep-latest.ts";
import type { Profile } from "../assumptions/catalogue.ts";
import { chosen, type Strategies } from "../behaviour/chosen.ts";
import { PlainTextRefusal } from "../refusal.ts";

const lives: Strategies<"tokens.life", number> = { minutes5: 300_000, minute1: 60_000, minutes60: 3_600_000 };

const statedLives: Strategies<"tokens.expiresIn", (lifeMs: number) => number | undefined> = {
  absent: () => undefined,
  right: (lifeMs) => lifeMs / 1000,
  wrong: () => 3_600,
};

/** Whether a refresh token is good. @param spend ends it; false when it is not known (any more) */
const renewals: Strategies<"tokens.refresh", (isKnown: boolean, spend: () => void) => boolean> = {
  once: (isKnown, spend) => {
    spend();
    return isKnown;
  },
  always: (isKnown) => isKnown,
  never: () => false,
};

/** How many access tokens may be good at the same time. */
const sessions: Strategies<"tokens.sessions", number> = { unlimited: Number.POSITIVE_INFINITY, five: 5 };

/** So many tokens are known: the oldest has long expired by then. */
export const maxTokens = 1_000;

/** Bearer tokens of the voice API and the refresh tokens beside them. */
export class Tokens {
  readonly #profile: Profile;
  readonly #lifeMs: number;
  readonly #now: () => number;
  readonly #expiry = new Map<string, number>();
  readonly #refreshTokens = new Set<string>();

  /** @param lifeMs life of an access token in milliseconds, in the place of the profile's */
  constructor(profile: Profile, now: () => number, lifeMs = chosen(profile, "tokens.life", lives)) {
    this.#profile = profile;
    this.#lifeMs = lifeMs;
    this.#now = now;
  }

  issue(): { accessToken: string; refreshToken: string; expiresInSeconds: number | undefined } {
    const pair = { accessToken: secretText("access"), refreshToken: secretText("refresh") };
    this.#expiry.set(pair.accessToken, this.#now() + this.#lifeMs);
    this.#refreshTokens.add(pair.refreshToken);
    forgetOldest(this.#expiry, maxTokens);
    forgetOldest(this.#refreshTokens, maxTokens);
    this.#endSessions();
    return { ...pair, expiresInSeconds: chosen(this.#profile, "tokens.expiresIn", statedLives)(this.#lifeMs) };
  }

  /** Whether a refresh token is good; asking may spend it. */
  spend(refreshToken: string): boolean {
    const spend = () => void this.#refreshTokens.delete(refreshToken);
    return chosen(this.#profile, "tokens.refresh", renewals)(this.#refreshTokens.has(refreshToken), spend);
  }

  /**
   * @param authorization the request's header
   * @throws {PlainTextRefusal} 401 for a token that is missing, unknown or expired
   */
  check(authorization: string | undefined): void {
    const token = /^Bearer (.+)$/i.exec(authorization ?? "")?.[1];
    if (token === undefined) throw new PlainTextRefusal(401, "Jwt is missing");
    const expiresAt = this.#expiry.get(token);
    if (expiresAt === undefined) throw new PlainTextRefusal(401, "Jwt verification fails");
    if (this.#now() >= expiresAt) throw new PlainTextRefusal(401, "Jwt is expired");
  }

  /** The oldest sessions end when there are too many. */
  #endSessions(): void {
    const open = [...this.#expiry].filter(([, expiresAt]) => expiresAt > this.#now());
    const tooMany = open.length - chosen(this.#profile, "tokens.sessions", sessions);
    for (const [token] of open.slice(0, Math.max(0, tooMany))) this.#expiry.set(token, this.#now());
  }

  /** Ends every access token now, and with `refreshTokens` those too, so that only a full login helps. */
  expireAll({ refreshTokens = false }: { refreshTokens?: boolean } = {}): void {
    for (const [token, expiresAt] of this.#expiry) this.#expiry.set(token, Math.min(expiresAt, this.#now()));
    if (refreshTokens) this.#refreshTokens.clear();
  }
}

/** A random text that says what it is, so that a leaked one is recognised. */
export function secretText(kind: string): string {
  return `simulated-${kind}-${randomBytes(18).toString("base64url")}`;
}
