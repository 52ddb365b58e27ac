import { expect, test } from "vitest";
import { decideActivation, isForOutageAlone } from "../../../shared/activation/decide-activation.ts";
import {
  describeEnds,
  describeReason,
  expiredHolds,
  isInForce,
  openIntents,
  outageEnd,
  stateInRingCx,
} from "../../../shared/activation/reasons.ts";
import type { ActivationRecord, InactiveReason, Intent } from "../../../shared/records/account/activation.ts";

const now = Date.UTC(2030, 0, 1, 12);
const at = (offsetMs: number) => new Date(now + offsetMs).toISOString();
const since = at(-1_000);
const hold = { by: "ada", why: "migration", since };
const outage: InactiveReason = { kind: "OUTAGE", since, alarms: ["a"], confirmedByProbe: false };
const kept: InactiveReason = { kind: "KEEP_INACTIVE", ...hold };
const notWanted: InactiveReason = { kind: "NOT_WANTED", since };
const flapping: InactiveReason = { kind: "FLAPPING", since, until: at(5_000) };

test.each<[InactiveReason, reason: string, end: string]>([
  [notWanted, "its manifest says inactive", "by its manifest with isEnabled true, or by the command activate"],
  [
    { kind: "NOT_VALIDATED", since },
    "not validated",
    "by its message, sent again, once its endpoint passes the validation",
  ],
  [
    { kind: "NOT_VALIDATED", since, because: "status 500" },
    "not validated (status 500)",
    "by its message, sent again, once its endpoint passes the validation",
  ],
  [outage, `outage since ${since}`, "when the outage is over, or now by the command override"],
  [
    { ...outage, confirmedByProbe: true },
    `outage since ${since}, confirmed by a probe`,
    "when the outage is over, or now by the command override",
  ],
  [
    flapping,
    `flapping, inactive until ${at(5_000)}`,
    `when it has been quiet until ${at(5_000)}, or by the command activate`,
  ],
  [kept, "kept inactive by ada: migration", "by the command release"],
  [{ ...kept, until: at(1) }, "kept inactive by ada: migration", `at ${at(1)}, or by the command release`],
  [
    { kind: "MANUAL", since },
    `deactivated in the admin page, seen ${since}`,
    "by the command activate, or in the admin page",
  ],
  [{ kind: "RETIRED", since }, "retired", "no more: it is retired"],
])("%o is told with what ends it", (reason, words, end) => {
  expect(describeReason(reason)).toBe(words);
  expect(describeEnds({ reasons: [reason] }, now)).toBe(`It comes back ${end}`);
});

test("several reasons are told together, and what is over or overridden is none", () => {
  const reasons = [outage, kept, { ...flapping, until: at(-1) }];
  expect(describeEnds({ reasons }, now)).toBe(
    "It comes back when all have ended: when the outage is over, or now by the command override; by the command release",
  );
  expect(describeEnds({ reasons: [outage, flapping], override: hold }, now)).toBeUndefined();
  expect(decideActivation({ reasons: [outage, notWanted] }, now).because).toBe(
    `outage since ${since}; its manifest says inactive`,
  );
});

test.each([
  [{ waitsForCommand: true }, "by the command activate"],
  [
    { waitsForCommand: true, mutedAlarms: ["a"] },
    "when its muted alarm no longer fires, for a while, or now by the command activate",
  ],
  [{ waitsForCommand: true, mutedAlarms: ["other"] }, "by the command activate"],
])("an outage that does not end by itself (%o) is told so", (watch, end) => {
  expect(describeEnds({ reasons: [outage], writerAttributes: { watch } }, now)).toBe(`It comes back ${end}`);
});

test("a muted alarm holds an outage that waits for a command, if it is the outage's", () => {
  const by = (alarms: string[], memory: object) => outageEnd({ alarms }, memory, {}).by;
  expect(by(["a", "b"], { requiresCommand: true, mutedAlarms: ["b"] })).toBe("muted alarm");
  expect(by(["a"], { mutedAlarms: ["a"] })).toBe("evidence");
  expect(by(["a"], { requiresCommand: true })).toBe("command");
});

