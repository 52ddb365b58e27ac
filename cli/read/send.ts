import { randomUUID } from "node:crypto";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import type { Environment } from "../environment/environment.ts";

/** A message or command, checked, as it is sent. */
export interface Sendable {
  accountId: string;
  isCommand: boolean;
  /** The CloudEvent as JSON. */
  body: string;
}

/**
 * Sends a message to the queue that it belongs to. Sent again it is worked on again, and finds nothing to do.
 *
 * @returns SQS's id of it
 */
export async function send(
  { sqs, outputs }: Environment,
  { accountId, isCommand, body }: Sendable,
): Promise<string | undefined> {
  const message = isCommand
    ? { QueueUrl: outputs.CommandQueueUrl }
    : // One group an account keeps its messages in order.
      { QueueUrl: outputs.ProvisioningQueueUrl, MessageGroupId: accountId, MessageDeduplicationId: randomUUID() };
  const { MessageId } = await sqs.send(new SendMessageCommand({ ...message, MessageBody: body }));
  return MessageId;
}
