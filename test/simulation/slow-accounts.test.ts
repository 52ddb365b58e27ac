import { describe, expect, test } from "vitest";
import { isLongRun } from "../support/runs.ts";
import { measureSlowAccounts, ticks } from "./slow-accounts.ts";
import { SweepSimulation } from "./sweep-simulation.ts";

/** Five batches a minute are what an execution has at most; one slow account in each takes eight seconds of it, once. */
const mostAtFirst = 5 * 8;

describe.each([
  // One in each batch; at any size: the executions grow with the accounts.
  { accounts: 200, slow: 20, asEver: 5 },
  ...(isLongRun ? [1, 50].map((slow) => ({ accounts: 1_000, slow, asEver: 18 })) : []),
])("RingCX hangs for $slow of $accounts accounts", ({ accounts, slow, asEver }) => {
  test("the others are swept within the minute at once, and as ever from then on", async () => {
    const seen = await measureSlowAccounts({ accounts, slow });
    expect(seen.sweepAtFirst).toBeLessThan(mostAtFirst);
    expect(seen.sweepLater).toBeLessThan(asEver);
    expect(seen.oldest).toBeLessThan(60 + mostAtFirst);
    expect(seen.late).toBe(0);
  });
});

test("where RingCX hangs for all, each is swept each minute, and each in its turn for longer", async () => {
  const { late, oldestSlow } = await measureSlowAccounts({ accounts: 200, slow: 200 });
  expect(late).toBe(0);
  expect(oldestSlow).toBeLessThan(2 * 60);
});

test("where ticks come each second, those of a slow account fold, and who is in its batch waits for it in the beginning alone", async () => {
  const world = new SweepSimulation(20);
  for (const accountId of world.accountIds) await world.service(accountId, `crm-${accountId}`, { watch: "probe" });
  await world.time.run(ticks(world, 2, 1_000));
  world.forget();
  const [slow = "", ...others] = world.accountIds;
  world.unavailable.add(slow);
  await world.time.run(ticks(world, 60, 1_000));
  expect(world.treeReads.get(slow)).toBeLessThanOrEqual(60 / 8 + 1);
  for (const accountId of others) {
    const times = world.swept.filter((one) => one.accountId === accountId).map(({ at }) => at);
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at));
    expect(Math.max(...gaps)).toBeLessThan(9_000);
    expect(gaps.filter((gap) => gap > 3_000).length).toBeLessThanOrEqual(2);
  }
});
