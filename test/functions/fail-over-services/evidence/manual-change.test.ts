import { expect, test } from "vitest";
import { detectManualChange } from "../../../../functions/fail-over-services/evidence/manual-change.ts";
import type { ActivationRecord, InactiveReason } from "../../../../shared/records/account/activation.ts";

const now = Date.UTC(2030, 0, 1, 12);
const at = (offsetMs: number) => new Date(now + offsetMs).toISOString();
const times = { readSince: now - 1_000, now };
const outage: InactiveReason = { kind: "OUTAGE", since: at(-60_000), alarms: [], confirmedByProbe: false };
const written = (isActive: boolean, offsetMs = -60_000) => ({ lastAppliedState: { isActive, at: at(offsetMs) } });

test("what we wrote after the reading began is newer than what it says", () => {
  const record: ActivationRecord = { reasons: [], ...written(true, -500) };
  expect(detectManualChange(record, false, times)).toBeUndefined();
  expect(detectManualChange({ ...record, ...written(true, -2_000) }, false, times)?.change.add).toMatchObject([
    { kind: "MANUAL" },
  ]);
});

test("our own PUT whose note is still under way is no person", () => {
  expect(detectManualChange({ reasons: [outage], ...written(true) }, false, times)).toEqual({
    change: { observed: false },
  });
});

test("a service that is seen for the first time is noted, and nothing is published", () => {
  expect(detectManualChange({ reasons: [] }, true, times)).toEqual({ change: { observed: true } });
});

test("activated by a person in an outage: an override that has no end of its own", () => {
  const found = detectManualChange({ reasons: [outage], ...written(false) }, true, times);
  expect(found?.change.override).toEqual({ by: "admin page", why: "activated during an outage", since: at(0) });
});

test("activated by a person against a manifest: not ours to remove, and not ours to fight about", () => {
  const notWanted: InactiveReason = { kind: "NOT_WANTED", since: at(-60_000) };
  expect(detectManualChange({ reasons: [notWanted], ...written(false) }, true, times)).toBeUndefined();
});
