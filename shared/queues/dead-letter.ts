import { type MessageAttributeValue, SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";

/** A message that cannot succeed, and why. */
export interface DeadLetter {
  /** The message as it came, so that it can be sent again unchanged. */
  body: string;
  /** Why, in text beside the body, by name: `reason` in one sentence, `problems` as JSON. Nothing in it may be secret. */
  attributes: Readonly<Record<string, string>>;
  /** Its place in a FIFO queue. Letters with the same `deduplicationId` are one. @default the queue is not FIFO */
  fifo?: { groupId: string; deduplicationId: string };
}

/** Where messages that cannot succeed are kept with their reason, until somebody mends the cause and moves them back. */
export interface DeadLetterQueue {
  keep(letter: DeadLetter): Promise<void>;
}

/** Longest attribute, in characters; what is longer is cut. */
const longestAttribute = 10_000;

/** A body longer than this leaves no room for attributes, in bytes; the outcome tells the reason in any case. */
const longestBody = 900 * 1024;

/** A dead-letter queue in SQS. @param queueUrl of a FIFO queue where its letters have a `fifo` */
export function createDeadLetterQueue({
  sqs,
  queueUrl,
}: {
  sqs: Pick<SQSClient, "send">;
  queueUrl: string;
}): DeadLetterQueue {
  return {
    async keep({ body, attributes, fifo }) {
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: body,
          ...(fifo && { MessageGroupId: fifo.groupId, MessageDeduplicationId: fifo.deduplicationId }),
          ...(Buffer.byteLength(body) <= longestBody && {
            MessageAttributes: Object.fromEntries(
              Object.entries(attributes).map(([name, value]) => [name, textAttribute(value)]),
            ),
          }),
        }),
      );
    },
  };
}

function textAttribute(value: string): MessageAttributeValue {
  return {
    DataType: "String",
    // SQS takes the characters of XML 1.0 only.
    StringValue: value.slice(0, longestAttribute).replaceAll(/[^\P{Cc}\t\n\r]|[\ufffe\uffff]/gu, " "),
  };
}
