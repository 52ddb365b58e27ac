import { Redacted } from "../../primitives/redacted.ts";
import type { Expected, Item, Key } from "../../state/table.ts";

/** The session of a connection. */
export function sessionKey(connection: string): Key {
  return { pk: `CONNECTION#${connection}`, sk: "SESSION" };
}

/** A RingCX token pair. The refresh token is single use: whoever used it must keep the new one. */
export interface TokenPair {
  accessToken: Redacted<string>;
  refreshToken: Redacted<string>;
  /** Epoch milliseconds, counted from before the request was sent. */
  expiresAt: number;
}

/** What the table holds of a connection's session; its own encryption at rest is what protects the tokens. */
export interface StoredSession {
  pair: TokenPair | undefined;
  /** Until when somebody is renewing, epoch milliseconds; 0 when nobody is. */
  leaseUntil: number;
  /** Times of the exchanges of the last minute, epoch milliseconds. */
  exchanges: readonly number[];
  version: Expected;
}

export function toItem({ pair, leaseUntil, exchanges }: StoredSession) {
  return {
    leaseUntil,
    exchanges: [...exchanges],
    ...(pair && {
      accessToken: pair.accessToken.reveal(),
      refreshToken: pair.refreshToken.reveal(),
      tokenExpiresAt: pair.expiresAt,
    }),
  };
}

export function fromItem(item: Item | undefined): StoredSession {
  if (item === undefined) return { pair: undefined, leaseUntil: 0, exchanges: [], version: "absent" };
  const { accessToken, refreshToken, tokenExpiresAt, leaseUntil, exchanges, version } = item;
  const pair =
    typeof accessToken === "string" && typeof refreshToken === "string"
      ? {
          accessToken: new Redacted(accessToken),
          refreshToken: new Redacted(refreshToken),
          expiresAt: Number(tokenExpiresAt),
        }
      : undefined;
  return { pair, leaseUntil: Number(leaseUntil ?? 0), exchanges: (exchanges as number[] | undefined) ?? [], version };
}
