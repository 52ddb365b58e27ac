import { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { AccountPrincipal, PolicyStatement, Role } from "aws-cdk-lib/aws-iam";
import { expect, test } from "vitest";
import { documentLimits } from "../../infra/aws-limits.ts";
import { AlarmForwarding } from "../../infra/constructs/alarm-forwarding.ts";
import { documentSizeProblems } from "../../infra/constructs/building-blocks/document-size.ts";
import { settingTexts } from "../../infra/constructs/building-blocks/setting-texts.ts";
import { checkedEnvironment, type EnvironmentInput } from "../../infra/environments.ts";
import { RingCxAutomationStack } from "../../infra/ringcx-automation-stack.ts";
import { everySetting, plainApp, plainEnvironment, synthesized } from "./synthesized.ts";

/** What is told of an environment, with the stack's path left out. */
function problems(more: Partial<EnvironmentInput>): string[] {
  const environment = checkedEnvironment({ ...plainEnvironment, account: "111122223333", ...more });
  const { automation } = new RingCxAutomationStack(plainApp(), "Stack", { environment });
  return documentSizeProblems(automation, settingTexts(environment));
}

const many = (count: number, name: (index: string) => string) =>
  Array.from({ length: count }, (_, index) => name(String(index + 100)));

test("an event pattern that is too long names the setting that makes it so", () => {
  // So many that it takes the name of the stack to be too long: more are told by the settings alone.
  const alarmNamePrefixes = many(83, (index) => `crm-${index}-`);
  const found = problems({ failover: { alarmNamePrefixes } });
  expect(found).toHaveLength(1);
  expect(found.join()).toMatch(
    /^Failover\/AlarmRule: the event pattern has about 20\d{2} characters, and EventBridge takes 2048 \(\d+ of them failover\.alarmNamePrefixes\)\. To mend it, name fewer or shorter failover\.alarmNamePrefixes/,
  );
});

test("and so does the pattern that forwards alarms of elsewhere", () => {
  const stack = new Stack(plainApp(), "Other", { env: { region: "us-east-1", account: "111122223333" } });
  new AlarmForwarding(stack, "Forwarding", {
    eventBusArn: "arn:aws:events:eu-central-1:111122223333:event-bus/x",
    alarmNamePrefixes: many(200, (index) => `crm-${index}-`),
  });
  expect(() => Template.fromStack(stack)).toThrow(
    /the event pattern has about \d{4} characters.*of them alarmNamePrefixes/,
  );
});

test("a queue's policy likewise, and once where two queues have it each", () => {
  const path = "integration/".repeat(12);
  const producers = many(49, (index) => `arn:aws:iam::210987654${index}:role/${path}crm-${index}`);
  expect(problems({ provisioning: { producers } })).toEqual([
    expect.stringMatching(
      /^Provisioning\/ProvisioningQueue\/Policy: the queue's policy has about 9\d{3} characters, and SQS takes 8192 \(\d+ of them provisioning\.producers\)/,
    ),
    expect.stringMatching(/^Failover\/CommandQueue\/Policy: /),
  ]);
});

test("a role's policies are measured as CDK has divided them", () => {
  const stack = new Stack(plainApp(), "Roles");
  const role = new Role(stack, "Role", { assumedBy: new AccountPrincipal("111122223333") });
  const texts = many(100, (index) => `arn:aws:iam::111122223333:role/${"path/".repeat(15)}${index}`);
  stack.node.addValidation({
    validate: () => documentSizeProblems(stack, [{ setting: "arns", texts, shorten: "name fewer" }]),
  });
  for (const arn of texts) {
    role.addToPolicy(new PolicyStatement({ actions: ["sts:AssumeRole"], resources: [arn] }));
  }
  // Many small statements: CDK divides them.
  expect(() => Template.fromStack(stack)).not.toThrow();
  const one = new Role(new Stack(plainApp(), "One"), "Role", { assumedBy: new AccountPrincipal("111122223333") });
  one.addToPolicy(new PolicyStatement({ actions: ["sts:AssumeRole"], resources: texts }));
  expect(documentSizeProblems(Stack.of(one), [{ setting: "arns", texts, shorten: "name fewer" }])).toEqual([
    expect.stringMatching(
      /what is written into its role has about 1\d{4} characters, and IAM takes 10240 \(\d+ of them arns/,
    ),
  ]);
});

test("what fits is not spoken of, with every setting", () => {
  expect(problems(everySetting)).toEqual([]);
});

test("every document of the template that grows with settings has its limit", () => {
  const { Resources } = synthesized(everySetting).toJSON() as {
    Resources: Record<string, { Type: string; Properties?: Record<string, unknown> }>;
  };
  const found = new Set(
    Object.values(Resources).flatMap(({ Type, Properties = {} }) =>
      Object.keys(Properties)
        .filter((name) => /(Pattern|Policy|PolicyDocument|Statement)$/.test(name))
        .map((name) => `${Type} ${name}`),
    ),
  );
  // Of one size, whatever the settings are.
  for (const constant of [
    "AWS::IAM::Role AssumeRolePolicyDocument",
    "AWS::SNS::TopicPolicy PolicyDocument",
    "AWS::SQS::Queue RedrivePolicy",
    "AWS::SecretsManager::ResourcePolicy ResourcePolicy",
  ])
    found.delete(constant);
  expect([...found].sort()).toEqual([
    "AWS::Events::EventBusPolicy Statement",
    "AWS::Events::Rule EventPattern",
    "AWS::IAM::Policy PolicyDocument",
    "AWS::KMS::Key KeyPolicy",
    "AWS::SNS::Subscription FilterPolicy",
    "AWS::SQS::QueuePolicy PolicyDocument",
  ]);
  expect(Object.values(documentLimits).every(({ source }) => source.includes(":"))).toBe(true);
});
