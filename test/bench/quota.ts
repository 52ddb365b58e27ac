import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CreateTableCommand } from "@aws-sdk/client-dynamodb";
import { startSharedTable, tableClient } from "../real-time/shared-table.ts";
import type { ContenderOrder, ContenderReport } from "./contender-process.ts";
import { startCountingServer } from "./counting-server.ts";
import { pacers, rateLimiterTable } from "./pacers.ts";
import type { Bar, Report, ReportTable } from "./report.ts";
import { outageFigures, waveFigures } from "./virtual-figures.ts";

// The window is a tenth of RingCX's; everything that depends on it is scaled along.
const limit = 120;
const windowMs = 6_000;
const processes = 4;
const urgent = { calls: 10, afterMs: 7_000 };
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
  even: [70, 70, 70, 70],
  "one-sided": [220, 20, 20, 20],
};

const script = fileURLToPath(new URL("contender-process.ts", import.meta.url));

async function measure(name: string, load: readonly number[], urgentCalls = urgent): Promise<Measured> {
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
  const measured = {
    name,
    refused: server.refused(),
    timeShare: tookMs / possibleMs(sum(load) + urgentCalls.calls),
    longestMs: longest,
  };
  server.stop();
  await table.stop();
  return measured;
}

interface Measured {
  name: string;
  refused: number;
  /** Time it took ÷ possible time. */
  timeShare: number;
  longestMs: number;
}

function rowOf({ name, refused, timeShare, longestMs }: Measured): string[] {
  return [name, String(refused), timeShare.toFixed(2), `${(longestMs / 1_000).toFixed(1)} s`];
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
 * The quota against the alternatives that people use, then by itself in virtual time.
 *
 * @param chosen one contender alone
 */
export async function quota(chosen?: string): Promise<Report> {
  const names = Object.keys(pacers).filter((name) => chosen === undefined || name === chosen);
  const all = sum(loads.even ?? []) + urgent.calls;
  const headings = ["", "refused (429)", "time ÷ possible time", "longest wait of an urgent call"];
  const tables: ReportTable[] = [];
  const bars: Bar[] = [];
  for (const [load, shares] of Object.entries(loads)) {
    const found: Measured[] = [];
    for (const name of names) found.push(await measure(name, shares));
    const title = `Load ${load} (${shares.join(", ")} calls and ${urgent.calls} urgent ones after ${urgent.afterMs / 1_000} s; ${limit} in any ${windowMs / 1_000} s, ${processes} processes of ${concurrency} calls at once; possible time ${possibleMs(all) / 1_000} s).`;
    tables.push({ title, headings, rows: found.map(rowOf) });
    if (load === "even") {
      bars.push(
        ...found.map(({ name, refused }) => ({
          label: name,
          value: refused,
          text: String(refused),
          isPeer: name !== "ours",
        })),
      );
    }
  }
  if (names.includes("ours")) {
    const rows: string[][] = [];
    for (let time = 1; time <= 3; time += 1) rows.push(rowOf(await measure("ours", loads.even ?? [], outage)));
    tables.push({
      title: `An outage of ${outage.calls} services (as many urgent calls at once) in the middle of the even load, three times.`,
      headings,
      rows,
    });
  }
  tables.push(
    {
      title: "In virtual time, unscaled: a wave of 6,000 calls with the reserve on.",
      headings: ["processes", "refused", "of the limit", "busiest window"],
      rows: await waveFigures(),
    },
    {
      title: "In virtual time, unscaled: 200 outages of 20 services in the middle of a saturating wave.",
      headings: ["", "median", "longest"],
      rows: await outageFigures(),
    },
  );
  const title = "Requests that RingCX refuses (429), even load of four processes";
  return { tables, charts: [{ name: "quota", title, bars }] };
}
