import { timingSafeEqual } from "node:crypto";
import { forgetOldest } from "../../../../shared/primitives/keep-latest.ts";
import { type Answer, ok } from "../answer.ts";
import type { RingCxState } from "../records.ts";
import { badRequest, Refusal, tooManyRequests } from "../refusal.ts";
import type { RateLimit } from "./limit.ts";
import { maxTokens, secretText, type Tokens } from "./tokens.ts";

/** The one app and user that the simulator knows. */
export interface AppCredentials {
  clientId: string;
  clientSecret: string;
  /** The JWT credential of the user. */
  jwt: string;
}

/** A login request: header, and parameters from the form or from the query. */
export interface LoginRequest {
  authorization: string | undefined;
  parameters: URLSearchParams;
}

const platformTokenLifeMs = 3_600_000;

/** The three login endpoints: platform token, exchange for a RingCX token, renewal. */
export class Login {
  readonly #credentials: AppCredentials;
  readonly #state: RingCxState;
  readonly #tokens: Tokens;
  readonly #exchangeLimit: RateLimit;
  readonly #now: () => number;
  readonly #platformTokens = new Map<string, number>();

  constructor(parts: {
    credentials: AppCredentials;
    state: RingCxState;
    tokens: Tokens;
    exchangeLimit: RateLimit;
    now: () => number;
  }) {
    this.#credentials = parts.credentials;
    this.#state = parts.state;
    this.#tokens = parts.tokens;
    this.#exchangeLimit = parts.exchangeLimit;
    this.#now = parts.now;
  }

  /** Step 1, on the RingCentral platform: errors are OAuth's (RFC 6749), not RingCX's. */
  platformToken({ authorization, parameters }: LoginRequest): Answer {
    const { clientId, clientSecret, jwt } = this.#credentials;
    const expected = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`;
    if (!isSame(authorization ?? "", expected)) return oauthError(401, "invalid_client");
    if (parameters.get("grant_type") !== "urn:ietf:params:oauth:grant-type:jwt-bearer") {
      return oauthError(400, "unsupported_grant_type");
    }
    if (!isSame(parameters.get("assertion") ?? "", jwt)) return oauthError(400, "invalid_grant");
    const token = secretText("platform");
    this.#platformTokens.set(token, this.#now() + platformTokenLifeMs);
    forgetOldest(this.#platformTokens, maxTokens);
    return ok({
      access_token: token,
      token_type: "bearer",
      expires_in: platformTokenLifeMs / 1000,
      refresh_token: secretText("platform-refresh"),
      refresh_token_expires_in: 604_800,
      scope: "ReadAccounts",
    });
  }

  /** Step 2, five times a minute. */
  exchange({ parameters }: LoginRequest): Answer {
    const verdict = this.#exchangeLimit.admit(this.#now());
    if (!verdict.isAdmitted) throw tooManyRequests(String(Math.max(1, Math.ceil(verdict.retryAfterMs / 1000))));
    const problems = [
      parameters.get("rcAccessToken") ? "" : "rcAccessToken: is required",
      parameters.get("rcTokenType") === "Bearer" ? "" : "rcTokenType: must be Bearer",
    ].filter((problem) => problem !== "");
    if (problems.length > 0) throw badRequest(...problems);
    const expiresAt = this.#platformTokens.get(parameters.get("rcAccessToken") ?? "") ?? 0;
    if (this.#now() >= expiresAt) throw new Refusal(401, "invalid.token.exception", "The rcAccessToken is not valid");
    return ok(this.#details(parameters.get("includeRefresh") === "true"));
  }

  /** Renewal; the answer holds the next refresh token. */
  refresh({ parameters }: LoginRequest): Answer {
    const refreshToken = parameters.get("refresh_token");
    if (!refreshToken) throw badRequest("refresh_token: is required");
    if (!this.#tokens.spend(refreshToken)) {
      throw new Refusal(401, "invalid.token.exception", "The refresh_token is not valid");
    }
    return ok(this.#details(true));
  }

  #details(withRefresh: boolean) {
    const { accessToken, refreshToken, expiresInSeconds } = this.#tokens.issue();
    return {
      accessToken,
      ...(expiresInSeconds !== undefined && { expires_in: expiresInSeconds }),
      ...(withRefresh && { refreshToken }),
      tokenType: "Bearer",
      mainAccountId: this.#state.mainAccountId,
      adminId: 1,
      agentDetails: this.#state.accounts.map(({ accountId, accountName }) => ({ accountId, accountName })),
    };
  }
}

function oauthError(status: number, error: string): Answer {
  return { status, body: { error, error_description: `The request was refused: ${error}` } };
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
