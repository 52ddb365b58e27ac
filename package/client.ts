import { type Clock, type Random, systemClock } from "../shared/primitives/clock.ts";
import { Redacted } from "../shared/primitives/redacted.ts";
import type { RingCx, RingCxAccount } from "../shared/ringcx/client/api.ts";
import { connect } from "../shared/ringcx/client/connect.ts";
import { connectionSchema, publicHosts } from "../shared/ringcx/session/connection.ts";
import { MemoryStateTable } from "../shared/state/memory-table.ts";
import type { StateTable } from "../shared/state/table.ts";

export { RingCxError } from "../shared/ringcx/resources/errors.ts";
export type { Clock, Random, RingCx, RingCxAccount, StateTable };

/** How the client logs in, and what it may ask. */
export interface RingCxClientOptions {
  /** A RingCentral app with the scope `ReadAccounts`, and a JWT credential of a user who may change the sub-accounts. */
  login: { clientId: string; clientSecret: string; jwt: string };
  /** @default "https://ringcx.ringcentral.com" */
  ringcxUrl?: string;
  /** @default "https://platform.ringcentral.com" */
  platformUrl?: string;
  /** Requests in any minute. What counts is each sub-account by itself, or the connection. @default 120, "account" */
  quota?: { limit?: number; scope?: "account" | "connection" };
  /**
   * Where the quota's window and the session are kept. Of this process alone, or a table that other processes use too, so that
   * all of them together keep the limit and share one token. @default of this process
   */
  table?: StateTable;
  /** Names the session and the quota in a shared table. @default "main" */
  name?: string;
  /** @default the machine's */
  clock?: Clock;
  /** @default Math.random */
  random?: Random;
}

/** What of a connection a call needs: which accounts it serves, and where its login is kept, the caller knows. */
const calledSchema = connectionSchema.omit({ accountIds: true, secretId: true });

/**
 * A client for RingCX's remote HTTP services: groups, services, inputs, auth configs. It logs in when first needed, renews its
 * five-minute token, keeps below 120 requests a minute, waits out a 429, and repeats what may be repeated.
 *
 * @throws {ZodError} for a URL or a name of the wrong form
 */
export function createRingCxClient({
  login,
  ringcxUrl = publicHosts.ringcxUrl,
  platformUrl = publicHosts.platformUrl,
  quota = {},
  table = new MemoryStateTable(),
  name = "main",
  clock = systemClock,
  random = Math.random,
}: RingCxClientOptions): RingCx {
  const connection = calledSchema.parse({ name, ringcxUrl, platformUrl, quota });
  const credentials = {
    clientId: new Redacted(login.clientId),
    clientSecret: new Redacted(login.clientSecret),
    jwt: new Redacted(login.jwt),
  };
  const secret = { read: async () => credentials, invalidate: () => {} };
  return connect({ connection, table, secret, clock, random });
}
