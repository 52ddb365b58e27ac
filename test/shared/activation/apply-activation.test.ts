import { expect, test } from "vitest";
import type { ActivationCaller, AppliedActivation } from "../../../shared/activation/activation-caller.ts";
import { createActivationStore } from "../../../shared/activation/activation-store.ts";
import { applyActivation } from "../../../shared/activation/apply-activation.ts";
import { newCarrier, noteIntent, type OutcomeOf } from "../../../shared/activation/intents.ts";
import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import type { ActivationChange, InactiveReason } from "../../../shared/records/account/activation.ts";
import { MemoryStateTable } from "../../../shared/state/memory-table.ts";
import { testClock } from "../../support/client-fakes.ts";

const name = { accountId: "1", groupName: "g", serviceDescription: "s" };
const notWanted: InactiveReason = { kind: "NOT_WANTED", since: "2030-01-01T00:00:00.000Z" };

/** A record that was just written, and a caller that remembers what it was asked to do, in order. */
async function recorded(change: ActivationChange) {
  const clock = testClock();
  const activation = createActivationStore({ table: new MemoryStateTable(), clock });
  const steps: (boolean | string | AppliedActivation)[] = [];
  const caller: ActivationCaller = {
    name,
    setActive: async (isActive) => {
      steps.push(isActive);
    },
    isActive: async () => true,
    announce: (applied) => {
      steps.push(applied);
    },
  };
  const record = await activation.change(name, change);
  return {
    activation,
    clock,
    caller,
    steps,
    apply: (one = caller, now = record) => applyActivation({ activation, clock }, one, now),
  };
}

const since = expect.stringMatching(/^\d{4}-.*Z$/);

test("RingCX is told first, then people, then the record", async () => {
  const { steps, apply, activation } = await recorded({ add: [notWanted], observed: true });
  const { decision, record } = await apply();
  expect(steps).toEqual([
    false,
    { isActive: false, because: "its manifest says inactive", generation: 1, since, previousChanges: 0 },
  ]);
  expect(decision.action).toBe("deactivate");
  expect(record.lastAppliedState?.isActive).toBe(false);
  expect(await activation.get(name)).toEqual(record);
});

test("nothing is done when the service is already as it should be", async () => {
  const { steps, apply } = await recorded({ add: [notWanted], observed: false });
  expect((await apply()).decision.action).toBe("leave");
  expect(steps).toEqual([]);
});

test("a caller that must not activate leaves an inactive service as it is", async () => {
  const { steps, apply, caller } = await recorded({ observed: false });
  expect((await apply({ ...caller, only: "deactivate" })).decision.action).toBe("activate");
  expect(steps).toEqual([]);
});

test.each<[string, Partial<ActivationCaller>, boolean]>([
  ["asks no guard: not", {}, false],
  ["asks them", { admit: async () => true }, true],
  ["was ordered something else: not", { admit: async () => true, isOrdered: () => false }, false],
  ["was ordered it", { isOrdered: () => true }, true],
])("an outage alone takes a service out where the caller %s", async (_, more, isDone) => {
  const outage: InactiveReason = { kind: "OUTAGE", since: notWanted.since, alarms: ["a"], confirmedByProbe: false };
  const { activation, apply, caller, steps } = await recorded({ observed: true });
  const before = await activation.get(name);
  const intent = { isActive: false, because: "an alarm fires" };
  const noted = noteIntent(before, intent, { carrier: newCarrier(0), now: 0 });
  const record = await activation.changeIf(name, before, { add: [outage], ...noted });
  await apply({ ...caller, ...more }, record);
  expect(steps.length > 0).toBe(isDone);
});

test("what another writer changed meanwhile is applied, too, with its own reason", async () => {
  const { activation, steps, apply, caller } = await recorded({ observed: false });
  const announce = async (applied: AppliedActivation) => {
    steps.push(applied);
    if (applied.previousChanges === 0) await activation.change(name, { add: [notWanted] });
  };
  const { decision, record } = await apply({ ...caller, announce });
  expect(steps).toEqual([
    true,
    { isActive: true, because: "no reason keeps it inactive", generation: 1, since, previousChanges: 0 },
    false,
    { isActive: false, because: "its manifest says inactive", generation: 2, since, previousChanges: 1 },
  ]);
  expect(decision.action).toBe("deactivate");
  expect(record.lastAppliedState?.isActive).toBe(false);
});

