import { PublishCommand } from "@aws-sdk/client-sns";
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import type { Aws } from "./aws.ts";
import type { Call } from "./call.ts";

const noAnswer = { Messages: [] as Message[] };

async function send({ sqs, fifo }: Aws, MessageBody: string, group: string | undefined, more: object = {}) {
  const input = { QueueUrl: fifo, MessageBody, MessageDeduplicationId: MessageBody, ...more };
  return sqs.send(new SendMessageCommand({ ...input, ...(group !== undefined && { MessageGroupId: group }) }));
}

async function receive({ sqs }: Aws, QueueUrl: string, WaitTimeSeconds = 1) {
  const input = { QueueUrl, WaitTimeSeconds, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ["All" as const] };
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ ...input, MessageAttributeNames: ["All"] }));
  return Messages ?? noAnswer.Messages;
}

/** What was received and is neither deleted nor given back, by host. */
const received = new WeakMap<Aws, Message[]>();
const inFlightOf = (aws: Aws) => received.get(aws) ?? noAnswer.Messages;

export const messagingCalls: readonly Call[] = [
  {
    what: "a message without a group is refused",
    does: (aws) => send(aws, "lost", undefined),
    answers: "error MissingParameter",
  },
  {
    what: "a message of one deduplication id is kept once, under the id and sequence number that it had",
    does: async (aws) => {
      const first = await send(aws, "1", "a");
      const again = await send(aws, "other text", "a", { MessageDeduplicationId: "1" });
      return [again.MessageId === first.MessageId, again.SequenceNumber === first.SequenceNumber];
    },
    answers: [true, true],
  },
  {
    what: "sequence numbers have twenty digits, and sort as the messages do",
    does: async (aws) => {
      const sent = [];
      for (const [body, group] of [
        ["2", "a"],
        ["3", "a"],
        ["b1", "b"],
      ] as const)
        sent.push((await send(aws, body, group)).SequenceNumber ?? "");
      return [sent.every((number) => /^\d{20}$/.test(number)), sent.join() === sent.toSorted().join()];
    },
    answers: [true, true],
  },
  {
    what: "messages come in the order of their group",
    does: async (aws) => {
      received.set(aws, await receive(aws, aws.fifo));
      const bodies = inFlightOf(aws).map(({ Body }) => Body);
      return bodies.filter((body) => !body?.startsWith("b"));
    },
    answers: ["1", "2", "3"],
    known: {
      "the local host": {
        answers: ["1"],
        because:
          "it gives one message of a group at a time, never another before it; batches of one group have tests of their own",
      },
    },
  },
  {
    what: "nothing more of a group comes while one of it is being worked on",
    does: async (aws) => {
      await send(aws, "4", "a");
      return (await receive(aws, aws.fifo)).map(({ Body }) => Body).filter((body) => body !== "b1");
    },
    answers: [],
  },
  {
    what: "a message that is given back comes again, as received twice",
    does: async (aws) => {
      const entry = { QueueUrl: aws.fifo, VisibilityTimeout: 0 };
      for (const { ReceiptHandle } of inFlightOf(aws).toReversed())
        await aws.sqs.send(new ChangeMessageVisibilityCommand({ ...entry, ReceiptHandle }));
      const again = await receive(aws, aws.fifo);
      received.set(aws, again);
      const ofA = again.filter(({ Body }) => !Body?.startsWith("b"));
      return [ofA[0]?.Body, ofA[0]?.Attributes?.ApproximateReceiveCount];
    },
    answers: ["1", "2"],
  },
  {
    what: "a message is deleted, and that twice does no harm",
    does: async (aws) => {
      for (const { ReceiptHandle } of [...inFlightOf(aws), ...inFlightOf(aws)])
        await aws.sqs.send(new DeleteMessageCommand({ QueueUrl: aws.fifo, ReceiptHandle }));
      return "deleted";
    },
    answers: "deleted",
    known: {
      MiniStack: {
        answers: "error ReceiptHandleIsInvalid",
        because: "it knows no handle twice; the queues that Lambda reads are deleted from by Lambda",
      },
    },
  },
  {
    what: "a message of a FIFO queue has no delay of its own",
    does: (aws) => send(aws, "late", "a", { DelaySeconds: 5 }),
    answers: "error InvalidParameterValue",
  },
  {
    what: "a control character is refused",
    does: (aws) => send(aws, "a\u0001", "a", { MessageDeduplicationId: "control" }),
    answers: "error InvalidMessageContents",
  },
  {
    what: "two entries of a batch with one id are refused",
    does: ({ sqs, queue }) =>
      sqs.send(
        new SendMessageBatchCommand({
          QueueUrl: queue,
          Entries: [
            { Id: "1", MessageBody: "x" },
            { Id: "1", MessageBody: "y" },
          ],
        }),
      ),
    answers: "error BatchEntryIdsNotDistinct",
  },
  {
    what: "a queue that is not there is told",
    does: (aws) => receive(aws, `${aws.queue}-none`),
    answers: "error QueueDoesNotExist",
  },
  {
    what: "what is published comes to the queue as it is, with its attributes",
    does: async (aws) => {
      const attribute = { DataType: "String", StringValue: "SUCCEEDED" };
      await aws.sns.send(
        new PublishCommand({ TopicArn: aws.topic, Message: '{"語":1}', MessageAttributes: { status: attribute } }),
      );
      const [message] = await receive(aws, aws.queue, 5);
      return [message?.Body, message?.MessageAttributes?.status?.StringValue];
    },
    answers: ['{"語":1}', "SUCCEEDED"],
  },
  {
    what: "a topic that is not there is told",
    does: ({ sns, topic }) => sns.send(new PublishCommand({ TopicArn: `${topic}-none`, Message: "x" })),
    answers: "error NotFoundException",
  },
  {
    what: "more than 256 KB are not published",
    does: ({ sns, topic }) => sns.send(new PublishCommand({ TopicArn: topic, Message: "x".repeat(262_145) })),
    answers: "error InvalidParameterException",
  },
];
