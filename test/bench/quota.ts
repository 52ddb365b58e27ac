import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CreateTableCommand } from "@aws-sdk/client-dynamodb";
import { startSharedTable, tableClient } from "../real-time/shared-table.ts";
import type { ContenderOrder, ContenderReport } from "./contender-process.ts";
import { startCountingServer } from "./counting-server.ts";
import { pacers, rateLimiterTable } from "./pacers.ts";
import { print } from "./print.ts";
import { outageFigures, waveFigures } from "./virtual-figures.ts";

// The window is a tenth of RingCX's; everything that depends on it is scaled along.
const limit = 120;
const windowMs = 6_000;
const processes = 4;
const urgent = { calls: 10, afterMs: 15_000 };
const outage = { ...urgent, calls: 20 };
const concurrency = 10;

/** The possible time for n calls: the first window's worth at once, then one window's worth at each window's end. */
function possibleMs(calls: number): number {
  return (Math.ceil(calls / limit) - 1) * windowMs;
}

function sum(load: readonly number[]): number {
  return load.reduce((total, share) => total + share, 0);
}

const loads: Readonly<Record<string, readonly number[]>> = {
  even: [150, 150, 150, 150],
  "one-sided": [540, 20, 20, 20],
};

const script = fileURLToPath(new URL("contender-process.ts", import.meta.url));

async function measure(name: string, load: readonly number[], urgentCalls = urgent): Promise<string[]> {
  const [table, server] = await Promise.all([startSharedTable(), startCountingServer(limit, windowMs)]);
  await createRateLimiterTable(table.endpoint);
  const startAt = Date.now() + 3_000;
  const reports = await Promise.all(
    load.map(async (share, index) => {
      const order: ContenderOrder = {
        name,
        url: server.url,
        limit,
        windowMs,
        processes,
        endpoint: table.endpoint,
        tableName: table.tableName,
        calls: share,
        concurrency,
        startAt,
        ...(index === 1 && { urgent: urgentCalls }),
      };
      const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(order)]);
      return JSON.parse(stdout) as ContenderReport;
    }),
  );
  const tookMs = Math.max(...reports.map(({ endedAt }) => endedAt)) - startAt;
  const longest = Math.max(...reports.flatMap(({ urgentMs }) => urgentMs));
  const row = [
    name,
    String(server.refused()),
    (tookMs / possibleMs(sum(load) + urgentCalls.calls)).toFixed(2),
    `${(longest / 1_000).toFixed(1)} s`,
  ];
  server.stop();
  await table.stop();
  return row;
}

async function createRateLimiterTable(endpoint: string): Promise<void> {
  await tableClient(endpoint).send(
    new CreateTableCommand({
      TableName: rateLimiterTable,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "key", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "key", KeyType: "HASH" }],
    }),
  );
}

/**
 * The quota against the alternatives that people use, then by itself in virtual time; prints tables.
 *
 * @param chosen one contender alone
 */
export async function quota(chosen?: string): Promise<void> {
  const names = Object.keys(pacers).filter((name) => chosen === undefined || name === chosen);
  const all = sum(loads.even ?? []) + urgent.calls;
  console.log(
    `${all} calls, ${limit} in any ${windowMs / 1_000} s, ${processes} processes of ${concurrency} calls at once;`,
  );
  console.log(`possible time ${possibleMs(all) / 1_000} s; ten urgent calls after ${urgent.afterMs / 1_000} s\n`);
  const headings = ["", "refused (429)", "time ÷ possible time", "longest wait of an urgent call"];
  for (const [load, shares] of Object.entries(loads)) {
    const rows: string[][] = [];
    for (const name of names) rows.push(await measure(name, shares));
    console.log(`Load ${load} (${shares.join(", ")} calls and 10 urgent ones)\n`);
    print(headings, rows);
    console.log();
  }
  if (names.includes("ours")) {
    console.log(`An outage of ${outage.calls} services in the middle of the even load, five times\n`);
    const rows: string[][] = [];
    for (let time = 1; time <= 5; time += 1) rows.push(await measure("ours", loads.even ?? [], outage));
    print(headings, rows);
    console.log();
  }
  console.log("In virtual time, unscaled: a wave of 6,000 calls with the reserve on\n");
  print(["processes", "refused", "of the limit", "busiest window"], await waveFigures());
  console.log("\nIn virtual time, unscaled: 200 outages of 20 services in the middle of a saturating wave\n");
  print(["", "median", "longest"], await outageFigures());
}
