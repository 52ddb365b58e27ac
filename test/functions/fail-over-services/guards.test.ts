import { afterEach, beforeEach, expect, test } from "vitest";
import { failoverMemoryOf } from "../../../shared/records/account/failover-memory.ts";
import { arnOf, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const alarms = [arnOf("crm")];
const down = { passed: false, kind: "UNREACHABLE", because: "503" } as const;

test("a service that is never to be deactivated stays, and is reported once", async () => {
  const service = await fixture.service("lookup", { alarms, neverDeactivate: true });
  fixture.setAlarm("crm", "ALARM");
  await fixture.events("crm");
  await fixture.minutes(3);
  expect(service.isActive()).toBe(true);
  expect(fixture.takeOutcomes()).toMatchObject([
    { status: "NO_CHANGE", summary: expect.stringMatching(/neverDeactivate/) },
  ]);
});

test("observing says once what it would have done, and does nothing", async () => {
  const service = await fixture.service("lookup", { alarms, mode: "observe" });
  fixture.setAlarm("crm", "ALARM");
  await fixture.events("crm");
  await fixture.minutes(3);
  fixture.setAlarm("crm", "OK");
  await fixture.minutes(7);
  expect(service.isActive()).toBe(true);
  expect(await service.reasons()).toEqual([]);
  expect(fixture.takeOutcomes().map(({ status, resources }) => [status, resources?.[0]?.changes])).toEqual([
    ["PLANNED", ["would have been deactivated (mode observe)"]],
    ["PLANNED", ["would have been activated (mode observe)"]],
  ]);
  expect(fixture.takeRequests()).not.toContain("setHttpServiceIsActive");
});

test("off does nothing", async () => {
  await fixture.service("lookup", { alarms, mode: "off" });
  fixture.setAlarm("crm", "ALARM");
  await fixture.events("crm");
  await fixture.minutes(2);
  expect(fixture.takeRequests()).not.toContain("setHttpServiceIsActive");
  expect(fixture.takeOutcomes()).toEqual([]);
});

test("off asks nothing, neither alarms nor endpoint, until an outage that was open is over", async () => {
  await fixture.service("lookup", { alarms, watch: "probe", mode: "off" });
  fixture.probe.result = { passed: false, kind: "DIFFERENT", because: "status 503" };
  await fixture.minutes(4);
  expect(fixture.probe.asked).toBe(0);
  expect(fixture.questions.filter((count) => count > 0)).toEqual([]);
});

test("an outage that mode observe has seen, and enforce acts upon, is one opening", async () => {
  const enforced = { alarms, recoverAfterSeconds: 60 };
  const setHealth = async (health: object) => {
    const key = { pk: "ACCOUNT#123456", sk: "SERVICE#CRM/lookup" };
    const item = await fixture.table.get(key);
    await fixture.table.update(key, { manifest: { ...(item?.manifest as object), health } });
  };
  const service = await fixture.service("lookup", enforced);
  for (const time of ["first", "second"]) {
    await setHealth({ ...enforced, mode: "observe" });
    fixture.setAlarm("crm", "ALARM");
    await fixture.events("crm");
    await fixture.minutes(2);
    await setHealth(enforced);
    await fixture.minutes(1);
    expect(await service.reasons(), time).toEqual(["OUTAGE"]);
    fixture.setAlarm("crm", "OK");
    await fixture.minutes(4);
  }
  expect(service.isActive()).toBe(true);
  expect(fixture.guards.triggered).toBe(0);
});

test("what mode observe has seen is forgotten where enforce finds nothing: the next one is another", async () => {
  const service = await fixture.service("lookup", { alarms, mode: "observe" });
  fixture.setAlarm("crm", "ALARM");
  await fixture.events("crm");
  const key = { pk: "ACCOUNT#123456", sk: "SERVICE#CRM/lookup" };
  const item = await fixture.table.get(key);
  await fixture.table.update(key, { manifest: { ...(item?.manifest as object), health: { alarms } } });
  fixture.setAlarm("crm", "OK");
  await fixture.minutes(2);
  fixture.setAlarm("crm", "ALARM");
  await fixture.events("crm");
  expect(failoverMemoryOf(await fixture.dependencies.activation.get(service.name)).recentOutages).toHaveLength(2);
});

test("the third outage within an hour is flapping, says so, and a command brings it back at once", async () => {
  const service = await fixture.service("lookup", { alarms, recoverAfterSeconds: 60 });
  for (let time = 0; time < 3; time += 1) {
    fixture.setAlarm("crm", "ALARM");
    await fixture.events("crm");
    fixture.setAlarm("crm", "OK");
    await fixture.minutes(4);
  }
  expect(await service.reasons()).toEqual(["FLAPPING"]);
  expect(service.isActive()).toBe(false);
  expect(fixture.guards.triggered).toBe(1);
  const summaries = fixture.takeOutcomes().map(({ summary }) => summary);
  expect(summaries.filter((summary) => summary.includes("flaps"))).toEqual([
    expect.stringMatching(/^CRM\/lookup deactivated: .*3 outages within 60 min.*quiet for 30 min.*command activate/),
  ]);
  await fixture.command("activate", "lookup");
  expect(service.isActive()).toBe(true);
  // The outages so far no longer count.
  fixture.setAlarm("crm", "ALARM");
  await fixture.events("crm");
  expect(await service.reasons()).toEqual(["OUTAGE"]);
});

test("flapping ends by itself, and the outcome says that its time is over", async () => {
  const service = await fixture.service("lookup", { alarms, recoverAfterSeconds: 60 });
  for (let time = 0; time < 3; time += 1) {
    fixture.setAlarm("crm", "ALARM");
    await fixture.events("crm");
    fixture.setAlarm("crm", "OK");
    await fixture.minutes(4);
  }
  fixture.takeOutcomes();
  await fixture.minutes(31);
  expect(service.isActive()).toBe(true);
  expect(fixture.takeOutcomes()).toMatchObject([{ summary: expect.stringMatching(/activated: its time is over/) }]);
});

test("an alarm that does not exist is reported once, and again when it is gone again", async () => {
  await fixture.service("lookup", { alarms });
  await fixture.minutes(3);
  expect(fixture.takeOutcomes()).toMatchObject([
    { status: "NO_CHANGE", summary: expect.stringMatching(/there is no alarm arn:.*:crm.*Make it/) },
  ]);
  fixture.setAlarm("crm", "OK");
  await fixture.minutes(2);
  expect(fixture.takeOutcomes()).toEqual([]);
  fixture.deleteAlarm("crm");
  await fixture.minutes(2);
  expect(fixture.takeOutcomes()).toHaveLength(1);
});

test("an outage that waits for a command ends with activate, and the next one counts again", async () => {
  const service = await fixture.service("lookup", { alarms, recovery: "manual" });
  fixture.setAlarm("crm", "ALARM");
  await fixture.events("crm");
  await fixture.command("activate", "lookup");
  expect(service.isActive()).toBe(false); // the alarm still fires
  fixture.setAlarm("crm", "OK");
  await fixture.minutes(2);
  await fixture.command("activate", "lookup");
  expect(service.isActive()).toBe(true);
  fixture.setAlarm("crm", "ALARM");
  await fixture.events("crm");
  expect(service.isActive()).toBe(false);
});

test("services of a higher priority are switched first", async () => {
  fixture.probe.result = down;
  for (const [name, priority] of [
    ["low", 0],
    ["high", 9],
    ["middle", 5],
  ] as const) {
    await fixture.service(name, { alarms, priority });
  }
  const order: string[] = [];
  const { publish } = fixture.dependencies.outcomes;
  fixture.dependencies.outcomes.publish = (data) => {
    order.push(data.resources?.[0]?.name ?? "");
    return publish(data);
  };
  fixture.setAlarm("crm", "ALARM");
  await fixture.events("crm");
  expect(order).toEqual(["CRM/high", "CRM/middle", "CRM/low"]);
});

test("CloudWatch cannot be asked for one alarm: the others are reconciled, nothing recovers unseen, and it is reported", async () => {
  const blind = await fixture.service("blind", { alarms: [arnOf("blind")] });
  const other = await fixture.service("other", { alarms });
  fixture.setAlarm("blind", "ALARM");
  await fixture.events("blind");
  fixture.setAlarm("blind", "UNKNOWN");
  fixture.setAlarm("crm", "ALARM");
  fixture.probe.result = down;
  const { errors, notAsked } = await fixture.sweep();
  expect(other.isActive()).toBe(false);
  expect({ errors, notAsked }).toEqual({ errors: [], notAsked: 1 });
  expect(fixture.takeOutcomes()).toContainEqual(
    expect.objectContaining({ status: "FAILED", summary: expect.stringMatching(/CRM\/blind.*AccessDenied/) }),
  );
  fixture.probe.result = { passed: true, ms: 1 };
  await fixture.minutes(20);
  expect(blind.isActive()).toBe(false);
  expect((await fixture.events("blind")).batchItemFailures).toHaveLength(1);
});

test("a service that its probe watches goes out after three failures and comes back on evidence", async () => {
  const service = await fixture.service("lookup", { watch: "probe" });
  fixture.probe.result = down;
  await fixture.minutes(2);
  expect(service.isActive()).toBe(true);
  await fixture.minutes(1);
  expect(service.isActive()).toBe(false);
  expect(fixture.takeOutcomes()).toMatchObject([
    {
      summary: expect.stringMatching(/deactivated: its probe failed 3 times in a row: 503/),
      cause: { type: "ringcx.sweep" },
    },
  ]);
  fixture.probe.result = { passed: true, ms: 1 };
  await fixture.minutes(7);
  expect(service.isActive()).toBe(true);
});

test("a probe is sent once a sweep and never by an event", async () => {
  await fixture.service("lookup", { alarms });
  fixture.setAlarm("crm", "ALARM");
  await fixture.events("crm", "crm");
  await fixture.events("crm");
  expect(fixture.probe.asked).toBe(0);
  await fixture.minutes(3);
  expect(fixture.probe.asked).toBe(3);
});

test("a validation by POST is never repeated: it could create data", async () => {
  const service = await fixture.service("lookup", { alarms }, { isProbed: true, method: "POST" });
  fixture.setAlarm("crm", "ALARM");
  await fixture.events("crm");
  fixture.setAlarm("crm", "OK");
  await fixture.minutes(7);
  expect(fixture.probe.asked).toBe(0);
  expect(service.isActive()).toBe(true);
});

test("a stored validation that is refused by now is no evidence: the alarms alone decide", async () => {
  const schema = { pattern: "^(a+)+$" };
  const service = await fixture.service("lookup", { alarms, watch: "probe" }, { expect: { schema } });
  fixture.probe.result = down;
  await fixture.minutes(5);
  expect(service.isActive()).toBe(true);
  fixture.setAlarm("crm", "ALARM");
  await fixture.events("crm");
  expect(service.isActive()).toBe(false);
  fixture.setAlarm("crm", "OK");
  await fixture.minutes(7);
  expect(service.isActive()).toBe(true);
  expect(fixture.probe.asked).toBe(0);
});

test("a trial is reported, and so is its end", async () => {
  const service = await fixture.service("lookup", { alarms, recoverAfterSeconds: 120 });
  fixture.setAlarm("crm", "ALARM");
  await fixture.events("crm");
  fixture.takeOutcomes();
  await fixture.minutes(7);
  expect(service.isActive()).toBe(true);
  expect(fixture.takeOutcomes()).toMatchObject([
    {
      summary: expect.stringMatching(
        /activated: its alarm still fires, but its probe has passed for 300 s.*stays active if the alarm clears/,
      ),
    },
  ]);
  fixture.setAlarm("crm", "ALARM", "Callers see errors.");
  await fixture.events("crm");
  expect(service.isActive()).toBe(false);
  expect(fixture.takeOutcomes()).toMatchObject([
    { summary: expect.stringMatching(/deactivated: the trial failed: Callers see errors/) },
  ]);
});

test("an outcome links to the alarm, and says what it was", async () => {
  await fixture.service("lookup", { alarms });
  fixture.setAlarm("crm", "ALARM", "High.");
  await fixture.events("crm");
  expect(fixture.takeOutcomes()[0]?.details).toEqual({
    correlationId: expect.any(String),
    alarms: [
      {
        arn: arnOf("crm"),
        state: "ALARM",
        reason: "High.",
        since: expect.any(String),
        link: "https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1#alarmsV2:alarm/crm",
      },
    ],
  });
});

test.each([0, 1, 30])("sweeps that come twice a minute, %i s apart, probe a service once a minute", async (seconds) => {
  const service = await fixture.service("lookup", { watch: "probe" });
  fixture.probe.result = down;
  for (let minute = 0; minute < 2; minute += 1) {
    await fixture.sweep();
    await fixture.clock.sleep(seconds * 1_000);
    await fixture.sweep();
    await fixture.clock.sleep((60 - seconds) * 1_000);
  }
  expect(fixture.probe.asked).toBe(2);
  expect(service.isActive()).toBe(true); // three in a row are asked for
  await fixture.sweep();
  expect(service.isActive()).toBe(false);
});

test("two sweeps at once count their probes once", async () => {
  const service = await fixture.service("lookup", { watch: "probe" });
  fixture.probe.result = down;
  await Promise.all([fixture.sweep(), fixture.sweep()]);
  expect(service.isActive()).toBe(true);
  await fixture.minutes(1);
  expect(service.isActive()).toBe(true);
  await fixture.minutes(1);
  expect(service.isActive()).toBe(false);
});
