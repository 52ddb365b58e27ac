import { type SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { expect, test } from "vitest";
import { createDeadLetterQueue, type DeadLetter, notKept } from "../../../shared/queues/dead-letter.ts";

/** What SQS is sent for a letter. */
async function sent(letter: DeadLetter): Promise<SendMessageCommand["input"]> {
  const sqs = new SQSClient({ region: "us-east-1" });
  const inputs: SendMessageCommand["input"][] = [];
  sqs.middlewareStack.add(
    () =>
      async ({ input }) => {
        inputs.push(input as SendMessageCommand["input"]);
        return { output: { $metadata: {} }, response: undefined };
      },
    { step: "initialize" },
  );
  await createDeadLetterQueue({ sqs, queueUrl: "https://sqs.example.com/rejects" }).keep(letter);
  const [input] = inputs;
  if (!input) throw new Error("nothing was sent");
  return input;
}

test("a letter is the message as it came, with its reason beside it", async () => {
  expect(await sent({ body: "{oops", attributes: { reason: "no JSON\u0000" } })).toEqual({
    QueueUrl: "https://sqs.example.com/rejects",
    MessageBody: "{oops",
    MessageAttributes: { reason: { DataType: "String", StringValue: "no JSON\ufffd" } },
  });
});

test("in a FIFO queue it has its group, and the same delivery is kept once", async () => {
  const fifo = { groupId: "123456", deduplicationId: "m-1" };
  expect(await sent({ body: "x", attributes: {}, fifo })).toMatchObject({
    MessageGroupId: "123456",
    MessageDeduplicationId: "m-1",
  });
});

test("a long reason is cut, and left out where the body needs all the room", async () => {
  const attributes = { problems: "x".repeat(20_000) };
  expect((await sent({ body: "x", attributes })).MessageAttributes?.problems?.StringValue).toHaveLength(10_000);
  expect(await sent({ body: "x".repeat(950 * 1024), attributes })).not.toHaveProperty("MessageAttributes");
});

const inBase64 = (data: object) => ({
  specversion: "1.0",
  data_base64: Buffer.from(JSON.stringify({ accountId: "123456", why: "a/b?>", ...data })).toString("base64"),
});
const hidden = inBase64({ password: "hush-hush-1234" });
const wrapped = hidden.data_base64.replaceAll(/.{76}/g, "$&\n");

test("a message with its data in Base64 is kept as it came", async () => {
  const body = JSON.stringify(inBase64({ resources: [{ kind: "httpServiceGroup", groupName: "CRM enrichment" }] }));
  expect((await sent({ body, attributes: {} })).MessageBody).toBe(body);
});

test.each([
  ["one in Base64", JSON.stringify(hidden)],
  ["one in Base64 whose slashes are escaped", JSON.stringify(hidden).replaceAll("/", "\\/")],
  ["one in Base64 with line breaks", JSON.stringify({ data_base64: wrapped })],
  ["one in Base64 in a batch", JSON.stringify([{ id: "1" }, hidden], null, 2)],
  ["one in Base64 in another envelope", JSON.stringify({ Message: JSON.stringify(hidden) })],
  ["a message", JSON.stringify({ data: { resources: [{ headers: { "X-Api-Key": "hush-hush-1234" } }] } })],
  ["one in another envelope", JSON.stringify({ Message: JSON.stringify({ password: "hush-hush-1234" }) })],
  ["one that is cut off", '{"data":{"password":"hush-hush-1234","resou'],
  ["one that has it in a value that another follows", '{"groupName":"password=hush-hush-1234","groupName":"H"}'],
  ["one that has it in a name", '{"data":{"password=hush-hush-1234":1}}'],
  ["one that is nested too deep", `${"[".repeat(3_000)}{"password":"hush-hush-1234"}${"]".repeat(3_000)}`],
])("%s that holds a credential is not kept, and that is said in its place", async (_what, body) => {
  const letter = await sent({ body, attributes: { reason: "carries a credential" } });
  expect(letter.MessageBody).toBe(notKept);
  expect(JSON.stringify(letter)).not.toContain("hush-hush");
  expect(JSON.stringify(letter)).not.toContain(hidden.data_base64.slice(0, 40));
  expect(letter.MessageAttributes?.reason?.StringValue).toBe("carries a credential");
});
