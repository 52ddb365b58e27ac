import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { arnOf, type Stage, startStage } from "./fixture.ts";

let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.stop());

const alarms = [arnOf("crm")];

test("five duplicate events of one outage: one question, one PUT, one outcome", async () => {
  const service = await stage.service("lookup", { alarms });
  stage.setAlarm("crm", "ALARM", "The health check failed.");

  const { batchItemFailures } = await stage.events("crm", "crm", "crm", "crm", "crm");

  expect(batchItemFailures).toEqual([]);
  expect(service.isActive()).toBe(false);
  expect(stage.questions).toEqual([1]);
  expect(stage.takeRequests()).toEqual(["setHttpServiceIsActive"]);
  expect(stage.takeOutcomes()).toMatchObject([
    {
      status: "SUCCEEDED",
      summary:
        "CRM/lookup deactivated: The health check failed. It comes back when no alarm fires and its probe passes for 300 s.",
      cause: { source: arnOf("crm"), type: "aws.cloudwatch.alarm" },
      resources: [{ name: "CRM/lookup", changes: ["deactivated"] }],
    },
  ]);
  await stage.events("crm");
  await stage.sweep();
  expect(stage.takeRequests()).not.toContain("setHttpServiceIsActive");
});

test("an event that comes late says nothing: what counts is what the alarm is now", async () => {
  const service = await stage.service("lookup", { alarms });
  stage.setAlarm("crm", "OK");
  await stage.events("crm");
  expect(service.isActive()).toBe(true);
  expect(stage.takeRequests()).toEqual([]);
});

test("an event that never comes is made up for by the sweep", async () => {
  const service = await stage.service("lookup", { alarms });
  stage.setAlarm("crm", "ALARM");
  await stage.sweep();
  expect(service.isActive()).toBe(false);
});

test("an alarm that no service depends on costs no question and no request", async () => {
  await stage.service("lookup", { alarms });
  await stage.events("other");
  expect(stage.questions).toEqual([]);
  expect(stage.takeRequests()).toEqual([]);
});

test("something that is no event is ignored and not retried", async () => {
  expect(await stage.event(["{", { resources: [] }, { resources: ["x"] }])).toEqual({ batchItemFailures: [] });
});

test("when RingCX cannot be reached the event is retried, and the other service is switched", async () => {
  stage.probe.result = { passed: false, kind: "UNREACHABLE", because: "503" };
  const broken = await stage.service("broken", { alarms });
  const other = await stage.service("other", { alarms: [arnOf("other")] });
  await stage.parts.table.update(
    { pk: "ACCOUNT#123456", sk: "SERVICE#CRM/broken" },
    { serviceId: 999_999, manifest: { groupName: "CRM", serviceDescription: "renamed", health: { alarms } } },
  );
  stage.setAlarm("crm", "ALARM");
  stage.setAlarm("other", "ALARM");

  const { batchItemFailures } = await stage.events("crm", "other");

  expect(batchItemFailures).toHaveLength(1);
  expect(broken.isActive()).toBe(true);
  expect(other.isActive()).toBe(false);
});

test("ids that lead nowhere are found again by name, once", async () => {
  const service = await stage.service("lookup", { alarms });
  await stage.table.update({ pk: "ACCOUNT#123456", sk: "SERVICE#CRM/lookup" }, { serviceId: 999_999 });
  stage.setAlarm("crm", "ALARM");
  await stage.events("crm");
  expect(service.isActive()).toBe(false);
  expect(stage.takeRequests()).toEqual([
    "setHttpServiceIsActive",
    "getHttpServiceGroupListWithChildren",
    "setHttpServiceIsActive",
  ]);
});

test("an outage that begins while provisioning holds the service inactive needs no request, and removing one reason activates nothing", async () => {
  const service = await stage.service("lookup", { alarms });
  await service.setByHand(false);
  await stage.parts.activation.change(service.name, {
    add: [{ kind: "NOT_WANTED", since: new Date(stage.clock.now()).toISOString() }],
    lastAppliedState: false,
  });
  stage.takeRequests();
  stage.setAlarm("crm", "ALARM");
  await stage.events("crm");
  stage.setAlarm("crm", "OK");
  await stage.minutes(7);
  expect(await service.reasons()).toEqual(["NOT_WANTED"]);
  expect(service.isActive()).toBe(false);
  expect(stage.takeRequests()).not.toContain("setHttpServiceIsActive");
});