test.each([
  [{}, "by the command activate once the outage is over, or now by the command override"],
  [{ waitsForCommand: true, endsInMode: "off" }, "by the command activate"],
])("one whose recovery is manual ends by a command alone, in each mode (%o)", (watch, end) => {
  const record = { reasons: [outage], writerAttributes: { watch } };
  expect(describeEnds(record, now, { recovery: "manual" })).toBe(`It comes back ${end}`);
});

test("decisions say why in words", () => {
  const words = (record: ActivationRecord) => decideActivation(record, now).because;
  const active = { lastAppliedState: { isActive: true, at: since } };
  const inactive = { lastAppliedState: { isActive: false, at: since } };
  expect(words({ reasons: [], handsOff: hold })).toBe("hands off, by ada: migration");
  expect(words({ reasons: [], ...active })).toBe("it is active already (no reason keeps it inactive)");
  expect(words({ reasons: [notWanted], ...inactive })).toBe("it is inactive already (its manifest says inactive)");
  expect(words({ reasons: [outage], override: hold })).toBe("overridden");
  expect(words({ reasons: [] })).toBe("no reason keeps it inactive");
});

test("a service goes out for its outage alone unless anything else asks for it", () => {
  expect(isForOutageAlone({ reasons: [outage, flapping] }, now)).toBe(true);
  expect(isForOutageAlone({ reasons: [outage, kept] }, now)).toBe(false);
  expect(isForOutageAlone({ reasons: [flapping] }, now)).toBe(false);
});

test("what is under way is not known to be so", () => {
  const intent: Intent = { generation: 1, isActive: true, because: "", since };
  const applied: Intent = { ...intent, generation: 2, isApplied: true };
  const record: ActivationRecord = {
    reasons: [],
    lastAppliedState: { isActive: true, at: since },
    intents: [intent, applied],
  };
  expect(openIntents(record)).toEqual([intent]);
  expect(decideActivation(record, now).action).toBe("activate");
  expect(decideActivation({ ...record, intents: [applied] }, now).action).toBe("leave");
});

test("holds and reasons whose time is over are removed, and told", () => {
  const over = { ...hold, until: at(0) };
  expect(expiredHolds({ reasons: [kept], handsOff: hold, override: { ...hold, until: at(1) } }, now)).toBeUndefined();
  expect(expiredHolds({ reasons: [{ ...kept, until: at(-1) }, notWanted] }, now)).toEqual({
    change: { remove: ["KEEP_INACTIVE"] },
    because: "its time is over (kept inactive by ada: migration)",
  });
  expect(expiredHolds({ reasons: [], handsOff: over, override: over }, now)).toEqual({
    change: { remove: [], handsOff: null, override: null },
    because: "its time is over (hands off by ada: migration; override by ada: migration)",
  });
  expect(expiredHolds({ reasons: [], handsOff: over, override: hold }, now)?.change).toEqual({
    remove: [],
    handsOff: null,
  });
});

test("what has no end holds, what is not there does not", () => {
  expect(isInForce(undefined, now)).toBe(false);
  expect(isInForce({}, now)).toBe(true);
  expect(isInForce({ until: at(0) }, now)).toBe(false);
  expect(isInForce({ until: at(1) }, now)).toBe(true);
});

test("what a person has activated is told as active, and as left so once that was told and something speaks against it", () => {
  const lastAppliedState = { isActive: false, at: since, generation: 4 };
  const seen = (seenActive: object, reasons: InactiveReason[] = [kept]) =>
    stateInRingCx({ reasons, lastAppliedState, writerAttributes: { watch: { seenActive } } }, now);
  const told = { after: "4", at: at(-500), isTold: true };
  expect(seen(told)).toEqual({ isActive: true, began: { at: at(-500), isSeen: true }, isLeftActive: true });
  expect(seen(told, [])).toMatchObject({ isActive: true, isLeftActive: false });
  expect(seen({ after: "4" })).toEqual({ isActive: true, began: undefined, isLeftActive: false });
  // It was written since.
  expect(seen({ ...told, after: "3" })).toEqual({
    isActive: false,
    began: { at: since, isSeen: true },
    isLeftActive: false,
  });
  expect(stateInRingCx({ reasons: [] }, now)).toBeUndefined();
});
