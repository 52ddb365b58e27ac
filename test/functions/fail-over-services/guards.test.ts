import { afterEach, beforeEach, expect, test } from "vitest";
import { arnOf, type Stage, startStage } from "./fixture.ts";

let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.stop());

const alarms = [arnOf("crm")];
const down = { passed: false, kind: "UNREACHABLE", because: "503" } as const;

test("a service that is never to be deactivated stays, and is reported once", async () => {
  const service = await stage.service("lookup", { alarms, neverDeactivate: true });
  stage.setAlarm("crm", "ALARM");
  await stage.events("crm");
  await stage.minutes(3);
  expect(service.isActive()).toBe(true);
  expect(stage.takeOutcomes()).toMatchObject([
    { status: "NO_CHANGE", summary: expect.stringMatching(/neverDeactivate/) },
  ]);
});

test("observing says once what it would have done, and does nothing", async () => {
  const service = await stage.service("lookup", { alarms, mode: "observe" });
  stage.setAlarm("crm", "ALARM");
  await stage.events("crm");
  await stage.minutes(3);
  stage.setAlarm("crm", "OK");
  await stage.minutes(7);
  expect(service.isActive()).toBe(true);
  expect(await service.reasons()).toEqual([]);
  expect(stage.takeOutcomes().map(({ status, resources }) => [status, resources?.[0]?.changes])).toEqual([
    ["PLANNED", ["would have been deactivated (mode observe)"]],
    ["PLANNED", ["would have been activated (mode observe)"]],
  ]);
  expect(stage.takeRequests()).not.toContain("setHttpServiceIsActive");
});

test("off does nothing", async () => {
  await stage.service("lookup", { alarms, mode: "off" });
  stage.setAlarm("crm", "ALARM");
  await stage.events("crm");
  await stage.minutes(2);
  expect(stage.takeRequests()).not.toContain("setHttpServiceIsActive");
  expect(stage.takeOutcomes()).toEqual([]);
});

test("the third outage within an hour is flapping, says so, and a command brings it back at once", async () => {
  const service = await stage.service("lookup", { alarms, recoverAfterSeconds: 60 });
  for (let time = 0; time < 3; time += 1) {
    stage.setAlarm("crm", "ALARM");
    await stage.events("crm");
    stage.setAlarm("crm", "OK");
    await stage.minutes(4);
  }
  expect(await service.reasons()).toEqual(["FLAPPING"]);
  expect(service.isActive()).toBe(false);
  expect(stage.guards.triggered).toBe(1);
  const summaries = stage.takeOutcomes().map(({ summary }) => summary);
  expect(summaries.filter((summary) => summary.includes("flaps"))).toEqual([
    expect.stringMatching(/^CRM\/lookup deactivated: .*3 outages within 60 min.*quiet for 30 min.*command activate/),
  ]);
  await stage.command("activate", "lookup");
  expect(service.isActive()).toBe(true);
  // The outages so far no longer count.
  stage.setAlarm("crm", "ALARM");
  await stage.events("crm");
  expect(await service.reasons()).toEqual(["OUTAGE"]);
});

test("flapping ends by itself, and the outcome says that its time is over", async () => {
  const service = await stage.service("lookup", { alarms, recoverAfterSeconds: 60 });
  for (let time = 0; time < 3; time += 1) {
    stage.setAlarm("crm", "ALARM");
    await stage.events("crm");
    stage.setAlarm("crm", "OK");
    await stage.minutes(4);
  }
  stage.takeOutcomes();
  await stage.minutes(31);
  expect(service.isActive()).toBe(true);
  expect(stage.takeOutcomes()).toMatchObject([{ summary: expect.stringMatching(/activated: its time is over/) }]);
});

test("an alarm that does not exist is reported once, and again when it is gone again", async () => {
  await stage.service("lookup", { alarms });
  await stage.minutes(3);
  expect(stage.takeOutcomes()).toMatchObject([
    { status: "NO_CHANGE", summary: expect.stringMatching(/there is no alarm arn:.*:crm.*Make it/) },
  ]);
  stage.setAlarm("crm", "OK");
  await stage.minutes(2);
  expect(stage.takeOutcomes()).toEqual([]);
  stage.deleteAlarm("crm");
  await stage.minutes(2);
  expect(stage.takeOutcomes()).toHaveLength(1);
});

