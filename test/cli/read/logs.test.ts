import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { filterLog } from "../../../cli/read/logs.ts";

let answers: { status: number; body: unknown }[] = [];
let asked: Record<string, unknown>[] = [];
const server = createServer(async (request, response) => {
  asked.push(JSON.parse((await buffer(request)).toString()));
  const { status, body } = answers.shift() ?? { status: 500, body: {} };
  response.writeHead(status).end(JSON.stringify(body));
});
let environment: Parameters<typeof filterLog>[0];

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const clientConfig = {
    region: "eu-central-1",
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: "a", secretAccessKey: "b" },
  };
  environment = { sqs: new SQSClient(clientConfig), clientConfig, isLocal: true };
});

afterAll(() => server.close());

const ask = (phrase: string) => {
  asked = [];
  return filterLog(environment, "group", { phrase, since: 5 });
};

test("every page is read, an empty one too; a line stands at the time at which it was written", async () => {
  const line = { timestamp: 9, message: '{"timestamp":"1970-01-01T00:00:00.007Z","message":"said"}' };
  answers = [
    { status: 200, body: { events: [], nextToken: "t" } },
    { status: 200, body: { events: [line, { timestamp: 11, message: "START RequestId\n" }] } },
  ];
  expect(await ask("m1")).toEqual([
    { at: 7, record: { timestamp: "1970-01-01T00:00:00.007Z", message: "said" } },
    { at: 11, record: { message: "START RequestId" } },
  ]);
  expect(asked).toMatchObject([{ logGroupName: "group", filterPattern: '"m1"', startTime: 5 }, { nextToken: "t" }]);
});

test("an id with quotes is looked for as a line of JSON has it", async () => {
  answers = [{ status: 200, body: {} }];
  await ask('a"b');
  // The line holds a\"b; a pattern writes both of these with a backslash before them.
  expect(asked).toMatchObject([{ filterPattern: String.raw`"a\\\"b"` }]);
});

test("what CloudWatch Logs refuses is named as it names it", async () => {
  answers = [{ status: 400, body: { __type: "com.amazon#AccessDeniedException", Message: "not authorized" } }];
  await expect(ask("m1")).rejects.toMatchObject({ name: "AccessDeniedException", message: "not authorized" });
});
