import type { Clock, Random } from "../../primitives/clock.ts";
import type { Redacted } from "../../primitives/redacted.ts";
import { retryLostWrites } from "../../state/conditional-write.ts";
import { isExpired } from "../../state/lease.ts";
import { type OnUnreadable, readOrRebuild } from "../../state/rebuilt-item.ts";
import type { StateTable } from "../../state/table.ts";
import type { Login } from "./login.ts";
import { LoginError } from "./login-error.ts";
import { plausibleSession, type StoredSession, sessionKey, type TokenPair, toItem } from "./session-item.ts";

/** The access token of a connection, shared by everything that runs. */
export interface Session {
  /** A token that lives. Throws `LoginError` when none can be had. */
  accessToken(): Promise<Redacted<string>>;
  /** Reads ahead, so that a token that lives is there when it is asked for. Renews nothing. */
  prepare(): Promise<void>;
  /** RingCX refused this token: another one. Only one of those who ask at once renews. */
  renew(refused: Redacted<string>): Promise<Redacted<string>>;
}

/** What a session is made of. */
export interface SessionOptions {
  /** Name of the connection. */
  connection: string;
  table: StateTable;
  login: Login;
  clock: Clock;
  random: Random;
  /** How long before its end a token is renewed, in milliseconds. @default 60000 */
  renewBeforeMs?: number;
  /** How long one process may take to renew before another may try, in milliseconds. @default 30000 */
  leaseMs?: number;
  /** How long to wait for somebody else's renewal, in milliseconds. @default 35000 */
  patienceMs?: number;
  /** Exchanges that RingCX allows in a minute ("Getting a token"). @default 5 */
  exchangesPerMinute?: number;
  /** Is told of a session that could not be read, and is replaced by a new login. */
  onUnreadable?: OnUnreadable | undefined;
}

/** A token that ends sooner is not worth sending: the request could arrive too late. In milliseconds. */
const shortestUsefulMs = 5_000;

/** How long nobody renews after a renewal failed, in milliseconds. */
const coolDownMs = 3_000;

/** RingCX counts by its own clock: a little more than a minute, in milliseconds. */
const exchangeWindowMs = 61_000;

/**
 * One token pair for every process: memory first, then the table; renewed by whoever gets the lease, while the
 * others go on with the old token as long as it lives. The lease is the item's version: a renewal that was
 * overtaken cannot overwrite the newer pair.
 */
