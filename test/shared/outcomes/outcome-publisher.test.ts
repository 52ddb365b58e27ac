import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SQSClient } from "@aws-sdk/client-sqs";
import { startFauxqs } from "fauxqs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import { createOutcomes } from "../../../shared/outcomes/outcome-publisher.ts";
import { systemClock } from "../../../shared/primitives/clock.ts";
import { dailyOutcomesPartition, outcomeKey } from "../../../shared/records/outcome.ts";
import { createTopics } from "../../../shared/runtime/sns-topics.ts";
import { MemoryStateTable } from "../../../shared/state/memory-table.ts";
import { testClock } from "../../support/client-fakes.ts";

const data: OutcomeData = {
  status: "SUCCEEDED",
  summary: "1 service created",
  accountId: "123456",
  cause: { source: "/crm", id: "42", type: "ringcx.apply.v1" },
};
const at = Date.UTC(2030, 0, 2, 3, 4, 5);
const clock = { ...systemClock, now: () => at };
const credentials = { accessKeyId: "test", secretAccessKey: "test" };

let server: Awaited<ReturnType<typeof startFauxqs>>;
beforeAll(async () => {
  server = await startFauxqs({ port: 0, logger: false, messageSpies: true });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.stop();
});

function outcomes(table: MemoryStateTable, topicArn: string, endpoint: string) {
  vi.stubEnv("AWS_ENDPOINT_URL_SNS", endpoint);
  const client = new SQSClient({ region: "us-east-1", credentials });
  const topics = createTopics(client, { clock: testClock(0), random: () => 0.5, answerMs: 10_000 });
  return createOutcomes({ table, topics, topicArn, environment: "test", clock });
}

test("an outcome can be looked up by its message and by its day for 30 days, and says itself once per message", async () => {
  const { topicArn } = server.createTopic("outcomes");
  const table = new MemoryStateTable();
  const { publish } = outcomes(table, topicArn, `http://127.0.0.1:${server.port}`);

  const first = await publish(data);
  const again = await publish(data);

  expect(again.id).toBe(first.id);
  const item = await table.get(outcomeKey("/crm", "42"));
  expect(item).toMatchObject({ outcome: { id: "/crm/42", data }, expiresAt: at / 1000 + 30 * 24 * 60 * 60 });
  expect(await table.query(dailyOutcomesPartition("2030-01-02"))).toHaveLength(1);
});

test("an outcome that cannot be published is an error for the caller, and is stored already", async () => {
  const refusing = createServer((_, response) => response.writeHead(500).end());
  await new Promise<void>((resolve) => refusing.listen(0, "127.0.0.1", resolve));
  const table = new MemoryStateTable();
  const { port } = refusing.address() as AddressInfo;
  const { publish } = outcomes(table, "arn:aws:sns:us-east-1:000000000000:gone", `http://127.0.0.1:${port}`);

  await expect(publish(data)).rejects.toThrow();

  expect(await table.get(outcomeKey("/crm", "42"))).toBeDefined();
  refusing.close();
});

test("what SNS or the table would refuse is made publishable before it is stored", async () => {
  const { topicArn } = server.createTopic("odd");
  const table = new MemoryStateTable();
  const { publish } = outcomes(table, topicArn, `http://127.0.0.1:${server.port}`);
  const problems = Array.from({ length: 100 }, (_, index) => ({ path: `data.${index}`, message: "x".repeat(130_000) }));
  const cause = { ...data.cause, source: "/crm\u0000\ud800" };

  const outcome = await publish({ ...data, cause, problems });

  expect(outcome.data.cause.source).toBe("/crm\ufffd\ufffd");
  expect(Buffer.byteLength(JSON.stringify(outcome))).toBeLessThan(140_000);
  expect(outcome.data.summary).toMatch(/^1 service created \(Left out/);
  expect(await table.get(outcomeKey("/crm\ufffd\ufffd", "42"))).toMatchObject({ outcome: { id: outcome.id } });
});
