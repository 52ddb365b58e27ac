import { afterEach, expect, test } from "vitest";
import { groupState, ownGroup, runOf } from "../../../cli/conformance/own-names.ts";
import { mostRequests } from "../../../cli/conformance/plan.ts";
import type { Profile } from "../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { operations } from "../../../shared/ringcx/resources/operations.ts";
import { isChosen } from "../../support/runs.ts";
import { startAccount } from "./account.ts";

let stop = async () => {};
afterEach(() => stop());

async function start(profile: Partial<Profile> = {}, options: Parameters<typeof startAccount>[1] = {}) {
  const account = await startAccount(profile, options);
  stop = () => account.simulator.stop();
  const state = () => {
    const { groups, authConfigs } = account.simulator.state();
    return {
      others: {
        groups: groups.filter(({ groupName }) => groupState(groupName) === undefined),
        authConfigs: authConfigs.filter((config) => runOf(config) === undefined),
      },
      own: [
        ...groups.flatMap(({ groupName, services }) => (groupState(groupName) ? services : [])),
        ...authConfigs.filter((config) => runOf(config) !== undefined),
      ],
      ownGroups: groups.filter(({ groupName }) => groupState(groupName) === "idle").length,
    };
  };
  return { ...account, account, state };
}

test("a run uses every operation, fewer than 150 requests, and leaves the group only; nothing else is touched", async () => {
  const { account, state, simulator } = await start();
  const before = state();
  const { left, exchanges } = await account.run();
  expect(state()).toEqual({ others: before.others, own: [], ownGroups: 1 });
  expect(left).toEqual([expect.stringContaining(ownGroup)]);
  const missing = Object.keys(operations).filter((name) => !exchanges.some(({ operation }) => operation === name));
  expect(missing).toEqual([]);
  expect(mostRequests()).toBeLessThan(150);
  expect(simulator.requests.filter(({ status }) => status === 429)).toEqual([]);
});

test("a second run works in the same group, and finds the same", async () => {
  const { account, state } = await start();
  const first = await account.run();
  const second = await account.run();
  expect([...second.findings].map(([name, { answer }]) => [name, answer])).toEqual(
    [...first.findings].map(([name, { answer }]) => [name, answer]),
  );
  expect(state()).toMatchObject({ own: [], ownGroups: 1 });
});

const moments = Array.from({ length: 60 }, (_, index) => 4 + index * 2).filter((_, index) => isChosen(index, 20, 3));

test.each(moments)("Ctrl-C before request %i: everything is removed, and what is left is said", async (moment) => {
  const { account, state, said } = await start();
  const before = state();
  const interrupt = new AbortController();
  account.onRequest = (count) => count === moment && interrupt.abort(new Error("Interrupted."));
  await expect(account.run(interrupt.signal)).rejects.toThrow("Interrupted.");
  expect(state()).toMatchObject({ others: before.others, own: [] });
  if (state().ownGroups > 0) expect(said.join("\n")).toMatch(/left: the group/);
});

test("Ctrl-C where lists are old: what was just made is removed, too", async () => {
  const { account, state } = await start({
    "consistency.single": "stale",
    "consistency.lists": "stale",
    "errors.missing": "forbidden",
    "services.born": "active",
  });
  const interrupt = new AbortController();
  account.onRequest = () => {
    const isMade = state().own.length > 0;
    if (isMade) interrupt.abort(new Error("Interrupted."));
  };
  await expect(account.run(interrupt.signal)).rejects.toThrow("Interrupted.");
  expect(state().own).toEqual([]);
});

test.each(moments)("a crash before request %i: the next run removes what it left", async (moment) => {
  const { account, state } = await start({}, { authConfigs: 3 });
  const before = state();
  account.onRequest = (count) => {
    if (count >= moment) throw new Error("crashed");
  };
  await expect(account.run()).rejects.toThrow("crashed");
  account.onRequest = () => {};
  // Its process is gone.
  await account.run(undefined, { isOver: () => true });
  expect(state()).toEqual({ others: before.others, own: [], ownGroups: 1 });
});

test("what RingCX has deleted is not told as left where its lists are late", async () => {
  const { account, state, said } = await start({ "consistency.lists": "stale" });
  const interrupt = new AbortController();
  account.onRequest = (count) => count === 60 && interrupt.abort(new Error("Interrupted."));
  await expect(account.run(interrupt.signal)).rejects.toThrow("Interrupted.");
  expect(state().own).toEqual([]);
  expect(said.filter((one) => one.includes("did not delete"))).toEqual([]);
  expect(said.join()).toContain("Another Ctrl-C ends it at once");
});
