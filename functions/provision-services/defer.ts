import { ChangeMessageVisibilityBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";

/** Puts messages off: they are delivered again in `waitMs`, all at the same time. */
export type DeferMessages = (
  messages: readonly { messageId: string; receiptHandle: string }[],
  waitMs: number,
) => Promise<void>;

/** SQS knows whole seconds, and no more than 12 hours. */
const mostSeconds = 12 * 60 * 60;

export function createDefer({ sqs, queueUrl }: { sqs: SQSClient; queueUrl: string }): DeferMessages {
  return async (messages, waitMs) => {
    const VisibilityTimeout = Math.min(mostSeconds, Math.max(1, Math.ceil(waitMs / 1000)));
    await sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: queueUrl,
        // A batch holds ten at most, as one of these does.
        Entries: messages.map(({ receiptHandle }, index) => ({
          Id: String(index),
          ReceiptHandle: receiptHandle,
          VisibilityTimeout,
        })),
      }),
    );
  };
}
