import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { arnOf, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const alarms = [arnOf("crm")];
const inMinutes = (minutes: number) => new Date(fixture.clock.now() + minutes * 60_000).toISOString();
const summaries = () => fixture.takeOutcomes().map(({ summary }) => summary);

/** Its manifest is gone from the table, by whatever fault. */
async function forget(serviceDescription: string): Promise<void> {
  await fixture.table.delete({ pk: "ACCOUNT#123456", sk: `SERVICE#CRM/${serviceDescription}` });
}

async function inOutage(options?: { isProbed: boolean }) {
  const service = await fixture.service("lookup", { alarms }, options);
  fixture.setAlarm("crm", "ALARM");
  await fixture.events("crm");
  expect(service.isActive()).toBe(false);
  fixture.takeOutcomes();
  return service;
}

async function setMode(mode: "observe" | "off"): Promise<void> {
  const key = { pk: "ACCOUNT#123456", sk: "SERVICE#CRM/lookup" };
  const item = await fixture.table.get(key);
  await fixture.table.update(key, { manifest: { ...(item?.manifest as object), health: { alarms, mode } } });
}

describe("whatever has a reason is swept, whether anybody still declares it or not", () => {
  test("keep-inactive with an end on a service that nothing declares ends", async () => {
    const service = await fixture.undeclared("lookup");
    await fixture.command("keep-inactive", "lookup", { until: inMinutes(5) });
    expect(service.isActive()).toBe(false);
    await fixture.minutes(6);
    expect(service.isActive()).toBe(true);
    expect(summaries()).toEqual([
      expect.stringMatching(/deactivated: keep-inactive by ada/),
      expect.stringMatching(/activated: its time is over/),
    ]);
  });

  test("the service is forgotten while its outage is open: counted, and it ends by the outage's own alarms", async () => {
    const service = await inOutage();
    await forget("lookup");
    expect(await fixture.sweep()).toMatchObject({ inactive: 1 });
    fixture.setAlarm("crm", "OK");
    await fixture.minutes(8);
    expect(service.isActive()).toBe(true);
    expect(summaries()).toEqual([expect.stringMatching(/^CRM\/lookup activated: no alarm fires/)]);
  });

  test("its manifest names the alarm no more: the outage goes on by the alarm that it began with", async () => {
    const service = await inOutage({ isProbed: false });
    const key = { pk: "ACCOUNT#123456", sk: "SERVICE#CRM/lookup" };
    const item = await fixture.table.get(key);
    await fixture.table.update(key, { manifest: { ...(item?.manifest as object), health: { alarms: [] } } });
    await fixture.minutes(20);
    expect(service.isActive()).toBe(false);
    expect(summaries()).toEqual([]);
    fixture.setAlarm("crm", "OK");
    await fixture.minutes(8);
    expect(service.isActive()).toBe(true);
    expect(summaries()).toEqual([expect.stringMatching(/^CRM\/lookup activated: no alarm fires/)]);
    // It begins none.
    fixture.setAlarm("crm", "ALARM");
    await fixture.events("crm");
    await fixture.minutes(3);
    expect(service.isActive()).toBe(true);
  });

  test("its alarm is gone, too: it is told once that it waits for a command, and that brings it back", async () => {
    const service = await inOutage();
    await forget("lookup");
    fixture.deleteAlarm("crm");
    await fixture.minutes(10);
    expect(summaries()).toEqual([
      expect.stringMatching(/there is no alarm/),
      expect.stringMatching(
        /stays inactive: there is no alarm and no probe to ask.*The command activate brings it back/,
      ),
    ]);
    await fixture.command("activate", "lookup");
    expect(service.isActive()).toBe(true);
  });

  test("what nothing keeps is not swept", async () => {
    await fixture.undeclared("lookup");
    await fixture.command("activate", "lookup");
    // Of an account without services it is only asked, every ten minutes, whether RingCX knows it.
    await fixture.minutes(2);
    fixture.takeRequests();
    await fixture.minutes(5);
    expect(fixture.takeRequests()).toEqual([]);
  });
});

describe.each(["observe", "off"] as const)("the mode becomes %s while an outage is open", (mode) => {
  test("told once; it ends by evidence, and the next one begins nothing", async () => {
    const service = await inOutage();
    await setMode(mode);
    await fixture.minutes(5);
    expect(service.isActive()).toBe(false);
    expect(summaries()).toEqual([expect.stringMatching(new RegExp(`the mode became ${mode}.*command activate`))]);
    fixture.setAlarm("crm", "OK");
    await fixture.minutes(7);
    expect(service.isActive()).toBe(true);
    expect(summaries()).toEqual([expect.stringMatching(/^CRM\/lookup activated: no alarm fires/)]);
    fixture.setAlarm("crm", "ALARM");
    await fixture.events("crm");
    await fixture.minutes(2);
    expect(service.isActive()).toBe(true);
  });

  test("the command activate ends it at once, although the alarm fires", async () => {
    const service = await inOutage();
    await setMode(mode);
    await fixture.minutes(1);
    await fixture.command("activate", "lookup");
    expect(service.isActive()).toBe(true);
    await fixture.minutes(3);
    expect(service.isActive()).toBe(true);
  });
});
