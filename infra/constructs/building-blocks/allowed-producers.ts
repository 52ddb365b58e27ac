import { Stack } from "aws-cdk-lib";
import { AccountPrincipal, ArnPrincipal, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Key } from "aws-cdk-lib/aws-kms";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { RegionInfo } from "aws-cdk-lib/region-info";

/**
 * Lets producers of other AWS accounts send to a queue, and nothing more. The queue is encrypted, so that a sender
 * needs the stack's key as well, but only through SQS: with it nothing else can be read, and the queue's own policy
 * lets nobody else receive. Source: SQS Developer Guide, "Key management" (producers need GenerateDataKey and Decrypt).
 *
 * @param producers AWS account ids, or ARNs of roles and users
 * @param key encrypts the queue
 */
export function allowProducers(
  queue: Queue,
  { producers, key }: { producers: readonly string[]; key: Pick<Key, "addToResourcePolicy"> },
): void {
  if (producers.length === 0) return;
  // One statement for all: a queue's policy has room for 20. Source: SQS Developer Guide, "Amazon SQS quotas".
  const principals = producers.map((producer) =>
    /^\d{12}$/.test(producer) ? new AccountPrincipal(producer) : new ArnPrincipal(producer),
  );
  queue.addToResourcePolicy(
    new PolicyStatement({ principals, actions: ["sqs:SendMessage", "sqs:GetQueueUrl"], resources: [queue.queueArn] }),
  );
  key.addToResourcePolicy(
    new PolicyStatement({
      principals,
      actions: ["kms:GenerateDataKey", "kms:Decrypt"],
      resources: ["*"],
      conditions: { StringEquals: { "kms:ViaService": queueService(Stack.of(queue).region) } },
    }),
  );
}

/** SQS of a region as KMS names it: in some partitions it is not said under which of two domains, and both are its own. */
export function queueService(region: string): string[] {
  const suffix = RegionInfo.get(region).domainSuffix ?? "amazonaws.com";
  return [...new Set(["amazonaws.com", suffix])].map((domain) => `sqs.${region}.${domain}`);
}
