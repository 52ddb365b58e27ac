import { randomBytes } from "node:crypto";
import { PlainTextRefusal } from "../refusal.ts";

/** Bearer tokens of the voice API and the single-use refresh tokens beside them. */
export class Tokens {
  readonly #lifeMs: number;
  readonly #now: () => number;
  readonly #expiry = new Map<string, number>();
  readonly #refreshTokens = new Set<string>();

  /** @param lifeMs life of an access token in milliseconds */
  constructor(lifeMs: number, now: () => number) {
    this.#lifeMs = lifeMs;
    this.#now = now;
  }

  issue(): { accessToken: string; refreshToken: string } {
    const pair = { accessToken: secretText("access"), refreshToken: secretText("refresh") };
    this.#expiry.set(pair.accessToken, this.#now() + this.#lifeMs);
    this.#refreshTokens.add(pair.refreshToken);
    return pair;
  }

  /** True once for each refresh token: it is spent by asking. */
  spend(refreshToken: string): boolean {
    return this.#refreshTokens.delete(refreshToken);
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