test("an outage that waits for a command ends with activate, and the next one counts again", async () => {
  const service = await stage.service("lookup", { alarms, recovery: "manual" });
  stage.setAlarm("crm", "ALARM");
  await stage.events("crm");
  await stage.command("activate", "lookup");
  expect(service.isActive()).toBe(false); // the alarm still fires
  stage.setAlarm("crm", "OK");
  await stage.minutes(2);
  await stage.command("activate", "lookup");
  expect(service.isActive()).toBe(true);
  stage.setAlarm("crm", "ALARM");
  await stage.events("crm");
  expect(service.isActive()).toBe(false);
});

test("services of a higher priority are switched first", async () => {
  stage.probe.result = down;
  for (const [name, priority] of [
    ["low", 0],
    ["high", 9],
    ["middle", 5],
  ] as const) {
    await stage.service(name, { alarms, priority });
  }
  const order: string[] = [];
  const { publish } = stage.parts.outcomes;
  stage.parts.outcomes.publish = (data) => {
    order.push(data.resources?.[0]?.name ?? "");
    return publish(data);
  };
  stage.setAlarm("crm", "ALARM");
  await stage.events("crm");
  expect(order).toEqual(["CRM/high", "CRM/middle", "CRM/low"]);
});

test("CloudWatch cannot be asked for one alarm: the others are reconciled, nothing recovers unseen, and it is reported", async () => {
  const blind = await stage.service("blind", { alarms: [arnOf("blind")] });
  const other = await stage.service("other", { alarms });
  stage.setAlarm("blind", "ALARM");
  await stage.events("blind");
  stage.setAlarm("blind", "UNKNOWN");
  stage.setAlarm("crm", "ALARM");
  stage.probe.result = down;
  const { errors } = await stage.sweep();
  expect(other.isActive()).toBe(false);
  expect(errors.map(({ message }) => message)).toEqual([expect.stringMatching(/blind.*AccessDenied/)]);
  stage.probe.result = { passed: true, ms: 1 };
  await stage.minutes(20);
  expect(blind.isActive()).toBe(false);
  expect((await stage.events("blind")).batchItemFailures).toHaveLength(1);
});

test("a service that its probe watches goes out after three failures and comes back on evidence", async () => {
  const service = await stage.service("lookup", { watch: "probe" });
  stage.probe.result = down;
  await stage.minutes(2);
  expect(service.isActive()).toBe(true);
  await stage.minutes(1);
  expect(service.isActive()).toBe(false);
  expect(stage.takeOutcomes()).toMatchObject([
    {
      summary: expect.stringMatching(/deactivated: its probe failed 3 times in a row: 503/),
      cause: { type: "ringcx.sweep" },
    },
  ]);
  stage.probe.result = { passed: true, ms: 1 };
  await stage.minutes(7);
  expect(service.isActive()).toBe(true);
});

test("a probe is sent once a sweep and never by an event", async () => {
  await stage.service("lookup", { alarms });
  stage.setAlarm("crm", "ALARM");
  await stage.events("crm", "crm");
  await stage.events("crm");
  expect(stage.probe.asked).toBe(0);
  await stage.minutes(3);
  expect(stage.probe.asked).toBe(3);
});

test("a validation by POST is never repeated: it could create data", async () => {
  const service = await stage.service("lookup", { alarms }, { isProbed: true, method: "POST" });
  stage.setAlarm("crm", "ALARM");
  await stage.events("crm");
  stage.setAlarm("crm", "OK");
  await stage.minutes(7);
  expect(stage.probe.asked).toBe(0);
  expect(service.isActive()).toBe(true);
});

test("a trial is reported, and so is its end", async () => {
  const service = await stage.service("lookup", { alarms, recoverAfterSeconds: 120 });
  stage.setAlarm("crm", "ALARM");
  await stage.events("crm");
  stage.takeOutcomes();
  await stage.minutes(7);
  expect(service.isActive()).toBe(true);
  expect(stage.takeOutcomes()).toMatchObject([
    {
      summary: expect.stringMatching(
        /activated: its alarm still fires, but its probe has passed for 300 s.*stays active if the alarm clears/,
      ),
    },
  ]);
  stage.setAlarm("crm", "ALARM", "Callers see errors.");
  await stage.events("crm");
  expect(service.isActive()).toBe(false);
  expect(stage.takeOutcomes()).toMatchObject([
    { summary: expect.stringMatching(/deactivated: the trial failed: Callers see errors/) },
  ]);
});

test("an outcome links to the alarm, and says what it was", async () => {
  await stage.service("lookup", { alarms });
  stage.setAlarm("crm", "ALARM", "High.");
  await stage.events("crm");
  expect(stage.takeOutcomes()[0]?.details).toEqual({
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
