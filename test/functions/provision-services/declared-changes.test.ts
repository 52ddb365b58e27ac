import { afterEach, beforeEach, expect, test } from "vitest";
import { declaredChanges } from "../../../functions/provision-services/plan/declared-changes.ts";
import type { Health } from "../../../shared/contract/fields/health.ts";
import { applyMessage, authConfig, type Fixture, group, service, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const send = (more: object) => fixture.send(applyMessage([group, authConfig, service(fixture.crm, more)]));

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
