import { SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { type LoopbackServer, startLoopbackServer } from "../../../infra/local/loopback-server.ts";
import { AwsError, signedCall } from "../../../shared/runtime/signed-call.ts";
import { createTopics } from "../../../shared/runtime/sns-topics.ts";
import { testClock } from "../../support/client-fakes.ts";

let server: LoopbackServer;
/** What is answered next, in turn; then 200. */
let answers: [status: number, body: string, headers?: Record<string, string>][] = [];
const bodies: string[] = [];
beforeAll(async () => {
  server = await startLoopbackServer(async (request, response) => {
    bodies.push(Buffer.concat(await request.toArray()).toString());
    const [status, body, headers = {}] = answers.shift() ?? [200, "done"];
    response.writeHead(status, headers).end(body);
  });
  vi.stubEnv("AWS_ENDPOINT_URL", server.url);
});
afterEach(() => {
  answers = [];
  bodies.length = 0;
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.stop();
});

const client = new SQSClient({ region: "eu-central-1", credentials: { accessKeyId: "x", secretAccessKey: "x" } });
const tools = { clock: testClock(), random: () => 0.5 };
const call = () => signedCall(client, { service: "ssm", headers: {}, body: "{}", answerMs: 5_000 }, tools);

test.each([
  ["in its body", 400, '{"__type":"com.amazonaws.ssm#Denied","message":"no"}', {}],
  ["in its body, with a capital", 400, '{"__type":"Denied","Message":"no"}', {}],
  ["in a header", 403, '{"Message":"no"}', { "x-amzn-errortype": "Denied:http://internal.amazon.com/" }],
  ["in XML", 403, "<ErrorResponse><Error><Code>Denied</Code><Message>no</Message></Error></ErrorResponse>", {}],
])("an error is called as the service calls it %s, and is not asked for again", async (_, status, body, headers) => {
  answers = [[status, body, headers]];
  const error = await call().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(AwsError);
  expect(error).toMatchObject({ name: "Denied", message: "no", status });
  expect(bodies).toHaveLength(1);
});

test.each([
  [500, ""],
  [429, '{"__type":"TooManyRequestsException"}'],
  [400, '{"__type":"ThrottlingException","message":"Rate exceeded"}'],
])("what may pass (%i) is tried three times", async (status, body) => {
  answers = [
    [status, body],
    [status, body],
  ];
  expect((await call()).text).toBe("done");
  answers = [
    [status, body],
    [status, body],
    [status, body],
  ];
  await expect(call()).rejects.toMatchObject({ status });
  expect(bodies).toHaveLength(6);
});

test("a message of a topic carries what subscribers filter by", async () => {
  const attributes = { status: { DataType: "String" as const, StringValue: "ä & b" } };
  await createTopics(client, { ...tools, answerMs: 5_000 }).publish({
    topicArn: "arn:topic",
    message: "a=b&c",
    attributes,
  });
  expect(Object.fromEntries(new URLSearchParams(bodies[0]))).toEqual({
    Action: "Publish",
    Version: "2010-03-31",
    TopicArn: "arn:topic",
    Message: "a=b&c",
    "MessageAttributes.entry.1.Name": "status",
    "MessageAttributes.entry.1.Value.DataType": "String",
    "MessageAttributes.entry.1.Value.StringValue": "ä & b",
  });
});
