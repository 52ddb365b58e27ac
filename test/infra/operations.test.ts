import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { urgencyOf } from "../../infra/constructs/operations/alarm-urgency.ts";
import { environments } from "../../infra/environments.ts";
import { dashboardPicture } from "./dashboard-picture.ts";
import { documentStatements, plainEnvironment, resourcesOf, synthesized, target } from "./synthesized.ts";

// With everything that has an alarm.
const template = synthesized({
  ...plainEnvironment,
  accountsIn: "parameters",
  notifications: { alarms: ["on-call@example.com"] },
});
const alarms = resourcesOf(template, "AWS::CloudWatch::Alarm");
const runbook = readFileSync(new URL("../../docs/runbook.md", import.meta.url), "utf8");

test("every alarm's description names a page of the runbook that exists", () => {
  for (const [id, { Properties }] of alarms) {
    const page = /docs\/runbook\.md#([a-z-]+)$/.exec(String(Properties.AlarmDescription))?.[1];
    expect(page, id).toBeDefined();
    expect(runbook, id).toMatch(new RegExp(`^## ${page}$`, "m"));
  }
});

test("every dead-letter queue has an alarm", () => {
  const watched = alarms.map(([, { Properties }]) => JSON.stringify(Properties.Dimensions));
  const deadLetters = resourcesOf(template, "AWS::SQS::Queue").filter(
    ([id, { Properties }]) => !Properties.RedrivePolicy && !id.includes("SweepQueue"),
  );
  expect(deadLetters).toHaveLength(4);
  for (const [id] of deadLetters)
    expect(
      watched.some((dimensions) => dimensions.includes(id)),
      id,
    ).toBe(true);
});

/** Topics that the alarms tell, by urgency. */
const topics = { page: topicOf("PageTopicArn"), ticket: topicOf("TicketTopicArn") };

function topicOf(output: string): string {
  return target(template.findOutputs(output)[output]?.Value);
}

test("every alarm tells its beginning and its end by itself, to the topic of its urgency", () => {
  const told = alarms.map(([id, { Properties }]) => [
    nameOf(id),
    (Properties.AlarmActions as unknown[])?.map(target),
    (Properties.OKActions as unknown[])?.map(target),
    Properties.ActionsEnabled ?? true,
  ]);
  const expected = Object.entries(urgencyOf).map(([id, urgency]) => [id, [topics[urgency]], [topics[urgency]], true]);
  expect(told.sort()).toEqual(expected.sort());
  expect(topics.page).not.toBe(topics.ticket);
});

test("the composite alarm sums up for the dashboard, and is nobody's voice: it is silent of a second problem", () => {
  const [[, composite] = []] = resourcesOf(template, "AWS::CloudWatch::CompositeAlarm");
  const rule = JSON.stringify(composite?.Properties.AlarmRule);
  for (const [id] of alarms) expect(rule).toContain(id);
  for (const actions of ["AlarmActions", "OKActions"]) expect(composite?.Properties[actions] ?? []).toEqual([]);
});

test("whoever is in the settings is told by urgency, each once", () => {
  const notifications = {
    alarms: ["all@example.com"],
    page: ["https://events.example.com/page", "all@example.com"],
    ticket: ["team@example.com"],
  };
  const subscribed = resourcesOf(synthesized({ ...plainEnvironment, notifications }), "AWS::SNS::Subscription")
    .map(([, { Properties }]) => `${target(Properties.TopicArn)} ${Properties.Endpoint}`)
    .sort();
  const expected = [
    `${topics.page} all@example.com`,
    `${topics.page} https://events.example.com/page`,
    `${topics.ticket} all@example.com`,
    `${topics.ticket} team@example.com`,
  ];
  expect(subscribed).toEqual(expected.sort());
});

