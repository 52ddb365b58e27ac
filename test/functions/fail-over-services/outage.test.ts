import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { serviceRecordKey } from "../../../shared/records/account/service.ts";
import { alarmServiceKey } from "../../../shared/records/alarm-links.ts";
import { arnOf, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const alarms = [arnOf("crm")];

test("five duplicate events of one outage: one question, one PUT, one outcome", async () => {
  const service = await fixture.service("lookup", { alarms });
  fixture.setAlarm("crm", "ALARM", "The health check failed.");

  const { batchItemFailures } = await fixture.events("crm", "crm", "crm", "crm", "crm");

  expect(batchItemFailures).toEqual([]);
  expect(service.isActive()).toBe(false);
  expect(fixture.questions).toEqual([1]);
  expect(fixture.takeRequests()).toEqual(["setHttpServiceIsActive"]);
  expect(fixture.takeOutcomes()).toMatchObject([
    {
      status: "SUCCEEDED",
      summary:
        "CRM/lookup deactivated: The health check failed. It comes back when no alarm fires and its probe passes for 300 s.",
      cause: { source: arnOf("crm"), type: "aws.cloudwatch.alarm" },
      resources: [{ name: "CRM/lookup", changes: ["deactivated"] }],
    },
  ]);
  await fixture.events("crm");
  await fixture.sweep();
  expect(fixture.takeRequests()).not.toContain("setHttpServiceIsActive");
});

test("an event that comes late says nothing: what counts is what the alarm is now", async () => {
  const service = await fixture.service("lookup", { alarms });
  fixture.setAlarm("crm", "OK");
  await fixture.events("crm");
  expect(service.isActive()).toBe(true);
  expect(fixture.takeRequests()).toEqual([]);
});

test("a service that was made anew in RingCX under its name is found, and its ids are put right", async () => {
  const service = await fixture.service("lookup", { alarms });
  const key = serviceRecordKey(service.name);
  await fixture.table.update(key, { serviceId: 999_999 });
  await fixture.table.update(alarmServiceKey(arnOf("crm"), service.name), { serviceId: 999_999 });
  fixture.setAlarm("crm", "ALARM");
  await fixture.events("crm");
  expect(service.isActive()).toBe(false);
  expect(await fixture.table.get(key)).toMatchObject({ serviceId: service.serviceId });
});

test("an event that never comes is made up for by the sweep", async () => {
  const service = await fixture.service("lookup", { alarms });
  fixture.setAlarm("crm", "ALARM");
  await fixture.sweep();
  expect(service.isActive()).toBe(false);
});

test("an alarm that no service depends on costs no question and no request", async () => {
  await fixture.service("lookup", { alarms });
  await fixture.events("other");
  expect(fixture.questions).toEqual([]);
  expect(fixture.takeRequests()).toEqual([]);
});

test("something that is no event is ignored and not retried", async () => {
  expect(await fixture.event(["{", { resources: [] }, { resources: ["x"] }])).toEqual({ batchItemFailures: [] });
});

test("when RingCX cannot be reached the event is retried, and the other service is switched", async () => {
  fixture.probe.result = { passed: false, kind: "UNREACHABLE", because: "503" };
  const broken = await fixture.service("broken", { alarms });
  const other = await fixture.service("other", { alarms: [arnOf("other")] });
  await fixture.dependencies.table.update(
    { pk: "ACCOUNT#123456", sk: "SERVICE#CRM/broken" },
    { serviceId: 999_999, manifest: { groupName: "CRM", serviceDescription: "renamed", health: { alarms } } },
  );
  fixture.setAlarm("crm", "ALARM");
  fixture.setAlarm("other", "ALARM");

  const { batchItemFailures } = await fixture.events("crm", "other");

  expect(batchItemFailures).toHaveLength(1);
  expect(broken.isActive()).toBe(true);
  expect(other.isActive()).toBe(false);
});

test("ids that lead nowhere are found again by name, once", async () => {
  const service = await fixture.service("lookup", { alarms });
  await fixture.table.update({ pk: "ACCOUNT#123456", sk: "SERVICE#CRM/lookup" }, { serviceId: 999_999 });
  fixture.setAlarm("crm", "ALARM");
  await fixture.events("crm");
  expect(service.isActive()).toBe(false);
  expect(fixture.takeRequests()).toEqual([
    "setHttpServiceIsActive",
    "getHttpServiceGroupListWithChildren",
    "setHttpServiceIsActive",
  ]);
});

test("an outage that begins while provisioning holds the service inactive needs no request, and removing one reason activates nothing", async () => {
  const service = await fixture.service("lookup", { alarms });
  await service.setByHand(false);
  await fixture.dependencies.activation.change(service.name, {
    add: [{ kind: "NOT_WANTED", since: new Date(fixture.clock.now()).toISOString() }],
    lastAppliedState: false,
  });
  fixture.takeRequests();
  fixture.setAlarm("crm", "ALARM");
  await fixture.events("crm");
  fixture.setAlarm("crm", "OK");
  await fixture.minutes(7);
  expect(await service.reasons()).toEqual(["NOT_WANTED"]);
  expect(service.isActive()).toBe(false);
  expect(fixture.takeRequests()).not.toContain("setHttpServiceIsActive");
});

describe("recovery", () => {
  test("the alarm is OK but the probe fails: it stays inactive", async () => {
    const service = await fixture.service("lookup", { alarms });
    fixture.setAlarm("crm", "ALARM");
    await fixture.events("crm");
    fixture.setAlarm("crm", "OK");
    fixture.probe.result = { passed: false, kind: "UNREACHABLE", because: "503" };
    await fixture.minutes(20);
    expect(service.isActive()).toBe(false);
  });

  test.each(["OK", "INSUFFICIENT_DATA"] as const)(
    "%s with a passing probe for five minutes brings it back, with one PUT",
    async (state) => {
      const service = await fixture.service("lookup", { alarms });
      fixture.setAlarm("crm", "ALARM");
      await fixture.events("crm");
      fixture.takeOutcomes();
      fixture.takeRequests();
      fixture.setAlarm("crm", state);
      await fixture.minutes(5);
      expect(service.isActive()).toBe(false);
      await fixture.minutes(1);
      expect(service.isActive()).toBe(true);
      await fixture.minutes(3);
      expect(fixture.takeRequests().filter((operation) => operation === "setHttpServiceIsActive")).toHaveLength(1);
      expect(fixture.takeOutcomes()).toMatchObject([{ resources: [{ changes: ["activated"] }] }]);
    },
  );

  test("a relapse begins the waiting anew", async () => {
    const service = await fixture.service("lookup", { alarms });
    fixture.setAlarm("crm", "ALARM");
    await fixture.events("crm");
    fixture.setAlarm("crm", "OK");
    await fixture.minutes(4);
    fixture.setAlarm("crm", "ALARM");
    await fixture.minutes(1);
    fixture.setAlarm("crm", "OK");
    await fixture.minutes(5);
    expect(service.isActive()).toBe(false);
    await fixture.minutes(1);
    expect(service.isActive()).toBe(true);
  });

  test("without a probe the alarms alone decide, and the outcome says so", async () => {
    const service = await fixture.service("lookup", { alarms, recoverAfterSeconds: 60 }, { isProbed: false });
    fixture.setAlarm("crm", "ALARM");
    await fixture.events("crm");
    fixture.setAlarm("crm", "OK");
    fixture.takeOutcomes();
    await fixture.minutes(2);
    expect(service.isActive()).toBe(true);
    expect(fixture.takeOutcomes()[0]?.summary).toMatch(/it has no probe to ask/);
  });

  test("manual recovery waits for a command", async () => {
    const service = await fixture.service("lookup", { alarms, recovery: "manual" });
    fixture.setAlarm("crm", "ALARM");
    await fixture.events("crm");
    fixture.setAlarm("crm", "OK");
    await fixture.minutes(30);
    expect(service.isActive()).toBe(false);
    await fixture.command("override", "lookup");
    expect(service.isActive()).toBe(true);
  });

  test("one of two alarms still firing keeps it inactive", async () => {
    const service = await fixture.service("lookup", { alarms: [arnOf("crm"), arnOf("db")] });
    fixture.setAlarm("crm", "ALARM");
    fixture.setAlarm("db", "ALARM");
    await fixture.events("crm", "db");
    fixture.setAlarm("crm", "OK");
    await fixture.minutes(10);
    expect(service.isActive()).toBe(false);
    fixture.setAlarm("db", "OK");
    await fixture.minutes(7);
    expect(service.isActive()).toBe(true);
  });
});

test("an outage that takes four hours is counted as too long", async () => {
  await fixture.service("lookup", { alarms });
  fixture.setAlarm("crm", "ALARM");
  await fixture.events("crm");
  expect(await fixture.sweep()).toMatchObject({ inactive: 1, inactiveTooLong: 0 });
  await fixture.clock.sleep(4 * 60 * 60_000);
  expect(await fixture.sweep()).toMatchObject({ inactive: 1, inactiveTooLong: 1 });
});

test("events shuffled, doubled and lost end in the same state with at most one PUT for each change", async () => {
  const service = await fixture.service("lookup", { alarms });
  for (const state of ["ALARM", "OK", "ALARM"] as const) {
    fixture.setAlarm("crm", state);
    if (state === "OK") continue; // lost
    await Promise.all([fixture.events("crm", "crm"), fixture.sweep()]);
    await fixture.events("crm");
  }
  expect(service.isActive()).toBe(false);
  const puts = fixture.takeRequests().filter((operation) => operation === "setHttpServiceIsActive");
  expect(puts.length).toBeLessThanOrEqual(2); // two reconciliations at the very same moment may both write the same state
});
