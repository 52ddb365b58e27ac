import { App } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { checkedEnvironment, type EnvironmentInput } from "../../infra/environments.ts";
import { RingCxAutomationStack } from "../../infra/ringcx-automation-stack.ts";

export const plainEnvironment: EnvironmentInput = {
  name: "plain",
  region: "eu-central-1",
  connections: [{ name: "main", accountIds: ["123456"] }],
};

/** Every setting that adds something to the template. */
export const everySetting: EnvironmentInput = {
  ...plainEnvironment,
  name: "everything",
  account: "111122223333",
  accountsIn: "parameters",
  rotation: { issuerFunctionArns: ["arn:aws:lambda:eu-central-1:111122223333:function:crm-issuer"] },
  confinement: { onViolation: "deactivate" },
  failover: {
    alarmReadRoleArns: { "210987654321": "arn:aws:iam::210987654321:role/ringcx-reads-alarms" },
    alarmNamePrefixes: ["crm-"],
    alarmRegions: ["eu-central-1", "us-east-1"],
    reserveConcurrency: true,
  },
  provisioning: { producers: ["210987654321", "arn:aws:iam::109876543210:role/crm"] },
  notifications: {
    alarms: ["on-call@example.com", "https://events.example.com/alarms"],
    page: ["night@example.com"],
    ticket: ["day@example.com"],
    outcomes: [{ endpoint: "team@example.com", statuses: ["REJECTED"] }],
  },
  encryptLogs: true,
  permissionsBoundaryArn: "arn:aws:iam::111122223333:policy/boundary",
  vpc: { subnetIds: ["subnet-0a1b2c3d", "subnet-0e1f2a3b"], securityGroupIds: ["sg-0a1b2c3d"] },
};

/** Parts of AWS, each with a region, the domain of its services and another region. */
export const partitions = [
  ["aws", "eu-central-1", "amazonaws.com", "us-east-1"],
  ["aws-us-gov", "us-gov-west-1", "amazonaws.com", "us-gov-east-1"],
  ["aws-cn", "cn-north-1", "amazonaws.com.cn", "cn-northwest-1"],
  ["aws-eusc", "eusc-de-east-1", "amazonaws.eu", "eusc-de-west-1"],
] as const;

/** The environment with every setting, in another part of AWS. */
export function everySettingIn(partition: string, region: string): EnvironmentInput {
  const { region: here = "" } = everySetting;
  const other = partitions.find(([name]) => name === partition)?.[3] ?? "";
  const text = JSON.stringify(everySetting).replaceAll("arn:aws:", `arn:${partition}:`);
  return JSON.parse(text.replaceAll(here, region).replaceAll("us-east-1", other));
}

/**
 * An app that bundles no function. CDK's own check of the templates takes seconds and would only warn: where it counts
 * (`nag.test.ts`, `settings/partitions.test.ts`) it is asked for.
 */
export function plainApp(): App {
  return new App({ context: { "aws:cdk:bundling-stacks": [] }, builtinCloudFormationValidation: false });
}

const known = new Map<string, object>();

/** The template of an environment, without bundling the functions. Synthesized once; each caller's is its own. */
export function synthesized(input: EnvironmentInput = plainEnvironment): Template {
  const key = JSON.stringify(input);
  const json = known.get(key) ?? templateOf(input);
  known.set(key, json);
  return Template.fromJSON(structuredClone(json));
}

function templateOf(input: EnvironmentInput): object {
  const stack = new RingCxAutomationStack(plainApp(), "Stack", { environment: checkedEnvironment(input) });
  return Template.fromStack(stack).toJSON();
}

export interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

/** Resources of one type by logical id. */
export function resourcesOf(template: Template, type: string): [string, Resource][] {
  return Object.entries(template.findResources(type)) as [string, Resource][];
}

/** The logical id that a `Ref` or `Fn::GetAtt` points at. */
export function target(value: unknown): string {
  const { Ref, "Fn::GetAtt": attribute } = (value ?? {}) as { Ref?: string; "Fn::GetAtt"?: [string, string] };
  return Ref ?? attribute?.[0] ?? "";
}

export interface PolicyStatement {
  /** Logical id of the policy. */
  id: string;
  statement: Readonly<Record<string, unknown>>;
  actions: string[];
}

/** Every statement of the roles' policies. */
export function statementsOf(template: Template): PolicyStatement[] {
  return resourcesOf(template, "AWS::IAM::Policy").flatMap(([id, { Properties }]) =>
    documentStatements(Properties.PolicyDocument).map((statement) => ({
      id,
      statement,
      actions: [statement.Action].flat() as string[],
    })),
  );
}

/** Statements of one policy document. */
export function documentStatements(document: unknown): Record<string, unknown>[] {
  return (document as { Statement: Record<string, unknown>[] }).Statement;
}

const arnThere = (service: string, name: string) => `arn:aws:${service}:eu-central-1:111122223333:${name}`;

/** An automation that another app has made, as `fromAutomationAttributes` takes it. */
export const importedAttributes = {
  name: "live",
  provisioningQueueArn: arnThere("sqs", "provisioning.fifo"),
  commandQueueArn: arnThere("sqs", "commands"),
  outcomeTopicArn: arnThere("sns", "outcomes"),
  keyArn: arnThere("kms", "key/1"),
};
