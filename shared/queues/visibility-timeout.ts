import { ChangeMessageVisibilityBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Random } from "../primitives/clock.ts";

/** Defers messages: they are delivered again in `waitMs` milliseconds, all at the same time. At most ten at once. */
export type ExtendVisibility = (
  messages: readonly { messageId: string; receiptHandle: string }[],
  waitMs: number,
) => Promise<void>;

/** SQS knows whole seconds, and no more than 12 hours. */
const mostSeconds = 12 * 60 * 60;

/** Spreads messages that are deferred to the same moment, in milliseconds; one message group stays together. */
const jitterMs = 500;

/** Defers messages of an SQS queue by their visibility timeout. */
export function createExtendVisibility({
  sqs,
  queueUrl,
  random,
}: {
  sqs: SQSClient;
  queueUrl: string;
  random: Random;
}): ExtendVisibility {
  return async (messages, waitMs) => {
    const seconds = Math.ceil((waitMs + random() * jitterMs) / 1000);
    const VisibilityTimeout = Math.min(mostSeconds, Math.max(1, seconds));
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
