import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { serviceRecordKey } from "../../../shared/records/account/service.ts";
import { accountId, arnOf, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const alarms = [arnOf("crm")];
const summaries = () => fixture.takeOutcomes().map(({ summary }) => summary);

/** A service that only an alarm's tag names. */
async function tagged(idsOf: (ids: string) => string = (ids) => ids) {
  const service = await fixture.undeclared("lookup");
  fixture.tags.push({ alarmArn: arnOf("crm"), value: idsOf(service.ids) });
  fixture.setAlarm("crm", "OK");
  await fixture.minutes(1);
  fixture.takeRequests();
  return service;
}

/** A person gives it another name in the admin page. */
async function rename(serviceDescription: string): Promise<void> {
  const admin = fixture.dependencies.ringcxFor(accountId).account(accountId, { priority: "bulk" });
  const [group] = await admin.groups.listWithChildren();
  const [one] = group?.services ?? [];
  if (!group || !one) throw new Error("there is no service");
  const service = await admin.services.get(group.serviceGroupId, one.serviceId);
  await admin.services.update(group.serviceGroupId, one.serviceId, { ...service, serviceDescription });
  fixture.takeRequests();
}

describe("a service known by a tag gets another name while its outage is open", () => {
  test("it stays one service, by its old name, until the outage is over; that is told once", async () => {
    const service = await tagged();
    fixture.setAlarm("crm", "ALARM");
    await fixture.events("crm");
    expect(service.isActive()).toBe(false);
    summaries();
    await rename("directory");
    await fixture.minutes(7); // the tags are read meanwhile
    expect(service.isActive()).toBe(false);
    expect(summaries()).toEqual([
      "CRM/lookup has another name in RingCX: it is CRM/directory now. It is known by its old name until its outage is over.",
    ]);
    fixture.setAlarm("crm", "OK");
    await fixture.minutes(8);
    expect(service.isActive()).toBe(true);
    expect(summaries()).toEqual([
      expect.stringMatching(/^CRM\/lookup activated: /),
      expect.stringMatching(
        /^CRM\/lookup: its outage is over, or its name in RingCX is CRM\/lookup again, or yet another; it was CRM\/directory since /,
      ),
    ]);
  });

  test("afterwards it is watched by its new name", async () => {
    const service = await tagged();
    await rename("directory");
    await fixture.minutes(6);
    fixture.setAlarm("crm", "ALARM");
    await fixture.events("crm");
    expect(service.isActive()).toBe(false);
    expect(summaries()).toEqual([expect.stringMatching(/^CRM\/directory deactivated/)]);
  });
});

test("a tag with a wrong group id acts upon the service that it means, with one request to the right place", async () => {
  const service = await tagged((ids) => ids.replace(/\/\d+\//, "/987654/"));
  fixture.setAlarm("crm", "ALARM");
  await fixture.events("crm");
  expect(service.isActive()).toBe(false);
  expect(fixture.takeRequests()).toEqual(["setHttpServiceIsActive"]);
});

describe("an account without alarms", () => {
  test("asks CloudWatch nothing, and there is nothing to tell", async () => {
    await fixture.service("plain", {}, { isProbed: false });
    expect(await fixture.sweep()).toMatchObject({ errors: [], notAsked: 0 });
    await fixture.minutes(3);
    expect(summaries()).toEqual([]);
    expect(fixture.questions.filter((alarms) => alarms > 0)).toEqual([]);
  });

  test("its last alarm is taken out of a manifest while its outage is open, and deleted: told once, with what ends it", async () => {
    const service = await fixture.service("lookup", { alarms }, { isProbed: false });
    fixture.setAlarm("crm", "ALARM");
    await fixture.events("crm");
    summaries();
    const key = serviceRecordKey(service.name);
    const item = await fixture.table.get(key);
    await fixture.table.update(key, { manifest: { ...(item?.manifest as object), health: {} } });
    // The outage goes on by the alarm that it began with, until that is gone.
    await fixture.minutes(10);
    expect(summaries()).toEqual([]);
    fixture.deleteAlarm("crm");
    await fixture.minutes(10);
    expect(service.isActive()).toBe(false);
    expect(summaries()).toEqual([
      expect.stringMatching(/there is no alarm/),
      expect.stringMatching(/stays inactive: there is no alarm .* The command activate/),
    ]);
  });
});

test("a service is deleted in RingCX while its outage is open: told once, no error each minute, until it is retired", async () => {
  const service = await fixture.service("lookup", { alarms }, { isProbed: false });
  fixture.setAlarm("crm", "ALARM");
  await fixture.events("crm");
  const admin = fixture.dependencies.ringcxFor(accountId).account(accountId, { priority: "bulk" });
  await admin.services.delete(service.serviceGroupId, service.serviceId);
  fixture.setAlarm("crm", "OK");
  summaries();
  const errors: Error[] = [];
  for (let minute = 0; minute < 12; minute += 1) {
    await fixture.clock.sleep(60_000);
    errors.push(...(await fixture.sweep()).errors);
  }
  expect(errors).toEqual([]);
  expect(summaries()).toEqual([
    expect.stringMatching(/^CRM\/lookup is not in RingCX any more: .*Retire it with a message, or make it anew/),
  ]);
  await fixture.table.delete(serviceRecordKey(service.name));
  await fixture.table.delete({ pk: "ACCOUNT#123456", sk: "ACTIVATION#CRM/lookup" });
  await fixture.minutes(2);
  expect(summaries()).toEqual([expect.stringMatching(/^CRM\/lookup: it is in RingCX again, or retired/)]);
});
