import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { localAccount, type Messaging, startMessaging } from "../../../../infra/local/gateway/messaging.ts";

let messaging: Messaging;

beforeEach(async () => {
  messaging = startMessaging("eu-central-1", "http://127.0.0.1:1", () => "sender");
  await create("rejects.fifo", { FifoQueue: "true" });
  await create("work.fifo", { FifoQueue: "true", RedrivePolicy: redriveTo("rejects.fifo") });
  await create("rejects");
  await create("work", { RedrivePolicy: redriveTo("rejects") });
  await create("other");
});

afterEach(() => messaging.close());

const arn = (name: string) => `arn:aws:sqs:eu-central-1:${localAccount}:${name}`;
const url = (name: string) => `http://127.0.0.1:1/${localAccount}/${name}`;
const redriveTo = (name: string) => JSON.stringify({ deadLetterTargetArn: arn(name), maxReceiveCount: 1 });

async function create(QueueName: string, Attributes: Record<string, string> = {}): Promise<void> {
  await messaging.sqs("CreateQueue", { QueueName, Attributes });
}

async function send(name: string, MessageBody: string): Promise<unknown> {
  const fifo = name.endsWith(".fifo") && { MessageGroupId: "g", MessageDeduplicationId: MessageBody };
  const MessageAttributes = { reason: { DataType: "String", StringValue: "why" } };
  const sent = await messaging.sqs("SendMessage", { QueueUrl: url(name), MessageBody, MessageAttributes, ...fifo });
  return sent.MessageId;
}

interface Received {
  MessageId: string;
  Body: string;
  MessageAttributes: object;
  Attributes: Record<string, string>;
}

async function receive(name: string, VisibilityTimeout = 0): Promise<Received[]> {
  const all = { MessageAttributeNames: ["All"], MessageSystemAttributeNames: ["All"], MaxNumberOfMessages: 10 };
  const { Messages = [] } = await messaging.sqs("ReceiveMessage", { QueueUrl: url(name), VisibilityTimeout, ...all });
  return Messages as Received[];
}

/** Starts a move and waits for its end. */
async function move(source: string, destination?: string): Promise<Record<string, unknown>> {
  await messaging.sqs("StartMessageMoveTask", {
    SourceArn: arn(source),
    ...(destination !== undefined && { DestinationArn: arn(destination) }),
  });
  return ended(source);
}

async function ended(source: string): Promise<Record<string, unknown>> {
  const latest = async () => {
    const { Results } = await messaging.sqs("ListMessageMoveTasks", { SourceArn: arn(source) });
    return (Results as Record<string, unknown>[])[0] ?? {};
  };
  await expect.poll(latest).not.toMatchObject({ Status: "RUNNING" });
  return latest();
}

/** Until SQS itself moves it to the dead-letter queue. */
async function giveUp(name: string): Promise<void> {
  for (let delivery = 0; delivery < 2; delivery += 1) await receive(name);
}

test.each(["", ".fifo"])(
  "a message that was sent to a dead-letter queue%s has no source that SQS knows",
  async (fifo) => {
    await send(`rejects${fifo}`, "wrong");
    expect(await move(`rejects${fifo}`)).toMatchObject({
      Status: "FAILED",
      FailureReason: "CouldNotDetermineMessageSource",
      ApproximateNumberOfMessagesMoved: 0,
    });
    expect(await receive(`rejects${fifo}`)).toHaveLength(1);
  },
);

test.each(["", ".fifo"])("with a destination it is moved, as a new message with what it had (%s)", async (fifo) => {
  const sent = await send(`rejects${fifo}`, "wrong");
  expect(await move(`rejects${fifo}`, `work${fifo}`)).toMatchObject({
    Status: "COMPLETED",
    ApproximateNumberOfMessagesMoved: 1,
    DestinationArn: arn(`work${fifo}`),
  });
  expect(await receive(`rejects${fifo}`)).toEqual([]);
  const [moved] = await receive(`work${fifo}`);
  expect(moved).toMatchObject({
    Body: "wrong",
    MessageAttributes: { reason: { StringValue: "why" } },
    Attributes: { ApproximateReceiveCount: "1", ...(fifo && { MessageGroupId: "g" }) },
  });
  expect(moved?.MessageId).not.toBe(sent);
});

test.each(["", ".fifo"])("what SQS itself gave up goes back to where it came from (%s)", async (fifo) => {
  await send(`work${fifo}`, "given up");
  await giveUp(`work${fifo}`);
  expect(await receive(`work${fifo}`)).toEqual([]);
  expect(await move(`rejects${fifo}`)).toMatchObject({ Status: "COMPLETED", ApproximateNumberOfMessagesMoved: 1 });
  expect((await receive(`work${fifo}`)).map(({ Body }) => Body)).toEqual(["given up"]);
});

test("a message that somebody is just looking at stays, and all of a group keep their order", async () => {
  for (const body of ["1", "2", "3"]) await send("rejects.fifo", body);
  await receive("rejects.fifo", 30);
  await move("rejects.fifo", "work.fifo");
  expect(await receive("work.fifo")).toEqual([]);
  for (const body of ["a", "b"]) await send("rejects", body);
  await move("rejects", "work");
  expect((await receive("work")).map(({ Body }) => Body)).toEqual(["a", "b"]);
});

