import { expect, test } from "vitest";
import { activationKey, type InactiveReason } from "../../../../shared/records/account/activation.ts";
import { changedAttributes, fromItem, toItem } from "../../../../shared/records/account/activation-item.ts";

const key = activationKey({ accountId: "1", groupName: "g", serviceDescription: "s" });
const now = Date.UTC(2030, 0, 1, 12);
const at = new Date(now).toISOString();
const flapping: InactiveReason = { kind: "FLAPPING", since: at, until: at };

test("a flapping reason is stored as releases before this one read it, and nowhere else", () => {
  const stored = { LATCHED: { kind: "LATCHED", since: at, until: at }, FLAPPING: undefined };
  expect(changedAttributes({ add: [flapping] }, undefined, now)).toEqual({ ...stored, changedAt: at });
  expect(toItem({ reasons: [flapping], writerAttributes: {}, version: 1 })).toEqual(stored);
});

test.each(["LATCHED", "FLAPPING"])("a flapping reason is read under the name %s", (name) => {
  const item = { ...key, version: 3, [name]: { kind: name, since: at, until: at } };
  expect(fromItem(item)).toEqual({ reasons: [flapping], writerAttributes: {}, version: 3 });
});

test("a flapping reason that is removed is removed under both names", () => {
  const attributes = changedAttributes({ remove: ["FLAPPING"] }, undefined, now);
  expect(Object.keys(attributes)).toEqual(expect.arrayContaining(["LATCHED", "FLAPPING"]));
  expect(attributes).toMatchObject({ LATCHED: undefined, FLAPPING: undefined });
});

test("what an item holds that this version does not know survives when it is written whole", () => {
  const item = {
    ...key,
    version: 7,
    schema: 1,
    OUTAGE: { kind: "OUTAGE", since: at, alarms: ["a"], confirmedByProbe: true, region: "later" },
    handsOff: { by: "ada", why: "test", since: at, ticket: "later" },
    lastWritten: { isActive: false, at, by: "later" },
    observed: { isActive: true, at },
    changedAt: at,
    watch: { wellSince: at },
    inventedLater: { any: 1 },
  };
  const { version: _version, pk: _pk, sk: _sk, ...attributes } = item;
  expect(toItem(fromItem(item))).toEqual(attributes);
});

test("what is missing is filled in", () => {
  const { reasons } = fromItem({ ...key, version: 1, OUTAGE: {}, KEEP_INACTIVE: { since: at } });
  expect(reasons).toEqual([
    { kind: "OUTAGE", since: "1970-01-01T00:00:00.000Z", alarms: [], confirmedByProbe: false },
    { kind: "KEEP_INACTIVE", since: at, by: "unknown", why: "unknown" },
  ]);
});

test("an item that cannot be read is named", () => {
  expect(() => fromItem({ ...key, version: 1, lastWritten: "yes" })).toThrow(/ACCOUNT#1.*ACTIVATION#g\/s.*lastWritten/);
});
