import { expect, test } from "vitest";
import { createActivationStore } from "../../../shared/activation/activation-store.ts";
import { ChangeUnderWayError } from "../../../shared/activation/intents.ts";
import { activationKey } from "../../../shared/records/account/activation.ts";
import { arrivingActivation, endedActivation } from "../../../shared/records/account/moving-activation.ts";
import { MemoryStateTable } from "../../../shared/state/memory-table.ts";

const now = 1_000_000;
const named = (serviceDescription: string) => ({ accountId: "1", groupName: "G", serviceDescription });
const [from, to] = [activationKey(named("old")), activationKey(named("new"))];

/** A record, and its copy under the next name as far as the move has come. */
async function moving({ hasEnded }: { hasEnded: boolean }) {
  const table = new MemoryStateTable();
  const store = createActivationStore({ table, clock: { now: () => now, sleep: async () => {} } });
  await store.change(named("old"), { lastAppliedState: true });
  const item = await table.get(from);
  if (item) await table.put(arrivingActivation(item, to));
  if (hasEnded) await table.put(endedActivation(from, now));
  return store;
}

test("of a record and its copy one counts, at each moment", async () => {
  const before = await moving({ hasEnded: false });
  const first = await before.ofAccount("1");
  expect([[...first.records.keys()], [...first.arriving]]).toEqual([[from.sk], [to.sk]]);
  await expect(before.get(named("new"))).rejects.toThrow(ChangeUnderWayError);
  expect(await before.get(named("old"))).toMatchObject({ lastAppliedState: { isActive: true } });

  const after = await moving({ hasEnded: true });
  const second = await after.ofAccount("1");
  expect(second.arriving.size).toBe(0);
  expect(second.records.get(to.sk)).toMatchObject({ lastAppliedState: { isActive: true } });
  expect(second.records.get(from.sk)).toMatchObject({ isEnded: true });
  await expect(after.get(named("old"))).rejects.toThrow(ChangeUnderWayError);
  expect(await after.get(named("old"), { isAnew: true })).toMatchObject({ isEnded: true });
});