test.each<[why: string, input: Record<string, unknown>, error: string]>([
  ["a queue that is no dead-letter queue", { SourceArn: arn("other") }, "InvalidParameterValue"],
  ["a source that is not there", { SourceArn: arn("missing") }, "ResourceNotFoundException"],
  [
    "a destination that is not there",
    { SourceArn: arn("rejects"), DestinationArn: arn("missing") },
    "ResourceNotFoundException",
  ],
  [
    "a destination of another type",
    { SourceArn: arn("rejects"), DestinationArn: arn("work.fifo") },
    "UnsupportedOperation",
  ],
  [
    "the source as the destination",
    { SourceArn: arn("rejects"), DestinationArn: arn("rejects") },
    "InvalidParameterValue",
  ],
  ["a rate above 500", { SourceArn: arn("rejects"), MaxNumberOfMessagesPerSecond: 501 }, "InvalidParameterValue"],
  ["a rate of nothing", { SourceArn: arn("rejects"), MaxNumberOfMessagesPerSecond: 0 }, "InvalidParameterValue"],
  ["no source", {}, "MissingParameter"],
])("%s is refused", async (_why, input, error) => {
  await expect(messaging.sqs("StartMessageMoveTask", input)).rejects.toMatchObject({
    code: error,
    // In SQS's words, none of a library's.
    message: expect.not.stringMatching(/✖|expected|Too (small|big)/),
  });
});

describe("a task that runs can be cancelled", () => {
  const cancel = (input: object) => messaging.sqs("CancelMessageMoveTask", { ...input });
  const latest = async () => {
    const { Results } = await messaging.sqs("ListMessageMoveTasks", { SourceArn: arn("rejects") });
    return (Results as { TaskHandle?: string; ApproximateNumberOfMessagesMoved: number }[])[0];
  };

  test("what has not been moved stays, and the task is told as cancelled", async () => {
    for (const body of ["1", "2", "3"]) await send("rejects", body);
    const rate = { MaxNumberOfMessagesPerSecond: 1 };
    const task = { SourceArn: arn("rejects"), DestinationArn: arn("work"), ...rate };
    const { TaskHandle } = await messaging.sqs("StartMessageMoveTask", task);
    await expect.poll(latest).toMatchObject({ TaskHandle, ApproximateNumberOfMessagesMoved: 1, ...rate });
    expect(await cancel({ TaskHandle })).toEqual({ ApproximateNumberOfMessagesMoved: 1 });
    await expect.poll(latest).toMatchObject({ Status: "CANCELLED", ApproximateNumberOfMessagesToMove: 3 });
    expect(await latest()).toMatchObject({ TaskHandle: undefined, ApproximateNumberOfMessagesMoved: 1 });
    expect((await receive("rejects")).map(({ Body }) => Body)).toEqual(["2", "3"]);
    expect((await receive("work")).map(({ Body }) => Body)).toEqual(["1"]);

    await expect(cancel({ TaskHandle })).rejects.toMatchObject({ code: "ResourceNotFoundException", status: 404 });
    // Another may be started, and moves the rest.
    expect(await move("rejects", "work")).toMatchObject({ Status: "COMPLETED", ApproximateNumberOfMessagesMoved: 2 });
  });

  const handle = (sourceArn: string) =>
    Buffer.from(JSON.stringify({ taskId: "00000000-0000-4000-8000-000000000000", sourceArn })).toString("base64");
  test.each([
    ["no handle", {}, "MissingParameter", /must contain the parameter TaskHandle/],
    [
      "what is none",
      { TaskHandle: "foobared" },
      "InvalidParameterValue",
      /^Value for parameter TaskHandle is invalid\.$/,
    ],
    [
      "one of a queue that is not there",
      { TaskHandle: handle(arn("missing")) },
      "ResourceNotFoundException",
      /SourceArn/,
    ],
    ["one of no task", { TaskHandle: handle(arn("rejects")) }, "ResourceNotFoundException", /^Task does not exist\.$/],
  ])("%s is refused as SQS does", async (_, input, code, message) => {
    await expect(cancel(input)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

test.each([0, 11, 1.5])("a list of %s tasks is none", async (MaxResults) => {
  const listed = messaging.sqs("ListMessageMoveTasks", { SourceArn: arn("rejects"), MaxResults });
  await expect(listed).rejects.toMatchObject({ code: "InvalidParameterValue" });
});

test("one task at a time for a queue", async () => {
  await send("rejects", "wrong");
  const start = () => messaging.sqs("StartMessageMoveTask", { SourceArn: arn("rejects"), DestinationArn: arn("work") });
  const [first, second] = await Promise.allSettled([start(), start()]);
  expect(first).toMatchObject({ status: "fulfilled", value: { TaskHandle: expect.any(String) } });
  expect(second).toMatchObject({ status: "rejected", reason: { message: expect.stringContaining("already a task") } });
  await ended("rejects");
  await expect(start()).resolves.toBeDefined();
  await ended("rejects");
});