test("when RingCX fails, nothing is announced, and the record still says what should be", async () => {
  const { activation, steps, apply, caller } = await recorded({ add: [notWanted], observed: true });
  const setActive = () => Promise.reject(new Error("503"));
  await expect(apply({ ...caller, setActive })).rejects.toThrow("503");
  expect(steps).toEqual([]);
  expect((await activation.get(name)).lastAppliedState).toBeUndefined();
});

test("what another writer asks for meanwhile and is so already is not done twice, nor told as a change", async () => {
  const { activation, steps, apply, caller } = await recorded({ add: [notWanted], observed: true });
  const announce = async (applied: AppliedActivation) => {
    steps.push(applied.because);
    const before = await activation.get(name);
    const intent = { isActive: false, because: "by command" };
    const noted = noteIntent(before, intent, { carrier: newCarrier(0), now: 0 });
    await activation.changeIf(name, before, { ...noted, carrier: before.carrier ?? null });
  };
  const { record } = await apply({ ...caller, announce });
  expect(steps).toEqual([false, "its manifest says inactive"]);
  expect(record.intents).toBeUndefined();
});

test("what a message has noted is told by the message, whoever carries it out", async () => {
  const { steps, apply, caller, activation } = await recorded({ add: [notWanted], observed: true });
  const dies = async () => {
    throw new Error("the process is gone");
  };
  await expect(apply({ ...caller, isOfMessage: true, setActive: dies })).rejects.toThrow("gone");
  const left = await activation.get(name);
  expect(left.intents).toMatchObject([{ isActive: false, isOfMessage: true }]);
  await apply(caller, left);
  // Only the call to RingCX: nothing is announced.
  expect(steps).toEqual([false]);
});

test("what another process has told was done: what was noted after it is judged by it, and RingCX is not asked again", async () => {
  const { steps, apply, caller, activation } = await recorded({ add: [notWanted], observed: true });
  const outcomeOf: OutcomeOf = (_change, generation) => ({
    status: "SUCCEEDED",
    summary: `outcome ${generation}`,
    cause: { source: "/test", id: String(generation), type: "test" },
  });
  const dies = async () => {
    throw new Error("the process is gone");
  };
  const publish = async ({ summary }: OutcomeData) => {
    steps.push(summary);
  };
  await expect(apply({ ...caller, outcomeOf, publish, setActive: dies })).rejects.toThrow("gone");
  const noted = await activation.get(name);
  const second = noteIntent(noted, { isActive: false, because: "x" }, { carrier: newCarrier(0), now: 0, outcomeOf });
  const left = await activation.change(name, second);
  await apply({ ...caller, publish, isTold: async ({ summary }) => summary === "outcome 1" }, left);
  expect(steps[0]).toBe("outcome 1");
  expect(steps).not.toContain(false);
  expect(steps).not.toContain("outcome 2");
});

test("what has its effect after another process has judged it needless is put right", async () => {
  const { activation, apply, caller } = await recorded({ add: [notWanted], observed: true });
  const calls: boolean[] = [];
  const setActive = async (isActive: boolean) => {
    calls.push(isActive);
    if (calls.length > 1) return;
    // Our time was over: the other one has looked, seen what was before, and found it as it should be by then.
    await activation.change(name, { remove: ["NOT_WANTED"], intents: [], carrier: null, observed: true });
  };
  const { record } = await apply({ ...caller, setActive });
  expect(calls).toEqual([false, true]);
  expect(record).toMatchObject({ lastAppliedState: { isActive: true } });
});

test("what a process that died may have called for until its time was over, no read denies before it is newer", async () => {
  const { activation, clock, apply, caller } = await recorded({ add: [notWanted], observed: true });
  const before = await activation.get(name);
  const carrier = newCarrier(clock.now() + 1_000);
  const noted = noteIntent(before, { isActive: false, because: "x" }, { carrier, now: clock.now() });
  const left = await activation.changeIf(name, before, noted);
  await clock.sleep(Date.parse(carrier.until) - clock.now() + 1);
  const sure: [shownActive: boolean, shownInactive: boolean][] = [];
  const setActive: ActivationCaller["setActive"] = async (_isActive, isSure) => {
    sure.push([isSure(true), isSure(false)]);
    await clock.sleep(30_000);
    sure.push([isSure(true), isSure(false)]);
  };
  await apply({ ...caller, setActive }, left);
  expect(sure.map(([shownActive]) => shownActive)).toEqual([false, true]);
});
