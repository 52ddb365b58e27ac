import { expect, test } from "vitest";
import {
  earlierChangeLines,
  readEarlierChanges,
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
