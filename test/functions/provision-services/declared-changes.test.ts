import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { declaredChanges } from "../../../functions/provision-services/plan/declared-changes.ts";
import { createActivationStore } from "../../../shared/activation/activation-store.ts";
import type { Health } from "../../../shared/contract/fields/health.ts";
import { systemClock } from "../../../shared/primitives/clock.ts";
import type { ActivationChange } from "../../../shared/records/account/activation.ts";
import { applyMessage, authConfig, type Fixture, group, service, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const send = (more: object) => fixture.send(applyMessage([group, authConfig, service(fixture.crm, more)]));

const plan = (more: object) => {
  const message = applyMessage([group, authConfig, service(fixture.crm, more)]);
  return fixture.send({ ...message, data: { ...message.data, dryRun: true } });
};

test("how a service is watched and validated is a change, although nothing is written to RingCX", async () => {
  const expectation = { ...service(fixture.crm).validation, expect: { status: 201 } };
  expect(await send({ health: { mode: "observe", neverDeactivate: true }, isEnabled: false })).toMatchObject({
    status: "SUCCEEDED",
  });
  fixture.operations();
  expect(await send({ health: { mode: "off" }, validation: expectation, isEnabled: false })).toMatchObject({
    status: "SUCCEEDED",
    resources: [{}, {}, { changes: ["health.mode", "health.neverDeactivate", "validation.expect"], result: "UPDATED" }],
  });
  expect(fixture.operations().filter((operation) => /^(create|update|set)/i.test(operation))).toEqual([]);
  expect(await send({ health: { mode: "off" }, validation: expectation, isEnabled: false })).toMatchObject({
    status: "NO_CHANGE",
  });
});

test("a plan says from what to what; what a message does not name stays, and is no change", () => {
  const before = { groupName: "G", serviceDescription: "s", health: { mode: "enforce", recovery: "manual" } } as const;
  expect(declaredChanges({ health: { mode: "off" } }, before)).toEqual({
    changes: ["health.mode", "health.recovery"],
    plannedChanges: ['health.mode "enforce" → "off"', 'health.recovery "manual" → (nothing)'],
  });
  expect(declaredChanges({}, before).changes).toEqual([]);
  expect(declaredChanges({ health: { mode: "off" } }, undefined).changes).toEqual([]);
});

test("a plan names the reason that the service's record has against what the message wants", async () => {
  const whole = { isEnabled: true };
  await send(whole);
  const activation = createActivationStore({ table: fixture.table, clock: { ...systemClock, now: fixture.now } });
  const name = { accountId: "123456", groupName: "CRM enrichment", serviceDescription: "Lookup customer by ANI" };
  const hold = { by: "root", why: "x", since: new Date(0).toISOString() };
  const [made] = fixture.simulator.state().groups;
  const { serviceGroupId = 0, services = [] } = made ?? {};
  await (await fixture.account()).services.setActive(serviceGroupId, services[0]?.serviceId ?? 0, false);
  await activation.change(name, { add: [{ kind: "KEEP_INACTIVE", ...hold }], lastAppliedState: false });
  fixture.skip(60_000);
  const planned = await plan(whole);
  const left = { result: "UNCHANGED", changes: ["left inactive: kept inactive by root: x"] };
  expect(planned.resources?.[2]).toMatchObject(left);
  expect((await send(whole)).resources?.[2]).toMatchObject(left);
});

describe("what a message changes in the activation record is a change, although it switches nothing", () => {
  const since = new Date(0).toISOString();
  const hold = { by: "root", why: "x", since };
  const outage = { kind: "OUTAGE", since, alarms: [], confirmedByProbe: false } as const;
  test.each<[string, ActivationChange, boolean, string]>([
    ["out for an outage", { add: [outage], lastAppliedState: false }, false, "left inactive: outage"],
    ["held", { add: [{ kind: "KEEP_INACTIVE", ...hold }], lastAppliedState: false }, false, "left inactive: kept"],
    ["hands off", { handsOff: hold }, true, "left active: hands off"],
  ])("%s", async (_what, change, isActive, left) => {
    await send({ isEnabled: true });
    const activation = createActivationStore({ table: fixture.table, clock: { ...systemClock, now: fixture.now } });
    const name = { accountId: "123456", groupName: "CRM enrichment", serviceDescription: "Lookup customer by ANI" };
    const [made] = fixture.simulator.state().groups;
    const { serviceGroupId = 0, services = [] } = made ?? {};
    await (await fixture.account()).services.setActive(serviceGroupId, services[0]?.serviceId ?? 0, isActive);
    await activation.change(name, change);
    fixture.skip(60_000);
    for (const isEnabled of [false, true]) {
      const planned = await plan({ isEnabled });
      const because = isEnabled === isActive ? [] : [expect.stringContaining(left)];
      expect(planned.resources?.[2]).toEqual(
        expect.objectContaining({
          result: "PLANNED",
          changes: [`isEnabled ${!isEnabled} → ${isEnabled}`, ...because],
        }),
      );
      const done = await send({ isEnabled });
      expect(done).toMatchObject({ status: "SUCCEEDED", resources: [{}, {}, { result: "UPDATED" }] });
      expect(done.resources?.[2]?.changes).toContain("isEnabled");
      expect(await send({ isEnabled })).toMatchObject({ status: "NO_CHANGE" });
      expect((await plan({ isEnabled })).resources?.[2]).toMatchObject({ result: "UNCHANGED" });
    }
  });
});

test("a field that is written as it is without it is no difference, in either direction", () => {
  const left = { groupName: "G", serviceDescription: "s", health: { watch: "probe" } } as const;
  const health: Health = { watch: "probe", alarms: [], recovery: "automatic", neverDeactivate: false, priority: 0 };
  expect(declaredChanges({ health }, left).changes).toEqual([]);
  expect(declaredChanges({ health: left.health }, { ...left, health }).changes).toEqual([]);
  expect(declaredChanges({ health: {} }, { groupName: "G", serviceDescription: "s" }).changes).toEqual([]);
  expect(declaredChanges({ health: { ...health, priority: 1, mode: "enforce" } }, left).plannedChanges).toEqual([
    'health.mode (nothing) → "enforce"',
    "health.priority (nothing) → 1",
  ]);
});
