import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type App, CfnOutput, Stack } from "aws-cdk-lib";
import { AttributeType, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { SqsEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { describe, expect, it } from "vitest";
import { startStackHost } from "../../../infra/local/stack-host.ts";
import { patienceMs } from "../../support/patience.ts";
import { FixtureStack } from "./fixture/fixture-stack.ts";

/** A stack whose function waits for messages of a queue. */
function polling(code: string) {
  return (app: App): Stack => {
    const stack = new Stack(app, "Polling");
    const idle = new LambdaFunction(stack, "Idle", {
      runtime: Runtime.NODEJS_24_X,
      handler: "index.handler",
      code: Code.fromAsset(code),
    });
    const queue = new Queue(stack, "Queue");
    idle.addEventSource(new SqsEventSource(queue));
    new CfnOutput(stack, "QueueUrl", { value: queue.queueUrl });
    return stack;
  };
}

function build(app: App): Stack {
  const stack = new Stack(app, "Lifecycle", { env: { region: "eu-west-1", account: "111122223333" } });
  const queue = new Queue(stack, "Queue");
  const table = new TableV2(stack, "Table", { partitionKey: { name: "pk", type: AttributeType.STRING } });
  new CfnOutput(stack, "QueueUrl", { value: queue.queueUrl });
  new CfnOutput(stack, "TableName", { value: table.tableName });
  return stack;
}

function isListening(endpoint: string): Promise<boolean> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve) => {
    const socket = net.connect({ host: hostname, port: Number(port) });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

describe("a local host", () => {
  it("runs beside another one, each with its own state, on loopback", async () => {
    await using stack = new AsyncDisposableStack();
    const [one, two] = await Promise.all([startStackHost(build), startStackHost(build)]);
    for (const host of [one, two]) stack.defer(() => host.stop());
    expect(one.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(one.endpoint).not.toBe(two.endpoint);
    expect(one.region).toBe("eu-west-1");
    const TableName = one.outputs.TableName;
    const Item = { pk: { S: "a" } };
    await new DynamoDBClient(one.clientConfig).send(new PutItemCommand({ TableName, Item }));
    const read = new GetItemCommand({ TableName, Key: Item });
    expect((await new DynamoDBClient(one.clientConfig).send(read)).Item).toEqual(Item);
    expect((await new DynamoDBClient(two.clientConfig).send(read)).Item).toBeUndefined();
  });

  it("outlives clients that hang up in the middle of a call", async () => {
    const host = await startStackHost(build);
    const dynamoDb = new DynamoDBClient({ ...host.clientConfig, maxAttempts: 1 });
    const TableName = host.outputs.TableName;
    const calls = Array.from({ length: 20 }, (_, index) => {
      const abort = new AbortController();
      const command = new PutItemCommand({ TableName, Item: { pk: { S: "x".repeat(10_000 * index + 1) } } });
      const call = dynamoDb.send(command, { abortSignal: abort.signal });
      setTimeout(() => abort.abort(), index % 4);
      return call;
    });
    await Promise.allSettled(calls);
    await dynamoDb.send(new PutItemCommand({ TableName, Item: { pk: { S: "after" } } }));
    await host.stop();
  });

  it("lets a function that runs come to its end, and starts no other", async () => {
    const code = await mkdtemp(join(tmpdir(), "slow-"));
    const [ran, go] = [join(code, "ran"), join(code, "go")].map((file) => JSON.stringify(file));
    // It comes to its end when it is let, however long the machine takes for everything else.
    await writeFile(
      join(code, "index.js"),
      `const { appendFileSync, existsSync } = require("node:fs");
      exports.handler = async () => {
        appendFileSync(${ran}, "begun ");
        while (!existsSync(${go})) await new Promise((resolve) => setTimeout(resolve, 5));
        appendFileSync(${ran}, "ended ");
      };`,
    );
    const host = await startStackHost(polling(code));
    const sqs = new SQSClient(host.clientConfig);
    const text = () => readFile(join(code, "ran"), "utf8").catch(() => "");
    const send = () => sqs.send(new SendMessageCommand({ QueueUrl: host.outputs.QueueUrl, MessageBody: "any" }));
    await send();
    await expect.poll(text, { interval: 10 }).toBe("begun ");
    const stopped = host.stop({ graceMs: patienceMs });
    await send();
    await writeFile(join(code, "go"), "");
    await stopped;
    expect(await text()).toBe("begun ended ");
    await rm(code, { recursive: true });
  });

  it("stops at once and leaves no port behind, even with somebody waiting for a message", async () => {
    const host = await startStackHost(build);
    const queues = new SQSClient({ ...host.clientConfig, maxAttempts: 1 });
    const QueueUrl = host.outputs.QueueUrl;
    const attributes = await queues.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
    expect(attributes.Attributes?.QueueArn).toContain("arn:aws:sqs:eu-west-1:000000000000:");
    const waiting = queues.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 })).catch(() => undefined);
    const begin = Date.now();
    await host.stop();
    await waiting;
    expect(Date.now() - begin).toBeLessThan(2_000);
    expect(await isListening(host.endpoint)).toBe(false);
  });

  it("stops at once when its functions have only begun to wait for messages", async () => {
    const directory = await mkdtemp(join(tmpdir(), "idle-function-"));
    await writeFile(join(directory, "index.mjs"), "export const handler = () => undefined;");
    const host = await startStackHost(polling(directory));
    const begin = Date.now();
    await host.stop();
    expect(Date.now() - begin).toBeLessThan(2_000);
    await rm(directory, { recursive: true });
  });

  it("that holds its schedules works on what is sent, and fires none before it is told to", async () => {
    // A minute is a hundredth of a second: a schedule that is not held has fired many times meanwhile.
    const host = await startStackHost((app) => new FixtureStack(app), { clockFactor: 6_000, holdsSchedules: true });
    const note = JSON.stringify({ do: "note", note: "sent" });
    const sqs = new SQSClient(host.clientConfig);
    await sqs.send(new SendMessageCommand({ QueueUrl: host.outputs.WorkUrl, MessageBody: note }));
    await host.idle();
    const triggers = () => [...new Set(host.invocations.map(({ trigger }) => trigger))];
    expect(triggers()).toEqual(["sqs"]);
    host.startSchedules();
    await expect.poll(triggers, { interval: 5 }).toContain("schedule");
    await host.stop();
  });
});