describe("recovery", () => {
  test("the alarm is OK but the probe fails: it stays inactive", async () => {
    const service = await stage.service("lookup", { alarms });
    stage.setAlarm("crm", "ALARM");
    await stage.events("crm");
    stage.setAlarm("crm", "OK");
    stage.probe.result = { passed: false, kind: "UNREACHABLE", because: "503" };
    await stage.minutes(20);
    expect(service.isActive()).toBe(false);
  });

  test.each(["OK", "INSUFFICIENT_DATA"] as const)(
    "%s with a passing probe for five minutes brings it back, with one PUT",
    async (state) => {
      const service = await stage.service("lookup", { alarms });
      stage.setAlarm("crm", "ALARM");
      await stage.events("crm");
      stage.takeOutcomes();
      stage.takeRequests();
      stage.setAlarm("crm", state);
      await stage.minutes(5);
      expect(service.isActive()).toBe(false);
      await stage.minutes(1);
      expect(service.isActive()).toBe(true);
      await stage.minutes(3);
      expect(stage.takeRequests().filter((operation) => operation === "setHttpServiceIsActive")).toHaveLength(1);
      expect(stage.takeOutcomes()).toMatchObject([{ resources: [{ changes: ["activated"] }] }]);
    },
  );

  test("a relapse begins the waiting anew", async () => {
    const service = await stage.service("lookup", { alarms });
    stage.setAlarm("crm", "ALARM");
    await stage.events("crm");
    stage.setAlarm("crm", "OK");
    await stage.minutes(4);
    stage.setAlarm("crm", "ALARM");
    await stage.minutes(1);
    stage.setAlarm("crm", "OK");
    await stage.minutes(5);
    expect(service.isActive()).toBe(false);
    await stage.minutes(1);
    expect(service.isActive()).toBe(true);
  });

  test("without a probe the alarms alone decide, and the outcome says so", async () => {
    const service = await stage.service("lookup", { alarms, recoverAfterSeconds: 60 }, { isProbed: false });
    stage.setAlarm("crm", "ALARM");
    await stage.events("crm");
    stage.setAlarm("crm", "OK");
    stage.takeOutcomes();
    await stage.minutes(2);
    expect(service.isActive()).toBe(true);
    expect(stage.takeOutcomes()[0]?.summary).toMatch(/it has no probe to ask/);
  });

  test("manual recovery waits for a command", async () => {
    const service = await stage.service("lookup", { alarms, recovery: "manual" });
    stage.setAlarm("crm", "ALARM");
    await stage.events("crm");
    stage.setAlarm("crm", "OK");
    await stage.minutes(30);
    expect(service.isActive()).toBe(false);
    await stage.command("override", "lookup");
    expect(service.isActive()).toBe(true);
  });

  test("one of two alarms still firing keeps it inactive", async () => {
    const service = await stage.service("lookup", { alarms: [arnOf("crm"), arnOf("db")] });
    stage.setAlarm("crm", "ALARM");
    stage.setAlarm("db", "ALARM");
    await stage.events("crm", "db");
    stage.setAlarm("crm", "OK");
    await stage.minutes(10);
    expect(service.isActive()).toBe(false);
    stage.setAlarm("db", "OK");
    await stage.minutes(7);
    expect(service.isActive()).toBe(true);
  });
});

test("an outage that takes four hours is counted as too long", async () => {
  await stage.service("lookup", { alarms });
  stage.setAlarm("crm", "ALARM");
  await stage.events("crm");
  expect(await stage.sweep()).toMatchObject({ inactive: 1, inactiveTooLong: 0 });
  await stage.clock.sleep(4 * 60 * 60_000);
  expect(await stage.sweep()).toMatchObject({ inactive: 1, inactiveTooLong: 1 });
});

test("events shuffled, doubled and lost end in the same state with at most one PUT for each change", async () => {
  const service = await stage.service("lookup", { alarms });
  for (const state of ["ALARM", "OK", "ALARM"] as const) {
    stage.setAlarm("crm", state);
    if (state === "OK") continue; // lost
    await Promise.all([stage.events("crm", "crm"), stage.sweep()]);
    await stage.events("crm");
  }
  expect(service.isActive()).toBe(false);
  const puts = stage.takeRequests().filter((operation) => operation === "setHttpServiceIsActive");
  expect(puts.length).toBeLessThanOrEqual(2); // two reconciliations at the very same moment may both write the same state
});
