import { Template } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { addEnvironmentStacks } from "../../infra/environment-stacks.ts";
import { checkedEnvironment } from "../../infra/environments.ts";
import {
  documentStatements,
  everySetting,
  plainApp,
  plainEnvironment,
  resourcesOf,
  synthesized,
} from "./synthesized.ts";

/** A statement by which an AWS service may do something, and where the template has it. */
interface ServiceGrant {
  id: string;
  service: string;
  /** Names of the condition keys that must be equal, or alike, to something. */
  bound: string[];
}

/** Where each type of resource has its policy: the trust of a role, the policy of a resource. */
const documents = {
  "AWS::IAM::Role": "AssumeRolePolicyDocument",
  "AWS::KMS::Key": "KeyPolicy",
  "AWS::SecretsManager::ResourcePolicy": "ResourcePolicy",
  "AWS::SNS::TopicPolicy": "PolicyDocument",
  "AWS::SQS::QueuePolicy": "PolicyDocument",
} as const;

function serviceGrants(template: Template): ServiceGrant[] {
  const inDocuments = Object.entries(documents).flatMap(([type, property]) =>
    resourcesOf(template, type).flatMap(([id, { Properties }]) =>
      documentStatements(Properties[property])
        .filter(({ Effect }) => Effect === "Allow")
        .flatMap(({ Principal, Condition }) =>
          [(Principal as { Service?: string | string[] }).Service ?? []].flat().map((service) => ({
            id,
            service,
            bound: boundKeys(Condition),
          })),
        ),
    ),
  );
  const permissions = resourcesOf(template, "AWS::Lambda::Permission").map(([id, { Properties }]) => ({
    id,
    service: String(Properties.Principal),
    bound: ["SourceAccount", "SourceArn"].filter((name) => name in Properties).map((name) => `aws:${name}`),
  }));
  return [...inDocuments, ...permissions].filter(({ service }) => service.endsWith(".amazonaws.com"));
}

/**
 * Keys whose value names the account. CloudWatch Logs says of what it encrypts by the context of the encryption only: the
 * group's ARN. Source: CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS KMS".
 */
const accountKeys = ["aws:SourceAccount", "aws:SourceArn", "kms:EncryptionContext:aws:logs:arn"];

function boundKeys(condition: unknown): string[] {
  return Object.entries((condition ?? {}) as Record<string, object>).flatMap(([operator, keys]) =>
    /^(StringEquals|ArnEquals|ArnLike)$/.test(operator) ? Object.keys(keys) : [],
  );
}

test("so does EventBridge where it forwards alarms", () => {
  const app = plainApp();
  const { forwarding } = addEnvironmentStacks(app, checkedEnvironment(everySetting), [everySetting]);
  const grants = forwarding.flatMap((stack) => serviceGrants(Template.fromStack(stack)));
  expect(grants).toMatchObject([{ service: "events.amazonaws.com", bound: ["aws:SourceAccount"] }]);
});

describe.each([
  ["the plain environment", plainEnvironment],
  ["the environment with every setting", everySetting],
])("an AWS service acts for this account only, in %s", (_, environment) => {
  const grants = serviceGrants(synthesized(environment));

  test.each(grants.map(({ id, service, bound }) => [service, id, bound] as const))(
    "%s (%s)",
    (_service, _id, bound) => {
      expect(bound.filter((key) => accountKeys.includes(key))).not.toEqual([]);
    },
  );

  test("all of them are looked at", () => {
    expect([...new Set(grants.map(({ service }) => service))].sort()).toEqual([
      "cloudwatch.amazonaws.com",
      "events.amazonaws.com",
      "lambda.amazonaws.com",
      ...(environment.encryptLogs ? ["logs.eu-central-1.amazonaws.com"] : []),
      "scheduler.amazonaws.com",
      "secretsmanager.amazonaws.com",
    ]);
  });

  test("the scheduler also says its group", () => {
    const scheduler = grants.filter(({ service }) => service === "scheduler.amazonaws.com");
    expect(scheduler).toHaveLength(2);
    for (const { bound, id } of scheduler) expect(bound.sort(), id).toEqual(["aws:SourceAccount", "aws:SourceArn"]);
  });
});

test("no other type of the template has a policy of its own that would have to be looked at", () => {
  // Who may send to the bus is other AWS accounts, and no service.
  const known = new Set<string>([...Object.keys(documents), "AWS::IAM::Policy", "AWS::Events::EventBusPolicy"]);
  const { Resources } = synthesized(everySetting).toJSON() as { Resources: Record<string, { Type: string }> };
  const others = Object.values(Resources).filter(
    (resource) => !known.has(resource.Type) && /"Principal":\{/.test(JSON.stringify(resource)),
  );
  expect(others.map(({ Type }) => Type)).toEqual([]);
});
