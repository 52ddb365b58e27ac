import { expect, onTestFinished, test } from "vitest";
import { startMessaging } from "../../../../infra/local/gateway/messaging.ts";

test("a message may hold whatever character SQS takes, as it was sent", async () => {
  const messaging = startMessaging("eu-central-1", "http://127.0.0.1:1", () => "AIDA");
  onTestFinished(() => messaging.close());
  const { QueueUrl } = await messaging.sqs("CreateQueue", { QueueName: "texts" });
  const MessageBody = "語 😀 𝒳\t\r\n";
  await messaging.sqs("SendMessage", { QueueUrl, MessageBody });
  expect(await messaging.sqs("ReceiveMessage", { QueueUrl })).toMatchObject({ Messages: [{ Body: MessageBody }] });
});
