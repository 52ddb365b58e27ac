import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Health } from "../../../shared/contract/fields/health.ts";
import { failoverMemoryOf } from "../../../shared/records/account/failover-memory.ts";
import { arnOf, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const alarms = [arnOf("crm")];
const key = (name: string) => ({ pk: "ACCOUNT#123456", sk: `SERVICE#CRM/${name}` });
const memoryOf = async (name: string) =>
  failoverMemoryOf(
    await fixture.dependencies.activation.get({ accountId: "123456", groupName: "CRM", serviceDescription: name }),
  );

async function setHealth(name: string, health: Health) {
  const item = await fixture.table.get(key(name));
  await fixture.table.update(key(name), { manifest: { ...(item?.manifest as object), health } });
}

/** Three services on one alarm: one goes out, and the outage of the others is suppressed. */
async function suppressed({ isProbed = false } = {}) {
  const all = [];
  for (const name of ["a", "b", "c"]) all.push(await fixture.service(name, { alarms }, { isProbed }));
  await fixture.sweep();
  fixture.setAlarm("crm", "ALARM", "Down.");
  await fixture.events("crm");
  await fixture.minutes(1);
  const left = all.find(({ isActive }) => isActive());
  if (!left) throw new Error("none is suppressed");
  const name = left.name.serviceDescription;
  expect((await memoryOf(name)).suppressed).toBeDefined();
  fixture.takeOutcomes();
  return { ...left, name };
}

describe("what the blast radius has suppressed waits for nobody where failover does not act", () => {
  test.each<[string, Health]>([
    ["off", { alarms, mode: "off" }],
    ["off, recovery manual", { alarms, mode: "off", recovery: "manual" }],
    ["observe", { alarms, mode: "observe" }],
    ["no alarm", { alarms: [] }],
    ["never deactivated", { alarms, neverDeactivate: true }],
  ])("%s", async (_what, health) => {
    const { name, isActive, reasons } = await suppressed();
    await setHealth(name, health);
    fixture.setAlarm("crm", "OK");
    await fixture.minutes(2);
    expect((await memoryOf(name)).suppressed).toBeUndefined();
    fixture.setAlarm("crm", "ALARM", "Down again.");
    await fixture.command("release", name);
    await fixture.minutes(2);
    expect(isActive()).toBe(true);
    expect(await reasons()).toEqual([]);
  });

  test.each<[string, Health]>([
    ["mode off", { alarms, mode: "off" }],
    ["mode observe", { alarms, mode: "observe" }],
    ["never deactivated", { alarms, neverDeactivate: true }],
    ["not watched", {}],
  ])("a release before the next sweep takes nothing out: %s", async (_what, health) => {
    const { name, isActive, reasons } = await suppressed();
    await setHealth(name, health);
    await fixture.command("release", name);
    expect(fixture.takeOutcomes().map(({ status }) => status)).toEqual(["NO_CHANGE"]);
    await fixture.minutes(1);
    expect(isActive()).toBe(true);
    expect(await reasons()).toEqual([]);
  });
});

test.each<[string, Health]>([
  ["never deactivated", { alarms, neverDeactivate: true }],
  ["not watched any more", {}],
])("it is forgotten while its alarm fires and its probe fails, too: %s", async (_what, health) => {
  const { name, isActive } = await suppressed({ isProbed: true });
  await setHealth(name, health);
  fixture.probe.result = { passed: false, kind: "UNREACHABLE", because: "down" };
  await fixture.minutes(1);
  expect((await memoryOf(name)).suppressed).toBeUndefined();
  expect(isActive()).toBe(true);
});

test("in mode off nothing is kept of what failover saw", async () => {
  const service = await fixture.service("lookup", { alarms: [arnOf("nowhere")] });
  await fixture.minutes(1);
  expect(await memoryOf("lookup")).toMatchObject({ missingAlarms: [arnOf("nowhere")] });
  await setHealth("lookup", { alarms: [arnOf("nowhere")], mode: "off" });
  await fixture.minutes(1);
  expect(await memoryOf("lookup")).toEqual({});
  expect(service.isActive()).toBe(true);
});

test("an open outage whose recovery is manual is told to end by a command, by each that tells of it", async () => {
  const { name } = await suppressed();
  await setHealth(name, { alarms, recovery: "manual" });
  await fixture.command("release", name);
  await setHealth(name, { alarms, recovery: "manual", mode: "off" });
  await fixture.minutes(1);
  expect(
    fixture
      .takeOutcomes()
      .filter(({ summary }) => summary.startsWith(`CRM/${name} `))
      .map(({ summary }) => summary.replace(/.*It comes back /, "")),
  ).toEqual([
    "by the command activate once the outage is over, or now by the command override.",
    "by the command activate.",
  ]);
});

describe("an outage that was noted while an override or a hold kept the service active takes nothing out where failover does not act any more", () => {
  const terms: [string, Health][] = [
    ["never deactivated", { alarms, neverDeactivate: true }],
    ["mode off", { alarms, mode: "off" }],
    ["mode observe", { alarms, mode: "observe" }],
  ];
  test.each(
    terms.flatMap(([what, health]) => [[what, "override", health] as const, [what, "hands-off", health] as const]),
  )("%s: %s", async (_what, hold, health) => {
    const { name, isActive, reasons } = await fixture.service("a", { alarms });
    await fixture.sweep();
    const until = new Date(fixture.clock.now() + 5 * 60_000).toISOString();
    await fixture.command(hold, name.serviceDescription, { until });
    fixture.setAlarm("crm", "ALARM", "Down.");
    await fixture.events("crm");
    await fixture.minutes(1);
    expect(isActive()).toBe(true);
    await setHealth("a", health);
    await fixture.minutes(7);
    expect(isActive()).toBe(true);
    fixture.setAlarm("crm", "OK");
    await fixture.minutes(3);
    expect(await reasons()).toEqual([]);
  });
});
