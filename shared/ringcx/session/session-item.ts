import * as z from "zod";
import { Redacted } from "../../primitives/redacted.ts";
import type { Expected, Item, Key } from "../../state/table.ts";
import { parseItem, unreadableItem } from "../../state/unreadable-item.ts";

/** Which tokens has this connection, and who renews them? */
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

const sessionSchema = z.object({
  accessToken: z.string().optional(),
  refreshToken: z.string().optional(),
  /** Epoch milliseconds. Not `expiresAt`, by which the table would remove the item. */
  tokenExpiresAt: z.number().optional(),
  leaseUntil: z.number().default(0),
  exchanges: z.array(z.number()).default([]),
});

/** The item's attributes, without its key. */
export function toItem({
  pair,
  leaseUntil,
  exchanges,
}: Omit<StoredSession, "version">): z.output<typeof sessionSchema> {
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

/**
 * The session in an item, an empty one where there is none.
 *
 * @throws {AutomationError} `ITEM_UNREADABLE`
 */
export function fromItem(item: Item | undefined): StoredSession {
  if (item === undefined) return { pair: undefined, leaseUntil: 0, exchanges: [], version: "absent" };
  const { accessToken, refreshToken, tokenExpiresAt = 0, leaseUntil, exchanges } = parseItem(sessionSchema, item);
  const hasPair = accessToken !== undefined && refreshToken !== undefined;
  return {
    pair: hasPair
      ? {
          accessToken: new Redacted(accessToken),
          refreshToken: new Redacted(refreshToken),
          expiresAt: tokenExpiresAt,
        }
      : undefined,
    leaseUntil,
    exchanges,
    version: item.version,
  };
}

/** Longer ahead than any lease, and than another process's clock; in milliseconds. */
const farAheadMs = 10 * 60_000;

/**
 * The same, where its times can be ours: with a lease or exchanges in the far future nobody would log in for as long.
 *
 * @param now epoch milliseconds
 * @throws {AutomationError} `ITEM_UNREADABLE`
 */
export function plausibleSession(item: Item | undefined, now: number): StoredSession {
  const stored = fromItem(item);
  const isFarAhead = (time: number) => time > now + farAheadMs;
  const problems = [
    ...(isFarAhead(stored.leaseUntil) ? ["leaseUntil (too far ahead)"] : []),
    ...(stored.exchanges.some(isFarAhead) ? ["exchanges (too far ahead)"] : []),
  ];
  if (item && problems.length > 0) throw unreadableItem(item, problems);
  return stored;
}
