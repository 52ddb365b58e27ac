import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
} from "@aws-sdk/client-sqs";
import { peekEvent } from "../../shared/contract/door/read-event.ts";
import { notKept } from "../../shared/queues/dead-letter.ts";
import type { Environment } from "../environment/environment.ts";

/** A message or command that could never succeed, as its queue keeps it. */
export interface Reject {
  /** How people call it: the source and id of its event, with a slash between them; SQS's id where it has none. */
  name: string;
  /** SQS's id of it. */
  messageId: string;
  /** The event's own, as far as it has one. */
  event: { source?: string; id?: string; type?: string; accountId?: string };
  /** ISO 8601. */
  sentAt: string;
  reason: string;
  /** What is wrong, as JSON, where it is said beside the message. */
  problems?: string;
  body: string;
  /** It held a credential and was not kept: only that is said in its place. */
  isKept: boolean;
  receiptHandle: string;
}

/** Which queue of rejects. */
export type RejectQueue = "RejectQueueUrl" | "CommandRejectQueueUrl";

/** How long others do not see what is being looked at, in seconds. */
const lookSeconds = 60;

/** The same of what is being dealt with: thousands need minutes, and what comes back meanwhile cannot be taken off. */
const actSeconds = 15 * 60;

/** Receives without a new one until it is taken that there are no more. */
const mostEmpty = 2;

/**
 * What a queue of rejects holds, the oldest first. While `use` runs nobody else sees them; afterwards they are back. A
 * FIFO queue shows no more of a group than it gives at once, ten at most: `hidden` is about how many stand behind those.
 * Whatever is done with rejects is done with those that were found before it began: what comes forward meanwhile nobody
 * has seen.
 *
 * @param mayAct whether `use` takes any off the queue
 */
export async function withRejects<T>(
  { sqs, outputs }: Environment,
  queue: RejectQueue,
  use: (rejects: readonly Reject[], hidden: number) => Promise<T>,
  { mayAct = false } = {},
): Promise<T> {
  const QueueUrl = outputs[queue];
  const found = new Map<string, Reject>();
  try {
    await receive(sqs, { QueueUrl, VisibilityTimeout: mayAct ? actSeconds : lookSeconds }, (reject) =>
      found.set(reject.messageId, reject),
    );
    const rejects = [...found.values()].sort((a, b) => a.sentAt.localeCompare(b.sentAt));
    return await use(rejects, Math.max(0, (await countOf(sqs, QueueUrl)) - rejects.length));
  } finally {
    await showAgain(sqs, QueueUrl, [...found.values()]);
  }
}

/** Receives until there are no more. */
async function receive(
  sqs: Environment["sqs"],
  from: Pick<ReceiveMessageCommandInput, "QueueUrl" | "VisibilityTimeout">,
  take: (reject: Reject) => void,
): Promise<void> {
  for (let empty = 0; empty < mostEmpty; ) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        ...from,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
        MessageAttributeNames: ["All"],
        MessageSystemAttributeNames: ["SentTimestamp"],
      }),
    );
    empty = Messages.length === 0 ? empty + 1 : 0;
    for (const message of Messages) take(rejectOf(message));
  }
}

/** Others may look again. */
async function showAgain(sqs: Environment["sqs"], QueueUrl: string, rejects: readonly Reject[]): Promise<void> {
  for (const { receiptHandle } of rejects) {
    // One that was dropped meanwhile is not there any more.
    await sqs
      .send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout: 0 }))
      .catch(() => undefined);
  }
}

/** Takes a reject off its queue for good. */
export async function dropReject(
  { sqs, outputs }: Environment,
  queue: RejectQueue,
  { receiptHandle }: Reject,
): Promise<void> {
  await sqs.send(new DeleteMessageCommand({ QueueUrl: outputs[queue], ReceiptHandle: receiptHandle }));
}

/** How many rejects there are, seen or not, about: so SQS counts. */
export async function countRejects({ sqs, outputs }: Environment, queue: RejectQueue): Promise<number> {
  return countOf(sqs, outputs[queue]);
}

async function countOf(sqs: Environment["sqs"], QueueUrl: string): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    }),
  );
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
}

function rejectOf({ MessageId = "", Body = "", ReceiptHandle = "", Attributes, MessageAttributes }: Message): Reject {
  const problems = MessageAttributes?.problems?.StringValue;
  const event = peekEvent(Body);
  return {
    name: event.source === undefined || event.id === undefined ? MessageId : `${event.source}/${event.id}`,
    messageId: MessageId,
    event,
    sentAt: new Date(Number(Attributes?.SentTimestamp ?? 0)).toISOString(),
    reason: MessageAttributes?.reason?.StringValue ?? "no reason is kept with it: its outcome tells",
    ...(problems !== undefined && { problems }),
    body: Body,
    isKept: Body !== notKept,
    receiptHandle: ReceiptHandle,
  };
}
