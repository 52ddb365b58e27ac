import { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
import { addEnvironmentStacks } from "../../infra/environment-stacks.ts";
import { checkedEnvironment, type EnvironmentInput } from "../../infra/environments.ts";
import { matchesPattern } from "../../infra/local/events/event-pattern.ts";
import { AlarmForwarding, RingCxAutomation } from "../../package/index.ts";
import { documentStatements, plainApp, plainEnvironment, resourcesOf, statementsOf, target } from "./synthesized.ts";

const account = "111122223333";
const settings: EnvironmentInput = {
  ...plainEnvironment,
  account,
  tags: { "cost-center": "crm" },
  failover: {
    alarmRegions: ["eu-central-1", "us-east-1", "eu-west-1"],
    alarmReadRoleArns: { "210987654321": "arn:aws:iam::210987654321:role/ringcx-reads-alarms" },
  },
};

function stacksOf(environment: EnvironmentInput) {
  const app = plainApp();
  return addEnvironmentStacks(app, checkedEnvironment(environment), [environment]);
}

/** With what only the deployment knows. */
function resolved(value: unknown): unknown {
  const text = JSON.stringify(value).replaceAll('{"Ref":"AWS::Partition"}', '"aws"');
  return JSON.parse(
    text.replace(/\{"Fn::Join":\["",(\[[^\]]*\])\]\}/g, (_, parts) => JSON.stringify(JSON.parse(parts).join(""))),
  );
}

const { home, forwarding } = stacksOf(settings);
const homeTemplate = Template.fromStack(home);
const [first] = forwarding;
const template = Template.fromStack(first ?? home);
const [[, rule] = []] = resourcesOf(template, "AWS::Events::Rule");

test("each other region of the settings has one stack, which comes after the one that it sends to", () => {
  expect(forwarding.map(({ node, region, stackName }) => [node.id, region, stackName])).toEqual([
    ["RingCxAutomation-plain-alarms-us-east-1", "us-east-1", "RingCxAutomation-plain-alarms-for-eu-central-1"],
    ["RingCxAutomation-plain-alarms-eu-west-1", "eu-west-1", "RingCxAutomation-plain-alarms-for-eu-central-1"],
  ]);
  for (const stack of forwarding) expect(stack.dependencies).toContain(home);
  template.hasResourceProperties("AWS::Events::Rule", { Tags: [{ Key: "cost-center", Value: "crm" }] });
});

test("it sends to the environment's own bus by a role that may do nothing else", () => {
  const [to] = resolved(rule?.Properties.Targets) as { Arn: string; RoleArn: unknown }[];
  const [[, bus] = []] = resourcesOf(homeTemplate, "AWS::Events::EventBus");
  expect(to?.Arn).toBe(`arn:aws:events:eu-central-1:${account}:event-bus/${bus?.Properties.Name}`);
  const statements = statementsOf(template);
  expect(statements.map(({ actions }) => actions)).toEqual([["events:PutEvents"]]);
  expect(resolved(statements[0]?.statement.Resource)).toBe(to?.Arn);
});

test.each<[what: string, region: string, from: string, isSent: boolean]>([
  ["an alarm of this region", "us-east-1", account, true],
  ["one that was brought here from the other region: no circle", "eu-central-1", account, false],
  ["one that was brought here from another AWS account", "us-east-1", "210987654321", false],
])("%s", (_what, region, from, isSent) => {
  const event = {
    source: "aws.cloudwatch",
    "detail-type": "CloudWatch Alarm State Change",
    resources: [`arn:aws:cloudwatch:${region}:${from}:alarm:crm`],
    detail: { alarmName: "crm" },
    ...{ region, account: from },
  };
  expect(matchesPattern(event, resolved(rule?.Properties.EventPattern) as Record<string, unknown>)).toBe(isSent);
});

test("what comes to the bus goes to the queue that alarms of the own region go to", () => {
  const rules = resourcesOf(homeTemplate, "AWS::Events::Rule").map(([, { Properties }]) => Properties);
  const queues = rules.map(({ Targets }) => (Targets as { Arn: unknown }[]).map(({ Arn }) => target(Arn)));
  expect(rules.map(({ EventBusName }) => target(EventBusName) !== "")).toEqual([false, true]);
  expect(queues[0]).toEqual(queues[1]);
});