test.each(["page", "ticket"] as const)(
  "alarms reach people (%s): CloudWatch may publish, and use the topic's key",
  (urgency) => {
    const policies = resourcesOf(template, "AWS::SNS::TopicPolicy").filter(([, { Properties }]) =>
      (Properties.Topics as unknown[]).some((each) => target(each) === topics[urgency]),
    );
    const key = resourcesOf(template, "AWS::KMS::Key").map(([, { Properties }]) => Properties.KeyPolicy);
    for (const [document, action] of [
      [policies[0]?.[1].Properties.PolicyDocument, "sns:Publish"],
      [key[0], "kms:Decrypt"],
    ] as const) {
      const allowed = documentStatements(document).filter(
        ({ Effect, Principal }) =>
          Effect === "Allow" && JSON.stringify(Principal) === '{"Service":"cloudwatch.amazonaws.com"}',
      );
      expect(allowed.flatMap(({ Action }) => Action)).toContain(action);
    }
  },
);

/** The name of an alarm without the stack's own part of it. */
function nameOf(id: string): string {
  return id.replace(/^Operations(.*)[0-9A-F]{8}$/, "$1");
}

/** Alarms by what a missing value means to them, without the stack's own part of the names. */
function whereMissingIs(treatment: string): string[] {
  const found = alarms.filter(([, { Properties }]) => Properties.TreatMissingData === treatment);
  return found.map(([id]) => nameOf(id)).sort();
}

test("what a schedule measures stands until its next run: an alarm on it is not raised and cleared in turn", () => {
  const measured = [
    "AuthConfigsNotFollowed",
    "EdgesNotPermitted",
    "EvidenceNotAsked",
    "InactiveTooLong",
    "ItemsUnreadable",
    "ProvisioningWaits",
    "RotationDiverged",
    "RotationFailing",
    "RotationOverdue",
    "SweepErrors",
  ];
  expect(whereMissingIs("ignore")).toEqual(measured);
});

test("a schedule that no longer runs raises an alarm, whatever its rate", () => {
  expect(whereMissingIs("breaching")).toEqual(["SweepNotRunning", "SyncNotRunning"]);
  const periodsAt = (schedule: string): unknown[] => {
    const at = synthesized({ ...plainEnvironment, rotation: { schedule } });
    const [[, alarm] = []] = resourcesOf(at, "AWS::CloudWatch::Alarm").filter(([id]) => id.includes("SyncNotRunning"));
    return [alarm?.Properties.EvaluationPeriods, alarm?.Properties.Period];
  };
  expect(periodsAt("rate(5 minutes)")).toEqual([3, 300]);
  expect(periodsAt("rate(1 hour)")).toEqual([36, 300]);
  expect(periodsAt("rate(12 hours)")).toEqual([36, 3600]);
});

test("nothing to send, to log in for or to wait for is no alarm", () => {
  expect(whereMissingIs("notBreaching")).toHaveLength(alarms.length - 12);
});

test("the number of metrics does not grow with accounts and services: two dimensions, with few values", () => {
  const [[, dashboard] = []] = resourcesOf(template, "AWS::CloudWatch::Dashboard");
  const body = JSON.stringify(dashboard?.Properties.DashboardBody);
  const own = [...body.matchAll(/\\"RingCxAutomation\\",\\"(\w+)\\"((?:,\\"\w[^"]*\\")*)/g)];
  expect(own.length).toBeGreaterThan(10);
  for (const [, name, dimensions = ""] of own) {
    const names = [...dimensions.matchAll(/\\"([^"]*)\\"/g)]
      .map(([, text]) => text)
      .filter((_, index) => index % 2 === 0);
    expect(names.sort(), name).toEqual(name === "OutcomePublished" ? ["service", "status"] : ["service"]);
  }
});

test("the picture of the dashboard in the docs shows what is deployed", async () => {
  const test = synthesized(environments.find(({ name }) => name === "test"));
  const [[, dashboard] = []] = resourcesOf(test, "AWS::CloudWatch::Dashboard");
  await expect(dashboardPicture(dashboard?.Properties.DashboardBody)).toMatchFileSnapshot("../../docs/dashboard.svg");
});
