import type { Redacted } from "../runtime/redacted.ts";

/** The access token of a connection, shared by everything that runs. */
export interface Session {
  /** A token that lives. Throws `LoginError` when none can be had. */
  accessToken(): Promise<Redacted<string>>;
  /** RingCX refused this token: another one. Only one of those who ask at once renews. */
  renew(refused: Redacted<string>): Promise<Redacted<string>>;
}
