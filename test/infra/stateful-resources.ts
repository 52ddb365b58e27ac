import type { Resource } from "./synthesized.ts";

/**
 * Types that hold what a deployment must not lose, each with the properties whose change makes CloudFormation put an
 * empty one in its place. Source: AWS CloudFormation Template Reference, "Update requires: Replacement" (of a key:
 * what cannot be changed at all).
 */
const replacing: Readonly<Record<string, readonly string[]>> = {
  "AWS::DynamoDB::Table": ["TableName", "KeySchema", "AttributeDefinitions", "LocalSecondaryIndexes"],
  "AWS::KMS::Key": ["KeySpec", "KeyUsage", "MultiRegion", "Origin"],
  "AWS::SecretsManager::Secret": ["Name"],
  "AWS::SNS::Topic": ["TopicName", "FifoTopic"],
  "AWS::SQS::Queue": ["QueueName", "FifoQueue"],
};

export type Resources = Readonly<Record<string, Resource>>;

/** The stateful resources among all. */
export function statefulResources(resources: Resources): Resources {
  return Object.fromEntries(Object.entries(resources).filter(([, { Type }]) => Type in replacing));
}

/** What an update from one template to the next would lose, one sentence each; empty when nothing is lost. */
export function lossesOnUpdate(released: Resources, next: Resources): string[] {
  return Object.entries(statefulResources(released)).flatMap(([id, before]) => {
    const after = next[id];
    if (after?.Type !== before.Type)
      return [`${id} (${before.Type}) is gone: it would be given up, and an empty one made`];
    const changed = (replacing[before.Type] ?? []).filter(
      (name) => JSON.stringify(before.Properties[name]) !== JSON.stringify(after.Properties[name]),
    );
    const replaced = changed.map(
      (name) => `${id} (${before.Type}): its ${name} changed, an empty one would replace it`,
    );
    const isKept = ["DeletionPolicy", "UpdateReplacePolicy"] as const;
    const keeps = (policy: string | undefined) => policy === "Retain" || policy === "RetainExceptOnCreate";
    const givenUp = isKept.filter((policy) => keeps(before[policy]) && !keeps(after[policy]));
    return [...replaced, ...givenUp.map((policy) => `${id} (${before.Type}): its ${policy} is no longer Retain`)];
  });
}
