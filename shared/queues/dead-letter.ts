import { type MessageAttributeValue, SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { OutcomeData } from "../contract/outcome.ts";
import type { Delivery } from "./message.ts";

/** Where rejected messages are kept with their reason, until somebody mends the cause and moves them back. */
export interface DeadLetterQueue {
  keep(message: Delivery, why: OutcomeData): Promise<void>;
}

/** Longest list of problems that goes along, in characters. */
const longest = 10_000;

/** A body longer than this leaves no room for its reason, in bytes; the outcome has it in any case. */
const roomyBody = 900 * 1024;

export function createDeadLetterQueue({ sqs, queueUrl }: { sqs: SQSClient; queueUrl: string }): DeadLetterQueue {
  return {
    async keep({ body, messageId, messageGroupId }, { summary, problems = [], resources = [] }) {
      const all = [...problems, ...resources.flatMap((resource) => resource.problems ?? [])];
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: body,
          MessageGroupId: messageGroupId,
          // The same delivery, kept twice because telling it failed, is one message.
          MessageDeduplicationId: messageId,
          ...(Buffer.byteLength(body) <= roomyBody && {
            MessageAttributes: {
              reason: text(summary.slice(0, 1_000)),
              problems: text(JSON.stringify(all).slice(0, longest)),
            },
          }),
        }),
      );
    },
  };
}

function text(value: string): MessageAttributeValue {
  // SQS takes the characters of XML 1.0 only.
  return {
    DataType: "String",
    StringValue: value.replaceAll(/[^\P{Cc}\t\n\r]|[\ufffe\uffff]/gu, " "),
  };
}
