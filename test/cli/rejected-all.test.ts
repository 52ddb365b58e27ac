import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateQueueCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type FauxqsServer, startFauxqs } from "fauxqs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { localSystemFile } from "../../infra/local/demo/local-system.ts";
import { publicHosts } from "../../shared/ringcx/session/connection.ts";
import { isLongRun } from "../support/runs.ts";
import { runLine } from "./cli.ts";

// A queue of rejects as SQS keeps it: of one account (a message group) no more is seen than one answer holds.
const directory = mkdtempSync(join(tmpdir(), "rejected-"));
const credentials = { accessKeyId: "a", secretAccessKey: "b" };
let server: FauxqsServer;
let sqs: SQSClient;
let QueueUrl = "";

beforeAll(async () => {
  server = await startFauxqs({ port: 0, host: "127.0.0.1", logger: false });
  const endpoint = `http://127.0.0.1:${server.port}`;
  sqs = new SQSClient({ endpoint, region: "us-east-1", credentials });
  const created = await sqs.send(
    new CreateQueueCommand({ QueueName: "rejects.fifo", Attributes: { FifoQueue: "true" } }),
  );
  QueueUrl = created.QueueUrl ?? "";
  const names = ["TableName", "OutcomeTopicArn", "ProvisionServicesFunctionName"];
  const queues = ["Provisioning", "Reject", "Command", "CommandReject", "Alarm"].map((name) => `${name}QueueUrl`);
  const outputs = Object.fromEntries([...names.map((name) => [name, "x"]), ...queues.map((name) => [name, QueueUrl])]);
  const connections = [{ name: "main", accountIds: ["1", "2"], ...publicHosts, secretId: "x" }];
  const system = { endpoint, region: "us-east-1", credentials, outputs, connections };
  writeFileSync(join(directory, localSystemFile), JSON.stringify(system));
});
afterAll(async () => {
  sqs?.destroy();
  await server?.stop();
});

const event = (account: string, at: number) => ({
  specversion: "1.0",
  id: `${account}-${at}`,
  source: "/crm",
  data: {},
});
async function reject(account: string, count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    const MessageBody = JSON.stringify(event(account, at));
    const place = { MessageGroupId: account, MessageDeduplicationId: `${account}-${at}-${Math.random()}` };
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...place }));
  }
}
const ops = (...args: string[]) => runLine([...args, "--local"], { directory });

test("drop all drops what list shows, and what comes forward nobody has seen", async () => {
  await reject("1", 2);
  await reject("2", 1);
  const mixed = await ops("rejected", "drop", "all", "extra");
  expect(mixed).toMatchObject({ code: 64, err: expect.stringContaining('"all" stands alone') });
  const { code, out } = await ops("rejected", "drop", "all");
  expect(code).toBe(0);
  expect(out).toMatch(
    /^(\/crm\/[12]-0 \([\da-f-]{36}\): dropped\n {2}no reason is kept.*\n){2}2 rejects\nAbout 1 more reject stood/,
  );
  expect((await ops("rejected", "drop", "1-1")).out).toMatch(/^\/crm\/1-1 .*: dropped\n.*\n1 reject\n$/);
});

test("redrive all sends each once, and tells in its line that it was rejected again", async () => {
  // Every queue is the same one here, as if the function rejected at once.
  const resources = [{ kind: "httpServiceGroup", groupName: "Orders" }];
  const time = new Date().toISOString();
  const message = { ...event("1", 0), type: "ringcx.apply.v1", time, data: { accountId: "1", resources } };
  const place = { MessageGroupId: "1", MessageDeduplicationId: String(Math.random()) };
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(message), ...place }));
  const { code, out } = await ops("rejected", "redrive", "all");
  expect(code).toBe(1);
  expect(out).toMatch(/^\/crm\/1-0 \(\S+\): sent again, and rejected again: no reason.*\n.*\n1 reject\n$/);
  expect((await ops("rejected", "drop", "all")).out).toMatch(/1 reject\n$/);
});

// Each look waits for seconds until it is sure that there are no more.
describe.runIf(isLongRun)("where some stay", () => {
  test("what stands behind them is told", async () => {
    await reject("1", 3);
    expect(await ops("rejected", "show", "1-2")).toMatchObject({
      code: 64,
      err: expect.stringMatching(/No reject is "1-2"\.[\s\S]*About 2 more rejects stand behind these/),
    });
    const { code, out } = await ops("rejected", "redrive", "all");
    expect(code).toBe(1);
    expect(out).toMatch(/NOT sent, it is still wrong[\s\S]*About 2 more rejects stood behind these/);
  });

  test("a list says what the other one holds", async () => {
    // Every queue is the same one here, and three are there, one behind the other.
    for (let at = 0; at < 3; at += 1) await ops("rejected", "drop", "all");
    await reject("1", 1);
    expect((await ops("rejected", "list")).out).toMatch(
      /1 reject\nAbout 1 command besides → rejected list --commands\n$/,
    );
    expect((await ops("rejected", "list", "--commands")).out).toMatch(
      /1 reject\nAbout 1 message besides → rejected list\n$/,
    );
    await ops("rejected", "drop", "all");
    expect((await ops("rejected", "list")).out).toBe("0 rejects\n");
  });
});
