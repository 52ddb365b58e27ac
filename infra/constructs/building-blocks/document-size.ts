import { CfnResource, Stack } from "aws-cdk-lib";
import type { IConstruct } from "constructs";
import { type DocumentLimit, documentLimits } from "../../aws-limits.ts";

/** A document of a resource, as the template has it. */
interface SizedDocument {
  limit: DocumentLimit;
  document: unknown;
}

type Properties = Readonly<Record<string, unknown>>;

/** The documents of resources that are measured by themselves, by the resources' types. */
const documents: Readonly<Record<string, (properties: Properties) => SizedDocument>> = {
  "AWS::Events::Rule": ({ EventPattern }) => ({ limit: documentLimits.eventPattern, document: EventPattern }),
  "AWS::Events::EventBusPolicy": ({ Statement }) => ({ limit: documentLimits.eventBusPolicy, document: Statement }),
  "AWS::IAM::ManagedPolicy": ({ PolicyDocument }) => ({
    limit: documentLimits.managedPolicy,
    document: PolicyDocument,
  }),
  "AWS::SQS::QueuePolicy": ({ PolicyDocument }) => ({ limit: documentLimits.queuePolicy, document: PolicyDocument }),
  "AWS::KMS::Key": ({ KeyPolicy }) => ({ limit: documentLimits.keyPolicy, document: KeyPolicy }),
  "AWS::SNS::Subscription": ({ FilterPolicy }) => ({ limit: documentLimits.filterPolicy, document: FilterPolicy }),
};

/** What a setting puts into documents. */
export interface SettingTexts {
  /** As in `infra/environments.ts`: `failover.alarmNamePrefixes`. */
  setting: string;
  texts: readonly string[];
  /** How it is made shorter. */
  shorten: string;
}

/**
 * Says at synthesis what CloudFormation would only say in the middle of a deployment: that a document of a resource is longer
 * than AWS takes, with the setting that makes it so. What only the deployment knows counts with about its length.
 *
 * @param within what is looked through, once CDK's aspects have divided what it divides by itself
 * @returns a line for each document that is too long
 */
export function documentSizeProblems(within: IConstruct, settings: readonly SettingTexts[]): string[] {
  const resources = within.node.findAll().filter(CfnResource.isCfnResource);
  const resolved = resources.map((resource) => ({ resource, properties: propertiesOf(resource) }));
  const alone = resolved.flatMap(({ resource, properties }) => {
    const measured = documents[resource.cfnResourceType]?.(properties);
    return measured?.document === undefined ? [] : [{ path: resource.node.path, ...measured }];
  });
  return [...alone, ...inlinePolicies(resolved)].flatMap(({ path, ...each }) => {
    const where = path.slice(within.node.path.length + 1).replace(/\/Resource$/, "");
    return problemOf({ ...each, where }, settings);
  });
}

/** IAM counts what is written into a role together. */
function inlinePolicies(resolved: readonly { resource: CfnResource; properties: Properties }[]) {
  const byRole = new Map<string, { path: string; documents: unknown[] }>();
  for (const { resource, properties } of resolved) {
    if (resource.cfnResourceType !== "AWS::IAM::Policy") continue;
    for (const role of properties.Roles as readonly unknown[]) {
      const name = JSON.stringify(role);
      const known = byRole.get(name) ?? { path: resource.node.path, documents: [] };
      known.documents.push(properties.PolicyDocument);
      byRole.set(name, known);
    }
  }
  return [...byRole.values()].map(({ path, documents: all }) => ({
    path,
    limit: documentLimits.rolePolicies,
    document: all,
  }));
}

function problemOf(
  { where, limit, document }: SizedDocument & { where: string },
  settings: readonly SettingTexts[],
): string[] {
  const size = lengthOf(document);
  if (size <= limit.most) return [];
  const text = JSON.stringify(document);
  const shares = settings
    .map((each) => ({ ...each, share: shareOf(text, each.texts) }))
    .filter(({ share }) => share > size / 10)
    .sort((a, b) => b.share - a.share);
  const because = shares.map(({ setting, share }) => `${share} of them ${setting}`).join("; ");
  const advice = shares.map(({ shorten }) => shorten);
  return [
    `${where}: ${limit.what} has about ${size} characters, and ${limit.service} takes ${limit.most}${because && ` (${because})`}. To mend it, ${[...advice, "split the environment in two"].join(", or ")}`,
  ];
}

/** How many characters of a document are these texts: each as often as it is there. */
function shareOf(document: string, texts: readonly string[]): number {
  return [...new Set(texts)]
    .map((text) => JSON.stringify(text))
    .reduce((sum, text) => sum + (document.split(text).length - 1) * text.length, 0);
}

function propertiesOf(resource: CfnResource): Properties {
  const { Resources } = Stack.of(resource).resolve(resource._toCloudFormation()) as {
    Resources: Readonly<Record<string, { Properties?: Properties }>>;
  };
  return Object.values(Resources)[0]?.Properties ?? {};
}

/** Lengths of what CloudFormation puts in for its own references. */
const pseudoParameters: Readonly<Record<string, number>> = {
  "AWS::Partition": 3,
  "AWS::AccountId": 12,
  "AWS::Region": 12,
  "AWS::URLSuffix": 13,
};

/** About what a name or ARN is long that only the deployment knows. */
const lengthOfReference = 100;

/** Length of a resolved document as JSON without white space. */
function lengthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return JSON.stringify(value)?.length ?? 0;
  if (Array.isArray(value))
    return (
      1 +
      Math.max(
        1,
        value.reduce<number>((sum, each) => sum + lengthOf(each) + 1, 0),
      )
    );
  const entries = Object.entries(value);
  const [only] = entries;
  if (only && entries.length === 1 && (only[0] === "Ref" || only[0].startsWith("Fn::"))) return 2 + textLength(value);
  return (
    1 +
    Math.max(
      1,
      entries.reduce((sum, [key, each]) => sum + key.length + 4 + lengthOf(each), 0),
    )
  );
}

/** Length of a text that may be put together at deployment, without its quotation marks. */
function textLength(value: unknown): number {
  if (typeof value === "string") return value.length;
  const { Ref, "Fn::Join": join } = value as { Ref?: string; "Fn::Join"?: [string, unknown[]] };
  if (!join) return pseudoParameters[Ref ?? ""] ?? lengthOfReference;
  const [separator, parts] = join;
  return parts.reduce<number>((sum, part) => sum + textLength(part), separator.length * (parts.length - 1));
}
