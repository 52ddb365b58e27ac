import { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
import { matchesPattern } from "../../infra/local/events/event-pattern.ts";
import { RingCxAutomation } from "../../infra/ringcx-automation.ts";
import { plainApp, plainEnvironment } from "./synthesized.ts";

const templates = [[], ["crm-", "erp-"], ["Crm", "Crm-RingCxOperation"]].map((alarmNamePrefixes) => {
  const env = { region: "eu-central-1", account: "111122223333" };
  const stack = new Stack(plainApp(), "Crm", { env });
  new RingCxAutomation(stack, "RingCx", {
    ...{ name: "test", connections: plainEnvironment.connections },
    failover: { alarmNamePrefixes },
  });
  return Template.fromStack(stack);
}) as [Template, Template, Template];
const [all, some, asked] = templates;

/** The pattern as it is deployed, with what only the deployment knows. */
function patternOf(template: Template): Record<string, unknown> {
  const rules = Object.values(template.findResources("AWS::Events::Rule")).map(({ Properties }) => Properties);
  const text = JSON.stringify(rules.find(({ EventPattern }) => EventPattern)?.EventPattern);
  return JSON.parse(
    text.replace(/\{"Fn::Join":\["",\["arn:",\{"Ref":"AWS::Partition"\},"([^"]*)"\]\]\}/g, '"arn:aws$1"'),
  );
}

function event(alarmName: string, { region = "eu-central-1", account = "111122223333" } = {}): object {
  const resources = [`arn:aws:cloudwatch:${region}:${account}:alarm:${alarmName}`];
  return { source: "aws.cloudwatch", "detail-type": "CloudWatch Alarm State Change", resources, detail: { alarmName } };
}

const names = ["AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"].flatMap((type) =>
  Object.keys(all.findResources(type)).map((logicalId) => `Crm-${logicalId}-x1`),
);

test("the automation's own alarms never come, by whatever prefix", () => {
  expect(names.length).toBeGreaterThan(20);
  const come = names.filter((name) => templates.some((template) => matchesPattern(event(name), patternOf(template))));
  expect(come).toEqual([]);
});

test.each<[what: string, event: object, template: Template, matches: boolean]>([
  ["an alarm of a service", event("crm-lookup"), all, true],
  ["of another region, forwarded", event("crm-lookup", { region: "us-east-1" }), all, true],
  ["of another AWS account, forwarded", event("crm-lookup", { account: "210987654321" }), all, true],
  ["an alarm that the user's app has in the same stack", event("Crm-HealthE7B5F2A1-x1"), all, true],
  ["of a stack whose name begins the same", event("Crm-api-5xx"), all, true],
  ["that, by its prefix", event("Crm-api-5xx"), asked, true],
  ["with one of the prefixes", event("erp-lookup"), some, true],
  ["with none of the prefixes", event("batch-lookup"), some, false],
  [
    "something else of CloudWatch",
    { ...event("crm-lookup"), "detail-type": "CloudWatch Alarm Configuration Change" },
    all,
    false,
  ],
])("%s", (_what, sent, template, matches) => {
  expect(matchesPattern(sent, patternOf(template))).toBe(matches);
});

test("a prefix that asks for the automation's own alarms alone is refused", () => {
  const stack = new Stack(plainApp(), "Crm", { env: { region: "eu-central-1" } });
  const { node } = new RingCxAutomation(stack, "RingCx", {
    ...{ name: "test", connections: plainEnvironment.connections },
    failover: { alarmNamePrefixes: ["Crm-RingCxOperations", "Crm-"] },
  });
  expect(node.validate()).toEqual([
    'failover.alarmNamePrefixes: "Crm-RingCxOperations" is that of the automation\'s own alarms, which never count',
  ]);
});
