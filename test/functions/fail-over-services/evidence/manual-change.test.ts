import { expect, test } from "vitest";
import { detectManualChange, isComparable } from "../../../../functions/fail-over-services/evidence/manual-change.ts";
import {
  type ActivationRecord,
  emptyActivation,
  type InactiveReason,
  type Intent,
  type StoredActivation,
} from "../../../../shared/records/account/activation.ts";
import { recordAfter } from "../../../../shared/records/account/activation-item.ts";
import { beganOf, lastKnownState } from "../../../../shared/records/account/known-state.ts";

const now = Date.UTC(2030, 0, 1, 12);
const at = (offsetMs: number) => new Date(now + offsetMs).toISOString();
const outage: InactiveReason = { kind: "OUTAGE", since: at(-60_000), alarms: [], confirmedByProbe: false };
const kept: InactiveReason = { kind: "KEEP_INACTIVE", since: at(-60_000), by: "ada", why: "test" };
const written = (isActive: boolean) => ({ lastAppliedState: { isActive, at: at(-60_000), generation: 4 } });
const record = (more: Partial<ActivationRecord>): StoredActivation => ({ ...emptyActivation, version: 7, ...more });
/** What two reads in a row, that say the same, lead to. */
function seenTwice(first: StoredActivation, isEnabled: boolean) {
  const once = detectManualChange(first, isEnabled, now);
  expect(once?.report).toBeUndefined();
  const writerAttributes = { ...first.writerAttributes, ...once?.change.writerAttributes };
  return detectManualChange({ ...first, writerAttributes }, isEnabled, now);
}

test("what RingCX says is compared only where nobody wrote meanwhile and nothing is under way", () => {
  const intent: Intent = { generation: 5, isActive: false, because: "x", since: at(0) };
  expect(isComparable(record({}), record({}))).toBe(true);
  expect(isComparable(record({}), { ...record({}), version: 8 })).toBe(false);
  expect(isComparable(record({ intents: [intent] }), record({ intents: [intent] }))).toBe(false);
});

test.each([
  ["observed after what was written last", { after: "4" }, true],
  ["observed after what was written before", { after: "3" }, false],
])("numbers say what is newest, whatever the clocks say: %s", (_, after, isActive) => {
  for (const skewMs of [-3_600_000, 3_600_000]) {
    const observed = { isActive: true, at: at(skewMs), ...after };
    expect(lastKnownState(record({ ...written(false), observed }))?.isActive).toBe(isActive);
  }
});

test("a record that an earlier release wrote is read by its times", () => {
  const lastAppliedState = { isActive: false, at: at(-60_000) };
  expect(lastKnownState(record({ lastAppliedState, observed: { isActive: true, at: at(0) } }))?.isActive).toBe(true);
  expect(lastKnownState(record({ lastAppliedState, observed: { isActive: true, at: at(-90_000) } }))?.isActive).toBe(
    false,
  );
});

test("a service that is seen for the first time is noted, and nothing is published", () => {
  expect(detectManualChange(record({}), true, now)).toEqual({ change: { observed: true } });
});

test("two reads that are not in a row, because one between them says otherwise, are none", () => {
  const manual: InactiveReason = { kind: "MANUAL", since: at(-60_000) };
  let known = record({ reasons: [manual], ...written(true), observed: { isActive: false, at: at(0), after: "4" } });
  const reported = [true, false, true].map((isEnabled) => {
    const found = detectManualChange(known, isEnabled, now);
    known = { ...known, writerAttributes: { ...known.writerAttributes, ...found?.change.writerAttributes } };
    return found?.report;
  });
  expect(reported).toEqual([undefined, undefined, undefined]);
  expect(detectManualChange(known, true, now)?.report).toBeDefined();
});

test("deactivated by a person: at once, as long as no reason of ours says the same", () => {
  expect(detectManualChange(record(written(true)), false, now)?.change.add).toMatchObject([{ kind: "MANUAL" }]);
  expect(detectManualChange(record({ reasons: [outage], ...written(true) }), false, now)).toEqual({
    change: { observed: false },
    report: {
      what: "was deactivated in the admin page",
      because: expect.stringMatching(
        /^it stays inactive, because outage since .*\. It comes back when the outage is over, or now by the command override$/,
      ),
    },
  });
});

test("activated by a person in an outage, seen twice: an override that has no end of its own", () => {
  const found = seenTwice(record({ reasons: [outage], ...written(false) }), true);
  expect(found?.change.override).toEqual({ by: "admin page", why: "activated during an outage", since: at(0) });
});

test("a person's override, and its end, is not replaced by what is seen of it", () => {
  const override = { by: "ada", why: "test", since: at(-60_000), until: at(600_000) };
  const found = detectManualChange(record({ reasons: [outage], override, ...written(false) }), true, now);
  expect(found).toEqual({ change: { remove: ["MANUAL"], observed: true } });
});

test("activated by a person against a person's word: not ours to remove, not ours to fight about, told once", () => {
  const first = record({ reasons: [kept], ...written(false) });
  const found = seenTwice(first, true);
  expect(found?.report?.because).toMatch(/it is left so, although kept inactive by ada: test/);
  expect(found?.change.observed).toBeUndefined();
  expect(
    detectManualChange({ ...first, writerAttributes: { ...found?.change.writerAttributes } }, true, now),
  ).toBeUndefined();
});

test("seen inactive again after that, it is inactive since then only", () => {
  const first = recordAfter(record({ reasons: [kept] }), { lastAppliedState: false, isAnew: true }, now - 60_000);
  const told = seenTwice(first, true);
  const { writerAttributes } = { ...told?.change };
  const change = detectManualChange({ ...first, ...(writerAttributes && { writerAttributes }) }, false, now)?.change;
  expect(beganOf(first)).toEqual({ at: at(-60_000) });
  expect(beganOf(recordAfter(first, change ?? {}, now))).toEqual({ at: at(0), isSeen: true });
});
