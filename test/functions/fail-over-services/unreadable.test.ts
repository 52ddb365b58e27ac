import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { activationKey } from "../../../shared/records/account/activation.ts";
import { blastRadiusKey } from "../../../shared/records/account/blast-radius.ts";
import { serviceRecordKey } from "../../../shared/records/account/service.ts";
import { taggedServiceKey } from "../../../shared/records/account/tagged-service.ts";
import { alarmServiceKey } from "../../../shared/records/alarm-links.ts";
import { accountId, arnOf, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const alarms = [arnOf("crm")];

/** Two services of one alarm, of which one has an activation record that nobody can read, unless told otherwise. */
async function twoServices(activation: Record<string, unknown> = { OUTAGE: "not a reason" }) {
  const broken = await fixture.service("broken", { alarms });
  const healthy = await fixture.service("healthy", { alarms });
  await fixture.table.update(activationKey(nameOf("broken")), activation);
  fixture.setAlarm("crm", "ALARM");
  return { broken, healthy };
}

test("an activation record that cannot be read keeps no other service from going out, and its event comes again", async () => {
  const { broken, healthy } = await twoServices();
  const { batchItemFailures } = await fixture.events("crm");
  expect(batchItemFailures).toHaveLength(1);
  expect(healthy.isActive()).toBe(false);
  expect(broken.isActive()).toBe(true);
});

test("the sweep does all the rest, and names the item that it could not read", async () => {
  const { broken, healthy } = await twoServices();
  const { errors } = await fixture.sweep();
  expect(errors.map(({ message }) => message)).toEqual([
    expect.stringMatching(/CRM\/broken.*ACCOUNT#123456.*ACTIVATION#CRM\/broken.*OUTAGE/s),
  ]);
  expect(healthy.isActive()).toBe(false);
  expect(broken.isActive()).toBe(true);
});

test.each(["deactivate", "activate", "release"] as const)(
  "an item of ours that cannot be read does not make %s its sender's mistake: it is carried out when the item is mended",
  async (command) => {
    const { broken } = await twoServices();
    await fixture.command(command, "broken");
    expect(fixture.rejected).toEqual([]);
    expect(fixture.hidden).toHaveLength(1);
    expect(fixture.takeOutcomes().filter(({ status }) => status === "REJECTED")).toEqual([]);
    await fixture.table.update(activationKey(nameOf("broken")), { OUTAGE: undefined });
    fixture.setAlarm("crm", "OK");
    await fixture.command(command, "broken");
    expect(broken.isActive()).toBe(command !== "deactivate");
  },
);

const nameOf = (serviceDescription: string) => ({ accountId, groupName: "CRM", serviceDescription });

describe("a service item that cannot be read", () => {
  const newer = { manifest: { groupName: "CRM", serviceDescription: "broken", health: { recovery: "of tomorrow" } } };

  test("nothing is done to its service, its event comes again, and it is reported once with its key", async () => {
    const { broken, healthy } = await twoServices({});
    await fixture.table.update(serviceRecordKey(nameOf("broken")), newer);
    expect((await fixture.events("crm")).batchItemFailures).toHaveLength(1);
    expect([broken.isActive(), healthy.isActive()]).toEqual([true, false]);
    fixture.takeOutcomes();
    const results = [await fixture.sweep(), await fixture.sweep()];
    for (const { errors, unreadable } of results) {
      expect(unreadable).toBe(1);
      expect(errors.map(({ message }) => message)).toEqual([
        expect.stringMatching(/CRM\/broken.*ACCOUNT#123456.*SERVICE#CRM\/broken.*manifest.health.recovery/s),
      ]);
    }
    const failed = () => fixture.takeOutcomes().filter(({ status }) => status === "FAILED");
    expect(failed()).toMatchObject([{ summary: expect.stringMatching(/SERVICE#CRM\/broken/) }]);
    expect(broken.isActive()).toBe(true);
  });

  test("its open outage is counted, and goes on when the item is mended", async () => {
    const { broken } = await twoServices({});
    const mended = await fixture.table.get(serviceRecordKey(nameOf("broken")));
    await fixture.events("crm");
    await fixture.table.update(serviceRecordKey(nameOf("broken")), newer);
    fixture.setAlarm("crm", "OK");
    await fixture.minutes(20);
    expect(broken.isActive()).toBe(false);
    expect(await fixture.sweep()).toMatchObject({ inactive: 1, unreadable: 1 });
    await fixture.table.update(serviceRecordKey(nameOf("broken")), { manifest: mended?.manifest });
    await fixture.minutes(7);
    expect(broken.isActive()).toBe(true);
    const ended = fixture.takeOutcomes().filter(({ cause }) => cause.id.startsWith("own-fault-over/"));
    expect(ended).toHaveLength(1);
  });

  test("a person's command is carried out nevertheless", async () => {
    const { broken } = await twoServices({});
    await fixture.table.update(serviceRecordKey(nameOf("broken")), newer);
    await fixture.command("deactivate", "broken");
    expect(broken.isActive()).toBe(false);
  });
});

describe("a tagged item that cannot be read", () => {
  test("beside a manifest: its service goes out by the manifest's alarms, and does not come back unseen", async () => {
    const { broken } = await twoServices({});
    await fixture.table.put({ ...taggedServiceKey(nameOf("broken")), alarms: "of tomorrow" });
    await fixture.events("crm");
    expect(broken.isActive()).toBe(false);
    fixture.setAlarm("crm", "OK");
    await fixture.dependencies.table.put({ pk: "FAILOVER", sk: "ALARMTAGS", readAt: fixture.clock.now() });
    for (let minute = 0; minute < 8; minute += 1) {
      await fixture.minutes(1);
      await fixture.table.put({ pk: "FAILOVER", sk: "ALARMTAGS", readAt: fixture.clock.now() });
    }
    expect(broken.isActive()).toBe(false);
    expect(await fixture.sweep()).toMatchObject({ unreadable: 1 });
  });

  test("is written anew from the tag that names its service", async () => {
    const service = await fixture.undeclared("by hand");
    fixture.tags.push({ alarmArn: arnOf("crm"), value: service.ids });
    await fixture.sweep();
    await fixture.table.update(taggedServiceKey(service.name), { alarms: "of tomorrow" });
    expect(await fixture.sweep()).toMatchObject({ unreadable: 1 });
    await fixture.minutes(6);
    expect(await fixture.sweep()).toMatchObject({ unreadable: 0, errors: [] });
    fixture.setAlarm("crm", "ALARM");
    await fixture.events("crm");
    expect(service.isActive()).toBe(false);
  });
});

describe("a link of an alarm that cannot be read", () => {
  test("is written anew, and stops no other service, alarm or event", async () => {
    fixture.probe.result = { passed: false, kind: "UNREACHABLE", because: "503" };
    const { broken, healthy } = await twoServices({});
    const other = await fixture.service("other", { alarms: [arnOf("db")] });
    fixture.setAlarm("db", "ALARM");
    const link = alarmServiceKey(arnOf("crm"), nameOf("broken"));
    await fixture.table.update(link, { groupName: ["of tomorrow"] });
    expect(await fixture.events("crm", "db")).toEqual({ batchItemFailures: [] });
    expect([broken, healthy, other].map((one) => one.isActive())).toEqual([false, false, false]);
    expect(fixture.rebuilt).toEqual([expect.stringMatching(/ALARM#.*SERVICE#123456\/CRM\/broken/)]);
    expect(await fixture.table.get(link)).toMatchObject(nameOf("broken"));
  });

  test("and leads to no service that is known: nothing else is held up", async () => {
    fixture.probe.result = { passed: false, kind: "UNREACHABLE", because: "503" };
    const { healthy } = await twoServices({});
    await fixture.table.put({ pk: `ALARM#${arnOf("crm")}`, sk: "SERVICE#123456/CRM/gone", groupName: 7 });
    expect(await fixture.events("crm")).toEqual({ batchItemFailures: [] });
    expect(healthy.isActive()).toBe(false);
  });
});

test("a service waits for a place as long as its account's blast radius cannot be read, and no longer", async () => {
  const service = await fixture.service("lookup", { alarms }, { isProbed: false });
  await fixture.table.put({ ...blastRadiusKey(accountId), places: 7 });
  fixture.setAlarm("crm", "ALARM");
  expect(await fixture.events("crm")).toEqual({ batchItemFailures: [] });
  expect(service.isActive()).toBe(true);
  expect(fixture.rebuilt).toHaveLength(1);
  await fixture.minutes(16);
  expect(service.isActive()).toBe(false);
});

test("a blast radius that cannot be written leaves no intent behind that the next sweep would carry out", async () => {
  const service = await fixture.service("lookup", { alarms }, { isProbed: false });
  fixture.dependencies.blastRadius.claim = () => Promise.reject(new Error("throttled"));
  fixture.setAlarm("crm", "ALARM");
  expect((await fixture.events("crm")).batchItemFailures).toHaveLength(1);
  await fixture.minutes(3);
  expect(service.isActive()).toBe(true);
  expect(await service.reasons()).toEqual([]);
});
