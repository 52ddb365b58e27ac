import { expect, test } from "vitest";
import {
  noteSweepTime,
  readSlowSweeps,
  slowestLast,
} from "../../../../functions/fail-over-services/triggers/slow-sweeps.ts";
import { slowSweepKey } from "../../../../shared/records/sweep-progress.ts";
import { MemoryStateTable } from "../../../../shared/state/memory-table.ts";
import { testClock } from "../../../support/client-fakes.ts";

const accountIds = Array.from({ length: 40 }, (_, index) => `${100 + index}`);

test("slow accounts come behind all others; those whose turn it is to take long last of all", () => {
  const order = slowestLast(
    accountIds,
    new Map([
      ["103", 2],
      ["101", 1],
    ]),
  );
  expect(order.slice(-3)).toEqual([
    { accountId: "139", wasSlow: false, isPatient: false },
    { accountId: "101", wasSlow: true, isPatient: true },
    { accountId: "103", wasSlow: true, isPatient: true },
  ]);
  expect(order.map(({ accountId }) => accountId).sort()).toEqual(accountIds);
});

test("where too many are slow they take turns: each takes long within four minutes", () => {
  let slow = new Map(accountIds.map((accountId, index) => [accountId, index]));
  const patient = new Set<string>();
  for (let minute = 1; minute <= 4; minute += 1) {
    const order = slowestLast(accountIds, slow);
    for (const { accountId, isPatient } of order) if (isPatient) patient.add(accountId);
    expect(order.filter(({ isPatient }) => isPatient)).toHaveLength(10);
    slow = new Map(order.map(({ accountId }, index) => [accountId, minute * 1_000 + index]));
  }
  expect([...patient].sort()).toEqual(accountIds);
});

test("a sweep that took long is noted until one is quick, and for ten minutes; one that never was costs no write", async () => {
  const table = new MemoryStateTable();
  const clock = testClock();
  const dependencies = { table, clock };
  const sweep = async (accountId: string, ms: number, wasSlow: boolean) => {
    const begun = clock.now();
    await clock.sleep(ms);
    await noteSweepTime(dependencies, { accountId, wasSlow }, begun);
    return [...(await readSlowSweeps(dependencies))];
  };
  expect(await sweep("1", 1_000, false)).toEqual([]);
  expect(table.everything()).toEqual([]);
  const begun = clock.now();
  expect(await sweep("1", 8_000, false)).toEqual([["1", begun]]);
  expect(await sweep("1", 1_000, true)).toEqual([]);
  await sweep("1", 8_000, false);
  await clock.sleep(10 * 60_000);
  expect([...(await readSlowSweeps(dependencies))]).toEqual([]);
});

test.each([{ begunAt: "yesterday" }, { begunAt: 9e15 }, {}])(
  "%j says of no account that it is slow",
  async (spoilt) => {
    const table = new MemoryStateTable();
    await table.put({ ...slowSweepKey("1"), ...spoilt });
    expect([...(await readSlowSweeps({ table, clock: testClock() }))]).toEqual([]);
  },
);
