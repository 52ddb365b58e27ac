import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { plainEnvironment, resourcesOf, synthesized } from "./synthesized.ts";

const template = synthesized({ ...plainEnvironment, notificationEmails: ["on-call@example.com"] });
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
    ([, { Properties }]) => !Properties.RedrivePolicy,
  );
  expect(deadLetters).toHaveLength(3);
  for (const [id] of deadLetters)
    expect(
      watched.some((dimensions) => dimensions.includes(id)),
      id,
    ).toBe(true);
});

test("one composite alarm says that a person is needed, and tells the address of the settings", () => {
  const [[, composite] = []] = resourcesOf(template, "AWS::CloudWatch::CompositeAlarm");
  const rule = JSON.stringify(composite?.Properties.AlarmRule);
  for (const [id] of alarms) expect(rule).toContain(id);
  template.hasResourceProperties("AWS::SNS::Subscription", { Protocol: "email", Endpoint: "on-call@example.com" });
});

test("a metric that is not there is no alarm: nothing to rotate and nobody to log in is normal", () => {
  for (const [id, { Properties }] of alarms) expect(Properties.TreatMissingData, id).toBe("notBreaching");
});
