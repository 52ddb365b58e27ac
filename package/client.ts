import * as z from "zod";
import { checkedInput } from "../infra/checked-input.ts";
import { origin } from "../infra/environment-fields.ts";
import { type Clock, type Random, systemClock } from "../shared/primitives/clock.ts";
import { Redacted } from "../shared/primitives/redacted.ts";
import type { RingCx, RingCxAccount } from "../shared/ringcx/client/api.ts";
import { connect } from "../shared/ringcx/client/connect.ts";
import { quotaSettingsSchema } from "../shared/ringcx/quota/quota-policy.ts";
import { connectionSchema, publicHosts } from "../shared/ringcx/session/connection.ts";
import { MemoryStateTable } from "../shared/state/memory-table.ts";
import type { StateTable } from "../shared/state/table.ts";

export { AutomationError } from "../shared/primitives/errors.ts";
export { QuotaDeferredError } from "../shared/ringcx/quota/quota-deferred-error.ts";
export { AssumptionBrokenError } from "../shared/ringcx/resources/assumption-broken-error.ts";
export { RingCxContradictionError } from "../shared/ringcx/resources/contradiction-error.ts";
export {
  AmbiguousWriteError,
  RingCxAnswerError,
  RingCxBadRequestError,
  RingCxConflictError,
  RingCxError,
  RingCxForbiddenError,
  RingCxNotFoundError,
  RingCxUnauthorizedError,
  RingCxUnavailableError,
} from "../shared/ringcx/resources/errors.ts";
export { LoginError, type LoginFailure, type LoginStep } from "../shared/ringcx/session/login-error.ts";
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
   * How long a call waits in all for its place in the quota, and out of a 429, in milliseconds; then it throws `QuotaDeferredError`
   * with `retryAfterMs`. 0: at once, for a caller that has something else to do. The `deadline` of a call bounds it, too.
   * @default 300000
   */
  longestWaitMs?: number;
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

const text = z.string().min(1, "expected a text that is not empty");
const having = <Value>(method: string, expected: string) =>
  z.custom<Value>(
    (value) => typeof (value as Record<string, unknown> | null | undefined)?.[method] === "function",
    expected,
  );

const optionsSchema = z.strictObject({
  login: z.strictObject({ clientId: text, clientSecret: text, jwt: text }),
  ringcxUrl: origin.default(publicHosts.ringcxUrl),
  platformUrl: origin.default(publicHosts.platformUrl),
  quota: quotaSettingsSchema.prefault({}),
  longestWaitMs: z.int().min(0).max(86_400_000).default(300_000),
  table: having<StateTable>("get", "expected a table, such as `new DynamoStateTable(client, tableName)`").optional(),
  name: connectionSchema.shape.name.default("main"),
  clock: having<Clock>("now", "expected a clock").default(systemClock),
  random: z.custom<Random>((value) => typeof value === "function", "expected a function").default(() => Math.random),
});

/**
 * A client for RingCX's remote HTTP services: groups, services, inputs, auth configs. It logs in when first needed, renews its
 * five-minute token, keeps below 120 requests a minute, waits for its turn and out of a 429, and repeats what may be repeated.
 *
 * Its calls throw `RingCxError` where RingCX refuses or does not answer, `LoginError` where the login does, and
 * `QuotaDeferredError` where the quota has no place within `longestWaitMs`.
 *
 * @throws {Error} naming every wrong option; a URL is of a host alone, and plain HTTP goes to this machine only
 */
export function createRingCxClient(options: RingCxClientOptions): RingCx {
  const {
    login,
    table = new MemoryStateTable(),
    clock,
    random,
    longestWaitMs: quotaWaitMs,
    ...connection
  } = checkedInput(optionsSchema, options, {
    where: "createRingCxClient",
    called: "options",
  });
  const credentials = {
    clientId: new Redacted(login.clientId),
    clientSecret: new Redacted(login.clientSecret),
    jwt: new Redacted(login.jwt),
  };
  const secret = { read: async () => credentials, invalidate: () => {} };
  return connect({ connection, table, secret, clock, random, quotaWaitMs });
}
