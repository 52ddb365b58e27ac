import { readFileSync } from "node:fs";
import { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { AccountPrincipal, Role } from "aws-cdk-lib/aws-iam";
import { describe, expect, test } from "vitest";
import { checkedEnvironment } from "../../../infra/environments.ts";
import { RingCxAutomationStack } from "../../../infra/ringcx-automation-stack.ts";
import { plainApp, plainEnvironment, resourcesOf, statementsOf, synthesized, target } from "../synthesized.ts";

const template = synthesized();

test("the key has an alias of its environment", () => {
  const [[key] = []] = resourcesOf(template, "AWS::KMS::Key");
  const [[, alias] = []] = resourcesOf(template, "AWS::KMS::Alias");
  expect(alias?.Properties.AliasName).toBe("alias/ringcx-automation/plain");
  expect(target(alias?.Properties.TargetKeyId)).toBe(key);
});

test("what producers need is under the environment's path, and the document names all of it", () => {
  const parameters = resourcesOf(template, "AWS::SSM::Parameter").map(([, { Properties }]) => Properties);
  const document = readFileSync("docs/producers.md", "utf8");
  const names = parameters.map(({ Name }) => String(Name));
  expect(names.toSorted()).toEqual([
    "/ringcx-automation/plain/command-queue-arn",
    "/ringcx-automation/plain/command-queue-url",
    "/ringcx-automation/plain/key-arn",
    "/ringcx-automation/plain/outcome-topic-arn",
    "/ringcx-automation/plain/provisioning-queue-arn",
    "/ringcx-automation/plain/provisioning-queue-url",
  ]);
  for (const name of names) expect(document).toContain(`\`${name.split("/").at(-1)}\``);
  const types: Readonly<Record<string, string>> = {
    queue: "AWS::SQS::Queue",
    topic: "AWS::SNS::Topic",
    key: "AWS::KMS::Key",
  };
  for (const { Name, Value } of parameters) {
    const type = types[/(queue|topic|key)/.exec(String(Name))?.[0] ?? ""] ?? "";
    expect(
      resourcesOf(template, type).map(([id]) => id),
      String(Name),
    ).toContain(target(Value));
  }
});

describe.each([
  ["grantProvision", "ProvisioningQueue"],
  ["grantCommand", "CommandQueue"],
] as const)("%s", (grant, queue) => {
  const app = plainApp();
  const stack = new RingCxAutomationStack(app, "Automation", { environment: checkedEnvironment(plainEnvironment) });
  const mine = new Stack(app, "Mine", { env: { region: plainEnvironment.region } });
  const role = new Role(mine, "Crm", { assumedBy: new AccountPrincipal("111122223333") });
  const { success } = stack.automation[grant](role);
  const statements = statementsOf(Template.fromStack(mine));

  test("lets a role of another stack send to the one queue, with the key through SQS, and nothing more", () => {
    expect(success).toBe(true);
    expect(statements.map(({ actions }) => actions)).toEqual([
      ["sqs:SendMessage", "sqs:GetQueueUrl"],
      ["kms:GenerateDataKey", "kms:Decrypt"],
    ]);
    const [sends, encrypts] = statements.map(({ statement }) => statement);
    expect(JSON.stringify(sends?.Resource)).toContain(queue);
    expect(JSON.stringify(encrypts?.Resource)).toContain("Key");
    expect(encrypts?.Condition).toEqual({ StringEquals: { "kms:ViaService": ["sqs.eu-central-1.amazonaws.com"] } });
  });
});
