import { Stack } from "aws-cdk-lib";
import { AccountPrincipal, ArnPrincipal, type IPrincipal, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Key } from "aws-cdk-lib/aws-kms";
import type { Queue } from "aws-cdk-lib/aws-sqs";

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
  for (const producer of producers) {
    const principal: IPrincipal = /^\d{12}$/.test(producer)
      ? new AccountPrincipal(producer)
      : new ArnPrincipal(producer);
    queue.grant(principal, "sqs:SendMessage", "sqs:GetQueueUrl");
    key.addToResourcePolicy(
      new PolicyStatement({
        principals: [principal],
        actions: ["kms:GenerateDataKey", "kms:Decrypt"],
        resources: ["*"],
        conditions: { StringEquals: { "kms:ViaService": `sqs.${Stack.of(queue).region}.amazonaws.com` } },
      }),
    );
  }
}
