import { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { Construct } from "constructs";
import { expect, test, vi } from "vitest";
import { addEnvironmentStacks } from "../../infra/environment-stacks.ts";
import { checkedEnvironment, type EnvironmentInput } from "../../infra/environments.ts";
import { matchesPattern } from "../../infra/local/events/event-pattern.ts";
import { RingCxAutomation } from "../../infra/ringcx-automation.ts";
import { everySetting, plainApp, plainEnvironment } from "./synthesized.ts";

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

/** The patterns as they are deployed, with what only the deployment knows. */
function patternsOf(template: Template): Record<string, unknown>[] {
  const rules = Object.values(template.findResources("AWS::Events::Rule")).map(({ Properties }) => Properties);
  return rules
    .filter(({ EventPattern }) => EventPattern)
    .map(({ EventPattern }) => {
      const text = JSON.stringify(EventPattern);
      return JSON.parse(
        text.replace(/\{"Fn::Join":\["",\["arn:",\{"Ref":"AWS::Partition"\},"([^"]*)"\]\]\}/g, '"arn:aws$1"'),
      );
    });
}

function patternOf(template: Template): Record<string, unknown> {
  return patternsOf(template)[0] ?? {};
}

/** The names of a stack's alarms, where they have none as CloudFormation makes them. */
function alarmNames(template: Template, stackName: string): string[] {
  return ["AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"].flatMap((type) =>
    Object.entries(template.findResources(type)).map(
      ([logicalId, { Properties }]): string => Properties.AlarmName ?? `${stackName}-${logicalId}-x1`,
    ),
  );
}

function event(alarmName: string, { region = "eu-central-1", account = "111122223333" } = {}): object {
  const resources = [`arn:aws:cloudwatch:${region}:${account}:alarm:${alarmName}`];
  return { source: "aws.cloudwatch", "detail-type": "CloudWatch Alarm State Change", resources, detail: { alarmName } };
}

test("the automation's own alarms never come, by whatever prefix", () => {
  const names = alarmNames(all, "Crm");
  expect(names.length).toBeGreaterThan(20);
  const come = names.filter((name) => templates.some((template) => matchesPattern(event(name), patternOf(template))));
  expect(come).toEqual([]);
});

test("nor do those of the same environment in another region, and of each other's of two regions", () => {
  const regions = ["eu-central-1", "us-east-1"];
  const known: EnvironmentInput[] = regions.map((region) => ({
    ...{ ...plainEnvironment, region, account: "111122223333" },
    failover: { alarmRegions: regions },
  }));
  const homes = known.map((each) => addEnvironmentStacks(plainApp(), checkedEnvironment(each), known).home);
  const own = homes.map((home) =>
    alarmNames(Template.fromStack(home), home.stackName).map((name) => event(name, { region: home.region })),
  );
  for (const [index, home] of homes.entries()) {
    const [here = {}, brought = {}] = patternsOf(Template.fromStack(home));
    expect(own[index]?.filter((sent) => matchesPattern(sent, here))).toEqual([]);
    expect(own.flat().filter((sent) => matchesPattern(sent, brought))).toEqual([]);
    expect(matchesPattern(event("crm-lookup", { region: "us-east-1" }), brought)).toBe(true);
  }
  expect(own.flat().length).toBeGreaterThan(40);
});

test("an automation whose name is as long as names get has alarms that do not come, whose names AWS takes", () => {
  const env = { region: "eu-central-1", account: "111122223333" };
  const stack = new Stack(plainApp(), "S".repeat(128), { env });
  const one = new Construct(stack, "C".repeat(120));
  new RingCxAutomation(one, "RingCx", { name: "test", connections: plainEnvironment.connections });
  const template = Template.fromStack(stack);
  const [composite] = Object.values(template.findResources("AWS::CloudWatch::CompositeAlarm"));
  const { AlarmName } = composite?.Properties ?? {};
  expect(AlarmName.length).toBeLessThanOrEqual(255);
  expect(matchesPattern(event(AlarmName), patternOf(template))).toBe(false);
});

test("nothing of ours is deprecated: the app keeps quiet about what cdk-nag reads", () => {
  vi.stubEnv("JSII_DEPRECATED", "fail");
  const app = plainApp();
  const { home, forwarding } = addEnvironmentStacks(app, checkedEnvironment(everySetting), [everySetting]);
  expect(() => [home, ...forwarding].map((stack) => Template.fromStack(stack))).not.toThrow();
  vi.unstubAllEnvs();
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
