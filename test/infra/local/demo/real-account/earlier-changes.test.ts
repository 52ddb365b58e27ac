import { expect, test } from "vitest";
import {
  earlierChangeLines,
  readEarlierChanges,
  settleEarlierChanges,
} from "../../../../../infra/local/demo/real-account/earlier-changes.ts";
import { createActivationStore } from "../../../../../shared/activation/activation-store.ts";
import { activationKey } from "../../../../../shared/records/account/activation.ts";
import { MemoryStateTable } from "../../../../../shared/state/memory-table.ts";
import { testClock } from "../../../../support/client-fakes.ts";

test("what records have noted and RingCX has not been brought to is told by service, with why and what becomes of it", async () => {
  const table = new MemoryStateTable();
  const clock = testClock(Date.parse("2030-01-01T00:01:00Z"));
  const activation = createActivationStore({ table, clock });
  const since = "2030-01-01T00:00:00.000Z";
  const hold = { by: "root", why: "x", since };
  const intent = { generation: 1, isActive: false, because: "deactivate by root: x", since };
  const name = (serviceDescription: string) => ({ accountId: "700001", groupName: "N1", serviceDescription });
  const held = { kind: "KEEP_INACTIVE" as const, ...hold };
  await activation.change(name("a/b"), { add: [held], intents: [intent] });
  await activation.change(name("done"), { add: [held], intents: [{ ...intent, isApplied: true }] });
  await activation.change(name("left"), { add: [held], intents: [intent], handsOff: hold });
  await activation.change(name("quiet"), { add: [held] });
  await table.put({ ...activationKey(name("unreadable")), intents: "?" });
  const keys = ["a/b", "done", "left", "quiet", "unreadable", "none"].map((one) => activationKey(name(one)));
  const changes = await readEarlierChanges(table, keys, clock.now());
  expect(earlierChangeLines(changes, ["700001"], clock.now())).toEqual([
    expect.stringMatching(/^1 change of an earlier run is not carried out for account 700001 \(a sweep does/),
    `  N1/a/b should be inactive since ${since} (60 s ago): deactivate by root: x`,
  ]);
  expect(earlierChangeLines(changes, [], clock.now())[0]).toContain("give --account 700001, too");
  expect(earlierChangeLines([], ["700001"], clock.now())).toEqual([]);
});

test("what became of each is told once it is carried out; what is still open has its exit code", async () => {
  const table = new MemoryStateTable();
  const testTime = testClock(Date.parse("2030-01-01T00:01:00Z"));
  const activation = createActivationStore({ table, clock: testTime });
  const since = "2030-01-01T00:00:00.000Z";
  const intent = { generation: 1, isActive: false, because: "deactivate by root: x", since };
  const held = { kind: "KEEP_INACTIVE" as const, by: "root", why: "x", since };
  const name = (serviceDescription: string) => ({ accountId: "700001", groupName: "N1", serviceDescription });
  for (const one of ["a", "b", "c"]) await activation.change(name(one), { add: [held], intents: [intent] });
  const keys = ["a", "b", "c"].map((one) => activationKey(name(one)));
  const changes = await readEarlierChanges(table, keys, testTime.now());
  const ends = [
    () => activation.change(name("a"), { intents: [], lastAppliedState: false }),
    () => activation.change(name("b"), { remove: ["KEEP_INACTIVE"], intents: [], lastAppliedState: true }),
  ];
  const sleep = async (ms: number) => {
    await testTime.sleep(ms);
    await ends.shift()?.();
  };
  const ended = new AbortController().signal;
  expect(await settleEarlierChanges(changes, { table, clock: { ...testTime, sleep }, ended })).toEqual({
    exitCode: 3,
    lines: [
      "N1/a: carried out, it is inactive (deactivate by root: x)",
      "N1/b: no longer asked for, it is active (deactivate by root: x)",
      "N1/c of an earlier run is still not carried out: the next run goes on.",
    ],
  });
  expect(await settleEarlierChanges([], { table, clock: testTime, ended })).toEqual({ exitCode: 0, lines: [] });
});
