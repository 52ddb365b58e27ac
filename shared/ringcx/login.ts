import type { Clock } from "../runtime/clock.ts";
import type { Connection } from "../runtime/connections.ts";
import type { Redacted } from "../runtime/redacted.ts";

/** What opens RingCX, from the connection's secret. */
export interface ConnectionCredentials {
  clientId: Redacted<string>;
  clientSecret: Redacted<string>;
  jwt: Redacted<string>;
}

/** A RingCX token pair. The refresh token is single use: whoever used it must keep the new one. */
export interface TokenPair {
  accessToken: Redacted<string>;
  refreshToken: Redacted<string>;
  /** Epoch milliseconds, counted from before the request was sent. */
  expiresAt: number;
}

/** The login over HTTP. It keeps nothing: who renews when, and who keeps the pair, is the session's business. */
export interface Login {
  /** Both steps: platform token, then RingCX token. RingCX allows 5 a minute. Throws {@link LoginError}. */
  exchange(): Promise<TokenPair>;
  /** Spends the refresh token. Throws {@link LoginError}; `LOGIN_REFUSED` means: exchange. */
  refresh(refreshToken: Redacted<string>): Promise<TokenPair>;
}

export interface LoginOptions {
  connection: Pick<Connection, "name" | "ringcxUrl" | "platformUrl">;
  credentials: () => Promise<ConnectionCredentials>;
  clock: Clock;
  /** Life of a RingCX access token in milliseconds. @default 300000 (five minutes, as documented) */
  tokenLifeMs?: number;
  /** Time-out of each request in milliseconds. @default 10000 */
  timeoutMs?: number;
}

export function createLogin(_options: LoginOptions): Login {
  throw new Error("not built yet");
}
