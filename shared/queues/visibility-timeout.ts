import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSRecord } from "aws-lambda";
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

/** The first wait of a message that somebody waits for, and the longest, in seconds. */
const soonSeconds = { first: 5, longest: 300 };

/**
 * Has a message delivered again soon, because somebody waits for it: after 5 s, 10 s, 20 s, ... and not after its queue's
 * whole time-out.
 */
export async function retrySoon(
  { sqs, queueUrl }: { sqs: Pick<SQSClient, "send">; queueUrl: string },
  { receiptHandle, attributes }: Pick<SQSRecord, "receiptHandle" | "attributes">,
): Promise<void> {
  const deliveries = Math.max(1, Number(attributes.ApproximateReceiveCount) || 1);
  const VisibilityTimeout = Math.min(soonSeconds.longest, soonSeconds.first * 2 ** (deliveries - 1));
  await sqs.send(
    new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout }),
  );
}

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
