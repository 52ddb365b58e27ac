import fc from "fast-check";
import { expect, test } from "vitest";
import { createActivationStore } from "../../../shared/activation/activation-store.ts";
import { decideActivation } from "../../../shared/activation/decide-activation.ts";
import { reasonsInForce } from "../../../shared/activation/reasons.ts";
import { systemClock } from "../../../shared/primitives/clock.ts";
import type { ActivationRecord, InactiveReason } from "../../../shared/records/account/activation.ts";
import { MemoryStateTable } from "../../../shared/state/memory-table.ts";

const now = Date.UTC(2030, 0, 1, 12);
const at = (offsetMs: number) => new Date(now + offsetMs).toISOString();
const since = at(-1000);
const outage: InactiveReason = { kind: "OUTAGE", since, alarms: ["a"], confirmedByProbe: false };
const notWanted: InactiveReason = { kind: "NOT_WANTED", since };
const active = { lastAppliedState: { isActive: true, at: since } };
const inactive = { lastAppliedState: { isActive: false, at: since } };
const hold = { by: "ops", why: "migration", since };

test.each<[string, ActivationRecord, string]>([
  ["nothing is known and no reason keeps it inactive", { reasons: [] }, "activate"],
  ["an outage of an active service", { reasons: [outage], ...active }, "deactivate"],
  ["an outage of an inactive service", { reasons: [outage], ...inactive }, "leave"],
  ["an outage that is overridden", { reasons: [outage], override: hold, ...active }, "leave"],
  ["an override that has ended", { reasons: [outage], override: { ...hold, until: at(-1) }, ...active }, "deactivate"],
  ["an override does not override a manifest", { reasons: [notWanted], override: hold, ...active }, "deactivate"],
  ["hands off during an outage", { reasons: [outage], handsOff: hold, ...active }, "leave"],
  ["hands off that has ended", { reasons: [outage], handsOff: { ...hold, until: at(0) }, ...active }, "deactivate"],
  ["kept inactive until now", { reasons: [{ kind: "KEEP_INACTIVE", ...hold, until: at(0) }], ...inactive }, "activate"],
  [
    "seen active by the sweep after we had made it inactive",
    { reasons: [outage], ...inactive, observed: { isActive: true, at: at(0) } },
    "deactivate",
  ],
])("%s", (_, record, action) => {
  expect(decideActivation(record, now).action).toBe(action);
});

const reason: fc.Arbitrary<InactiveReason> = fc.oneof(
  fc.constantFrom<InactiveReason>(outage, notWanted, { kind: "NOT_VALIDATED", since }, { kind: "MANUAL", since }),
  fc.constantFrom<InactiveReason>({ kind: "RETIRED", since }),
  fc.integer({ min: -5, max: 5 }).map((ms): InactiveReason => ({ kind: "FLAPPING", since, until: at(ms) })),
);
const record = fc.record({
  reasons: fc.uniqueArray(reason, { selector: ({ kind }) => kind }),
  lastAppliedState: fc.record({ isActive: fc.boolean(), at: fc.constant(since) }),
});

test("removing one of two reasons in force never activates", () => {
  fc.assert(
    fc.property(record, (before) => {
      fc.pre(reasonsInForce(before, now).length >= 2);
      const [first] = reasonsInForce(before, now);
      const after = { ...before, reasons: before.reasons.filter((left) => left !== first) };
      return decideActivation(after, now).action !== "activate";
    }),
  );
});

test("what was decided and applied needs nothing more", () => {
  fc.assert(
    fc.property(record, (before) => {
      const { action } = decideActivation(before, now);
      if (action === "leave") return true;
      const after = { ...before, lastAppliedState: { isActive: action === "activate", at: at(0) } };
      return decideActivation(after, now).action === "leave";
    }),
  );
});

test("two writers at once never lose each other's reasons", async () => {
  const activation = createActivationStore({
    table: new MemoryStateTable(),
    clock: { ...systemClock, now: () => now },
  });
  const service = { accountId: "1", groupName: "g", serviceDescription: "s" };

  await Promise.all([
    activation.change(service, { add: [outage], writerAttributes: { trial: 1 } }),
    activation.change(service, { add: [notWanted], lastAppliedState: false }),
  ]);
  const after = await activation.change(service, { remove: ["OUTAGE"] });

  expect(after).toMatchObject({
    reasons: [notWanted],
    lastAppliedState: { isActive: false, at: at(0) },
    changedAt: at(0),
    writerAttributes: { trial: 1 },
  });
  expect(await activation.get(service)).toEqual(after);
});
