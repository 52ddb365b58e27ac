import { systemClock } from "../../shared/primitives/clock.ts";
import { Redacted } from "../../shared/primitives/redacted.ts";
import { createRingCx } from "../../shared/ringcx/client/client.ts";
import { createQuota } from "../../shared/ringcx/quota/quota.ts";
import { QuotaDeferredError } from "../../shared/ringcx/quota/quota-deferred-error.ts";
import type { Priority } from "../../shared/ringcx/quota/quota-policy.ts";
import { createLogin } from "../../shared/ringcx/session/login.ts";
import { createSession } from "../../shared/ringcx/session/session.ts";
import { DynamoStateTable } from "../../shared/state/dynamo-table.ts";
import { tableClient } from "./shared-table.ts";

/** What one process is to do. Given as JSON in the first argument. */
export interface CallerOrder {
  endpoint: string;
  tableName: string;
  ringcx: { url: string; platformUrl: string; accountId: string; clientId: string; clientSecret: string; jwt: string };
  quota: { limit: number; windowMs: number; guardMs: number };
  horizonMs: number;
  calls: number;
  concurrency: number;
  /** So many urgent calls at once, so long after the start. */
  urgent?: { calls: number; afterMs: number };
}

/** What a process says at its end, as a line of JSON. */
export interface CallerReport {
  done: number;
  /** Wait of each call until it was answered, in milliseconds. */
  urgentMs: number[];
  bulkMs: number[];
}

/** The whole client, as a function has it: session and quota in the shared table. */
async function main(order: CallerOrder): Promise<CallerReport> {
  const { ringcx, quota, horizonMs } = order;
  const table = new DynamoStateTable(tableClient(order.endpoint), order.tableName);
  const common = { table, clock: systemClock, random: Math.random };
  const connection = { name: "main", ringcxUrl: ringcx.url, platformUrl: ringcx.platformUrl };
  const credentials = async () => ({
    clientId: new Redacted(ringcx.clientId),
    clientSecret: new Redacted(ringcx.clientSecret),
    jwt: new Redacted(ringcx.jwt),
  });
  const login = createLogin({ connection, credentials, clock: systemClock });
  const shared = createQuota({ ...common, scope: `account/${ringcx.accountId}`, settings: quota, horizonMs });
  const client = createRingCx({
    connection,
    session: createSession({ ...common, connection: "main", login }),
    quotaFor: () => shared,
    clock: systemClock,
    random: Math.random,
  });

  const call = async (priority: Priority, waits: number[]) => {
    const askedAt = systemClock.now();
    const account = client.account(ringcx.accountId, { priority });
    for (;;) {
      try {
        await account.groups.list();
        waits.push(systemClock.now() - askedAt);
        return;
      } catch (error) {
        if (!(error instanceof QuotaDeferredError)) throw error;
        await systemClock.sleep(error.retryAfterMs);
      }
    }
  };
  const urgentMs: number[] = [];
  const bulkMs: number[] = [];
  let left = order.calls;
  const work = async () => {
    while (left > 0) {
      left -= 1;
      await call("bulk", bulkMs);
    }
  };
  const urgent = async () => {
    if (!order.urgent) return;
    await systemClock.sleep(order.urgent.afterMs);
    await Promise.all(Array.from({ length: order.urgent.calls }, () => call("urgent", urgentMs)));
  };
  await Promise.all([urgent(), ...Array.from({ length: order.concurrency }, work)]);
  return { done: bulkMs.length + urgentMs.length, urgentMs, bulkMs };
}

const report = await main(JSON.parse(process.argv[2] ?? "{}") as CallerOrder);
process.stdout.write(`${JSON.stringify(report)}\n`);
process.exit(0);
