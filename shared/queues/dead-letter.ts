import { SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { holdsCredential } from "../contract/credentials/credential-detection.ts";
import { textsInBase64 } from "../contract/door/event-data.ts";
import { messageAttributes } from "../primitives/message-attributes.ts";

/** A message that cannot succeed, and why. */
export interface DeadLetter {
  /**
   * The message as it came, so that it can be sent again unchanged. One that holds a credential is not kept, whatever
   * else it was refused for: {@link notKept} takes its place.
   */
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

/** What is kept in the place of a message that holds a credential. */
export const notKept =
  "This message was not kept, because it holds a credential. Change that credential: it has been on a queue. Store it in Secrets Manager, and name it by secretId in an authConfig.";

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
          MessageBody: [body, ...textsInBase64(body)].some(holdsCredential) ? notKept : body,
          ...(fifo && { MessageGroupId: fifo.groupId, MessageDeduplicationId: fifo.deduplicationId }),
          ...(Buffer.byteLength(body) <= longestBody && {
            MessageAttributes: messageAttributes(attributes, longestAttribute),
          }),
        }),
      );
    },
  };
}