test("other AWS accounts whose alarms are read may send to the bus, and nobody else", () => {
  const policies = resourcesOf(homeTemplate, "AWS::Events::EventBusPolicy").map(([, { Properties }]) => Properties);
  expect(resolved(policies.map(({ Statement }) => Statement))).toMatchObject([
    { Effect: "Allow", Action: "events:PutEvents", Principal: { AWS: "arn:aws:iam::210987654321:root" } },
  ]);
  const queuePolicies = resourcesOf(homeTemplate, "AWS::SQS::QueuePolicy").flatMap(([, { Properties }]) =>
    documentStatements(Properties.PolicyDocument),
  );
  expect(JSON.stringify(queuePolicies)).not.toContain("210987654321");
});

test("an environment that needs no alarms from elsewhere has no bus and no other stack", () => {
  const alone = stacksOf(plainEnvironment);
  expect(alone.forwarding).toEqual([]);
  Template.fromStack(alone.home).resourceCountIs("AWS::Events::EventBus", 0);
});

test("in an app of one's own the construct's bus is at hand, in another region's stack, too", () => {
  const app = plainApp();
  const [here, there] = ["eu-central-1", "us-east-1"].map(
    (region) => new Stack(app, region, { env: { region, account } }),
  );
  const { region: _, name, connections } = plainEnvironment;
  const { alarmBus } = new RingCxAutomation(here as Stack, "RingCx", {
    name,
    connections,
    failover: { alarmRegions: ["us-east-1"] },
  });
  new AlarmForwarding(there as Stack, "Alarms", { eventBusArn: alarmBus.eventBusArn });
  const [[, sent] = []] = resourcesOf(Template.fromStack(there as Stack), "AWS::Events::Rule");
  expect(resolved(sent?.Properties.Targets)).toMatchObject([
    { Arn: `arn:aws:events:eu-central-1:${account}:event-bus/RingCxAutomation-plain` },
  ]);
});

test.each<[what: string, alarmRegions: string[] | undefined, read: string[]]>([
  ["none that is named", undefined, ["eu-central-1"]],
  ["another region alone", ["us-east-1"], ["eu-central-1", "us-east-1"]],
  ["both", ["us-east-1", "eu-central-1"], ["eu-central-1", "us-east-1"]],
  ["an empty list", [], []],
])("tags of alarms are read at home, too: %s", (_, alarmRegions, read) => {
  const { home: stack } = stacksOf({ ...plainEnvironment, ...(alarmRegions && { failover: { alarmRegions } }) });
  const told = resourcesOf(Template.fromStack(stack), "AWS::Lambda::Function").flatMap(([, { Properties }]) => {
    const text = JSON.stringify(Properties).replaceAll("\\", "");
    return /"alarmRegions":(\[[^\]]*\])/.exec(text)?.[1] ?? [];
  });
  expect(told.map((list) => JSON.parse(list))).toEqual([read]);
});

test("without another region or account in the settings, the bus says which one to name", () => {
  const stack = new Stack(plainApp(), "Home", { env: { region: "eu-central-1", account } });
  const automation = new RingCxAutomation(stack, "RingCx", {
    name: "plain",
    connections: plainEnvironment.connections,
  });
  expect(() => automation.alarmBus).toThrow(
    "Home/RingCx.alarmBus: there is none. Name the other region in failover.alarmRegions",
  );
});

test("a prefix with a wildcard is warned of where the events come from, too", () => {
  const stack = new Stack(plainApp(), "Away", { env: { region: "us-east-1", account } });
  const eventBusArn = `arn:aws:events:eu-central-1:${account}:event-bus/alarms`;
  const { node } = new AlarmForwarding(stack, "Alarms", { eventBusArn, alarmNamePrefixes: ["crm-*"] });
  const told = node.metadata.map(({ data }) => String(data)).filter((text) => text.includes("wildcardPrefix"));
  expect(told).toEqual([expect.stringMatching(/^alarmNamePrefixes: a prefix has no wildcard/)]);
});
