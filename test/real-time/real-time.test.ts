import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RingCxSimulator, startRingCxSimulator } from "../../infra/local/ringcx-simulator/server.ts";
import type { CallerOrder, CallerReport } from "./caller-process.ts";
import { type SharedTable, startSharedTable } from "./shared-table.ts";

// Everything is twenty times as fast as in production, but for the guard: it covers how late a process of a busy
// machine may be, which does not shrink with the window.
const quota = { limit: 120, windowMs: 3_000, guardMs: 400 };

let table: SharedTable;
let simulator: RingCxSimulator;
beforeAll(async () => {
  [table, simulator] = await Promise.all([
    startSharedTable(),
    startRingCxSimulator({ limit: quota.limit, windowMs: quota.windowMs }),
  ]);
});
afterAll(async () => {
  await Promise.all([table.stop(), simulator.stop()]);
});

/** One process that calls RingCX, and what it says at its end. */
async function caller(order: Pick<CallerOrder, "calls" | "concurrency" | "urgent">): Promise<CallerReport> {
  const { url, platformUrl, accountId, clientId, clientSecret, jwt } = simulator;
  const whole: CallerOrder = {
    endpoint: table.endpoint,
    tableName: table.tableName,
    ringcx: { url, platformUrl, accountId, clientId, clientSecret, jwt },
    quota,
    horizonMs: 100,
    ...order,
  };
  const script = fileURLToPath(new URL("caller-process.ts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(whole)]);
  return JSON.parse(stdout) as CallerReport;
}

test("several processes share quota and session: all is done, nothing refused, one exchange, urgent passes the wave", {
  timeout: 60_000,
}, async () => {
  const reports = await Promise.all([
    caller({ calls: 200, concurrency: 8 }),
    caller({ calls: 60, concurrency: 4, urgent: { calls: 10, afterMs: 4_000 } }),
    caller({ calls: 30, concurrency: 2 }),
    caller({ calls: 10, concurrency: 2 }),
  ]);

  expect(reports.reduce((sum, { done }) => sum + done, 0)).toBe(310);
  const statuses = simulator.requests.filter(({ operation }) => operation === "getHttpServiceGroupList");
  expect(statuses.filter(({ status }) => status === 200)).toHaveLength(310);
  expect(statuses.filter(({ status }) => status === 429)).toEqual([]);
  expect(simulator.requests.filter(({ operation }) => operation === "loginWithRcAccessToken")).toHaveLength(1);
  // How long is for the benchmark to say; here, that urgent calls did not stand behind the wave that they met. One of
  // them may be slow on a busy machine, so the middle one speaks for them.
  const urgent = reports.flatMap(({ urgentMs }) => urgentMs).sort((a, b) => a - b);
  expect(urgent).toHaveLength(10);
  expect(urgent[5]).toBeLessThan(Math.max(...reports.flatMap(({ bulkMs }) => bulkMs)));
});