export function createSession(options: SessionOptions): Session {
  const { connection, table, login, clock, random, onUnreadable } = options;
  const { renewBeforeMs = 60_000, leaseMs = 30_000, patienceMs = 35_000, exchangesPerMinute = 5 } = options;
  const key = sessionKey(connection);
  let cached: TokenPair | undefined;
  let renewing: Promise<TokenPair> | undefined;

  const livesFor = (pair: TokenPair | undefined, ms: number, refused?: Redacted<string>): pair is TokenPair =>
    pair !== undefined && pair.expiresAt - clock.now() > ms && pair.accessToken.reveal() !== refused?.reveal();

  /** One renewal at a time in this process; the lease sees to the others. */
  function current(refused?: Redacted<string>): Promise<TokenPair> {
    renewing ??= obtainTokenPair(refused).finally(() => {
      renewing = undefined;
    });
    return renewing;
  }

  async function obtainTokenPair(refused: Redacted<string> | undefined): Promise<TokenPair> {
    const waiting = { clock, random, patienceMs, maxAttempts: 1_000, baseMs: 300, capMs: 300 };
    const pair = await retryLostWrites(waiting, async () => {
      const stored = await read();
      if (livesFor(stored.pair, renewBeforeMs, refused)) return stored.pair;
      const isFree = isExpired({ until: stored.leaseUntil }, clock.now());
      const leased = isFree ? await acquire(stored) : undefined;
      if (leased) return renewUnderLease(leased, refused);
      // Somebody else renews: the old token will do meanwhile.
      return livesFor(stored.pair, shortestUsefulMs, refused) ? stored.pair : undefined;
    });
    if (!pair) throw unavailable("nobody finished renewing the token in time");
    return pair;
  }

  function read(): Promise<StoredSession> {
    return readOrRebuild({ table, clock, random, onUnreadable }, key, {
      parse: (item) => plausibleSession(item, clock.now()),
      safe: () => toItem({ pair: undefined, leaseUntil: 0, exchanges: [] }),
    });
  }

  /** The stored session under our lease; `undefined` when another process was first. */
  async function acquire(stored: StoredSession): Promise<StoredSession | undefined> {
    return store({ ...stored, leaseUntil: clock.now() + leaseMs });
  }

  async function store(next: StoredSession): Promise<StoredSession | undefined> {
    const version = await table.put({ ...key, ...toItem(next) }, next.version);
    return version === false ? undefined : { ...next, version };
  }

  async function renewUnderLease(leased: StoredSession, refused: Redacted<string> | undefined): Promise<TokenPair> {
    let session: StoredSession = leased;
    try {
      let pair = leased.pair && (await refreshed(leased.pair));
      if (!pair) {
        session = await countExchange(session);
        pair = await login.exchange();
      }
      // The refresh token is single use: until the new one is stored nobody else can renew without an exchange.
      // A process that took longer than its lease finds another version here; its pair is then good for itself.
      await store({ ...session, pair, leaseUntil: 0 });
      return pair;
    } catch (error) {
      // The lease is kept a little, so that not everybody runs against a login that has just failed.
      await store({ ...session, leaseUntil: clock.now() + coolDownMs });
      if (livesFor(session.pair, shortestUsefulMs, refused)) return session.pair;
      throw error;
    }
  }

  /** The pair for a refresh token; `undefined` when it was used already (a crash before the new one was stored). */
  async function refreshed({ refreshToken }: TokenPair): Promise<TokenPair | undefined> {
    try {
      return await login.refresh(refreshToken);
    } catch (error) {
      if (error instanceof LoginError && error.code === "LOGIN_REFUSED") return undefined;
      throw error;
    }
  }

  /** Counts an exchange among the minute's, before it is made. */
  async function countExchange(session: StoredSession): Promise<StoredSession> {
    const now = clock.now();
    const exchanges = session.exchanges.filter((time) => time > now - exchangeWindowMs);
    const [oldest = now] = exchanges;
    if (exchanges.length >= exchangesPerMinute) {
      throw unavailable(`${exchanges.length} exchanges were made in the last minute`, oldest + exchangeWindowMs - now);
    }
    const counted = await store({ ...session, exchanges: [...exchanges, now] });
    if (!counted) throw unavailable("another process took the renewal over");
    return counted;
  }

  function unavailable(reason: string, retryAfterMs?: number): LoginError {
    const rateLimited = retryAfterMs !== undefined;
    return new LoginError(`No token for connection "${connection}": ${reason}. It may be repeated later.`, {
      code: rateLimited ? "LOGIN_RATE_LIMITED" : "LOGIN_UNAVAILABLE",
      step: "RingCX token",
      connection,
      reason,
      retryAfterMs,
    });
  }

  return {
    async accessToken() {
      if (!livesFor(cached, renewBeforeMs)) cached = await current();
      return cached.accessToken;
    },
    async prepare() {
      if (livesFor(cached, renewBeforeMs)) return;
      const { pair } = await read();
      if (livesFor(pair, renewBeforeMs) && !livesFor(cached, renewBeforeMs)) cached = pair;
    },
    async renew(refused) {
      // Another call of this process may have been refused first, and have renewed already.
      if (!livesFor(cached, shortestUsefulMs, refused)) {
        cached = undefined;
        let pair = await current(refused);
        // It may have joined a renewal that began before the refusal and ended with the same token.
        if (!livesFor(pair, 0, refused)) pair = await current(refused);
        cached = pair;
      }
      return cached.accessToken;
    },
  };
}
