import { afterEach, beforeEach, expect, test } from "vitest";
import { arnOf, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const crm = { alarms: [arnOf("crm")] };
const summaries = () => fixture.takeOutcomes().map(({ summary }) => summary);

test("a muted alarm that fires begins nothing, is told once, and takes the service out when it is heard again", async () => {
  const service = await fixture.service("lookup", crm);
  fixture.setAlarm("crm", "ALARM", "Down.", "its actions are disabled");
  await fixture.events("crm");
  await fixture.minutes(3);
  expect(service.isActive()).toBe(true);
  expect(summaries()).toEqual([
    `CRM/lookup left as it is: the alarm ${arnOf("crm")} fires, but its actions are disabled: Down. ` +
      "It counts as soon as its actions are taken again and it still fires.",
  ]);
  fixture.setAlarm("crm", "ALARM", "Down.");
  await fixture.sweep();
  expect(service.isActive()).toBe(false);
});

test("it takes no place in the blast radius: the service with a real alarm goes out", async () => {
  const muted = await fixture.service("muted", { alarms: [arnOf("muted")] }, { isProbed: false });
  const real = await fixture.service("real", { alarms: [arnOf("real")] }, { isProbed: false });
  fixture.setAlarm("muted", "ALARM", "Down.", "its actions are disabled");
  fixture.setAlarm("real", "OK");
  await fixture.sweep();
  fixture.setAlarm("real", "ALARM", "Down.");
  await fixture.events("real");
  expect([muted.isActive(), real.isActive()]).toEqual([true, false]);
});

test("muting ends no open outage, and starts no trial of one, although the probe passes; OK ends it", async () => {
  const service = await fixture.service("lookup", crm);
  fixture.setAlarm("crm", "ALARM", "Down.");
  await fixture.events("crm");
  fixture.takeOutcomes();
  fixture.setAlarm("crm", "ALARM", "Down.", "its actions are disabled");
  await fixture.minutes(60);
  expect(service.isActive()).toBe(false);
  expect(summaries()).toEqual([
    `CRM/lookup stays inactive: the alarm ${arnOf("crm")} fires, but its actions are disabled: Down. ` +
      "It comes back when its muted alarm no longer fires, for a while, or now by the command activate.",
  ]);
  await fixture.command("release", "lookup");
  expect(summaries().at(-1)).toMatch(
    /^CRM\/lookup stays inactive: release .* when its muted alarm no longer fires, for a while, or now by the command activate\.$/,
  );
  fixture.setAlarm("crm", "OK");
  await fixture.minutes(7);
  expect(service.isActive()).toBe(true);
});

test("muted before RingCX has taken the service out: it is not said to be inactive", async () => {
  const service = await fixture.service("lookup", crm, { isProbed: false });
  fixture.setAlarm("crm", "ALARM", "Down.");
  const match = { operation: "setHttpServiceIsActive" };
  fixture.simulator.faults.add({ kind: "status", status: 503, times: "always", match });
  await fixture.events("crm");
  fixture.setAlarm("crm", "ALARM", "Down.", "its actions are disabled");
  await fixture.minutes(2);
  Object.assign(fixture.dependencies.settings, { mode: "off" });
  await fixture.minutes(2);
  expect(service.isActive()).toBe(true);
  const told = fixture.takeOutcomes().filter(({ accountId }) => accountId !== undefined);
  expect(told.map(({ resources }) => resources?.[0]?.changes?.[0])).toEqual([
    "is about to be deactivated",
    "is about to be deactivated",
    "left active",
  ]);
});

test("the command activate ends an outage that only a muted alarm keeps open; one that is heard holds", async () => {
  const service = await fixture.service("lookup", { alarms: [arnOf("crm"), arnOf("second")] });
  fixture.setAlarm("crm", "ALARM", "Down.");
  fixture.setAlarm("second", "ALARM", "Down, too.");
  await fixture.events("crm", "second");
  fixture.setAlarm("crm", "ALARM", "Down.", "its actions are disabled");
  await fixture.minutes(1);
  await fixture.command("activate", "lookup");
  expect(service.isActive()).toBe(false);
  fixture.setAlarm("second", "ALARM", "Down, too.", "its actions are disabled");
  await fixture.minutes(1);
  await fixture.command("activate", "lookup");
  await fixture.minutes(10);
  expect(service.isActive()).toBe(true);
});

test("a muted alarm that had no part in an outage does not keep it open", async () => {
  const service = await fixture.service("lookup", { alarms: [arnOf("crm"), arnOf("forgotten")] });
  fixture.setAlarm("forgotten", "ALARM", "Old.", "its actions are disabled");
  fixture.setAlarm("crm", "ALARM", "Down.");
  await fixture.events("crm");
  fixture.setAlarm("crm", "OK");
  await fixture.minutes(7);
  expect(service.isActive()).toBe(true);
});

test("one that joined an outage while it was heard keeps it open when it is muted", async () => {
  const service = await fixture.service("lookup", { alarms: [arnOf("crm"), arnOf("second")] });
  fixture.setAlarm("second", "OK");
  fixture.setAlarm("crm", "ALARM", "Down.");
  await fixture.events("crm");
  fixture.setAlarm("second", "ALARM", "Down, too.");
  await fixture.minutes(1);
  fixture.setAlarm("second", "ALARM", "Down, too.", "its actions are disabled");
  fixture.setAlarm("crm", "OK");
  await fixture.minutes(20);
  expect(service.isActive()).toBe(false);
  fixture.setAlarm("second", "OK");
  await fixture.minutes(7);
  expect(service.isActive()).toBe(true);
});

test("a trial neither fails nor ends by an alarm that is muted meanwhile, and is over in time", async () => {
  const service = await fixture.service("lookup", crm);
  fixture.setAlarm("crm", "ALARM", "Down.");
  await fixture.events("crm");
  await fixture.minutes(11);
  expect(service.isActive()).toBe(true);
  fixture.setAlarm("crm", "ALARM", "Down.", "its actions are disabled");
  await fixture.minutes(30);
  expect(service.isActive()).toBe(true);
  fixture.setAlarm("crm", "ALARM", "Down.");
  await fixture.minutes(1);
  expect(service.isActive()).toBe(false);
});

test("what the blast radius suppressed is dropped when its alarm is muted", async () => {
  await fixture.service("first", { alarms: [arnOf("first")] }, { isProbed: false });
  const second = await fixture.service("second", { alarms: [arnOf("second")] }, { isProbed: false });
  fixture.setAlarm("first", "ALARM", "Down.");
  await fixture.events("first");
  fixture.setAlarm("second", "ALARM", "Down.");
  await fixture.events("second");
  fixture.setAlarm("second", "ALARM", "Down.", "its actions are disabled");
  await fixture.minutes(30);
  await fixture.command("release", "second");
  expect(second.isActive()).toBe(true);
});

test("an alarm that is muted and not firing is no news", async () => {
  await fixture.service("lookup", crm);
  fixture.setAlarm("crm", "OK", "Fine.", "its actions are disabled");
  await fixture.minutes(2);
  expect(summaries()).toEqual([]);
});
