import { expect, onTestFinished, test } from "vitest";
import { parseAwsRequest } from "../../../../infra/local/gateway/aws-request.ts";
import { startMessaging } from "../../../../infra/local/gateway/messaging.ts";

test("a message may hold whatever character SQS takes, as it was sent", async () => {
  const messaging = startMessaging("eu-central-1", "http://127.0.0.1:1", () => "AIDA");
  onTestFinished(() => messaging.close());
  const { QueueUrl } = await messaging.sqs("CreateQueue", { QueueName: "texts" });
  const MessageBody = "語 😀 𝒳\t\r\n";
  await messaging.sqs("SendMessage", { QueueUrl, MessageBody });
  expect(await messaging.sqs("ReceiveMessage", { QueueUrl })).toMatchObject({ Messages: [{ Body: MessageBody }] });
});

const region = "eu-central-1";
const topicArn = `arn:aws:sns:${region}:000000000000:news`;
const queueArn = (name: string) => `arn:aws:sqs:${region}:000000000000:${name}`;

/** A topic, a queue and a FIFO queue, and what comes of subscribing to the topic. */
async function subscribing() {
  const messaging = startMessaging(region, "http://127.0.0.1:1", () => "AIDA");
  onTestFinished(() => messaging.close());
  await messaging.sns("CreateTopic", { Name: "news" });
  await messaging.sqs("CreateQueue", { QueueName: "heard" });
  await messaging.sqs("CreateQueue", { QueueName: "ordered.fifo", Attributes: { FifoQueue: "true" } });
  return async (input: Record<string, string>) => {
    const body = Buffer.from(String(new URLSearchParams({ Action: "Subscribe", TopicArn: topicArn, ...input })));
    const headers = {
      authorization: `AWS4-HMAC-SHA256 Credential=AKIA/20260101/${region}/sns/aws4_request, `,
      "content-type": "application/x-www-form-urlencoded",
    };
    return messaging.service(parseAwsRequest("POST", "/", headers, body));
  };
}

test("a subscription to a queue of the system is taken", async () => {
  const subscribe = await subscribing();
  expect(await subscribe({ Protocol: "sqs", Endpoint: queueArn("heard") })).toMatchObject({ status: 200 });
});

test.each([
  ["an e-mail address", { Protocol: "email", Endpoint: "me@example.com" }, /delivers to SQS queues alone.*"email"/],
  ["a URL", { Protocol: "https", Endpoint: "https://example.com/" }, /delivers to SQS queues alone.*"https"/],
  ["a function", { Protocol: "lambda", Endpoint: "arn:aws:lambda:x" }, /delivers to SQS queues alone.*"lambda"/],
  ["a queue that is not there", { Protocol: "sqs", Endpoint: queueArn("herd") }, /has no queue arn.*:herd\./],
  [
    "a queue of another region",
    { Protocol: "sqs", Endpoint: queueArn("heard").replace(region, "us-east-1") },
    /has no queue arn:aws:sqs:us-east-1/,
  ],
  ["a queue by its URL", { Protocol: "sqs", Endpoint: "http://127.0.0.1:1/000000000000/heard" }, /by its ARN/],
  ["a FIFO queue", { Protocol: "sqs", Endpoint: queueArn("ordered.fifo") }, /FIFO SQS Queues can not be subscribed/],
])("a subscription that would never hear anything is refused in words: %s", async (_what, input, said) => {
  const subscribe = await subscribing();
  await expect(subscribe(input)).rejects.toMatchObject({
    code: "InvalidParameter",
    message: expect.stringMatching(said),
  });
});
