import { Stack } from "aws-cdk-lib";
import { AccountPrincipal, ArnPrincipal, type IPrincipal, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { EnvironmentSettings } from "../environments.ts";
import type { RingCxAccess } from "./ringcx-access.ts";

/**
 * Lets producers of other AWS accounts send to a queue, and nothing more. The queue is encrypted, so that a sender
 * needs the stack's key as well, but only through SQS: with it nothing else can be read, and the queue's own policy
 * lets nobody else receive. Source: SQS Developer Guide, "Key management" (producers need GenerateDataKey and Decrypt).
 */
export function allowProducers(
  queue: Queue,
  { settings: { provisioning }, access }: { settings: EnvironmentSettings; access: RingCxAccess },
): void {
  for (const producer of provisioning.producers) {
    const principal: IPrincipal = /^\d{12}$/.test(producer)
      ? new AccountPrincipal(producer)
      : new ArnPrincipal(producer);
    queue.grant(principal, "sqs:SendMessage", "sqs:GetQueueUrl");
    access.key.addToResourcePolicy(
      new PolicyStatement({
        principals: [principal],
        actions: ["kms:GenerateDataKey", "kms:Decrypt"],
        resources: ["*"],
        conditions: { StringEquals: { "kms:ViaService": `sqs.${Stack.of(queue).region}.amazonaws.com` } },
      }),
    );
  }
}
