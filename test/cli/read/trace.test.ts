import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Environment } from "../../../cli/environment/environment.ts";
import { readTrace } from "../../../cli/read/trace.ts";
import { plain } from "../../../cli/view/paint.ts";
import { traceText } from "../../../cli/view/trace.ts";
import { toItems } from "../../../shared/records/outcome.ts";
import { MemoryStateTable } from "../../../shared/state/memory-table.ts";

// Two senders use one id; one of its messages has not ended.
const now = Date.parse("2026-03-01T12:00:00Z");
const records = [
  { message: "message taken in", correlationId: "same", eventSource: "/crm" },
  { message: "message taken in", correlationId: "same", eventSource: "/erp" },
  { message: "message taken in", correlationId: "open", eventSource: "/erp" },
];
const server = createServer((_, response) => {
  const events = records.map((record, at) => ({ timestamp: now + at, message: JSON.stringify(record) }));
  response.end(JSON.stringify({ events }));
});
let environment: Environment;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clientConfig = { endpoint, region: "us-east-1", credentials: { accessKeyId: "a", secretAccessKey: "b" } };
  const table = new MemoryStateTable();
  for (const source of ["/crm", "/erp"]) {
    for (const item of toItems({
      specversion: "1.0",
      id: `${source}/same`,
      source: "/ringcx-automation",
      type: "ringcx.outcome.v1",
      time: new Date(now).toISOString(),
      data: { status: "SUCCEEDED", summary: `of ${source}`, cause: { source, id: "same", type: "ringcx.apply.v1" } },
    })) {
      await table.put(item);
    }
  }
  const parts = {
    table,
    clientConfig,
    isLocal: true,
    sqs: new SQSClient(clientConfig),
    outputs: { LogGroupNames: "group" },
  };
  environment = parts as unknown as Environment;
});
afterAll(() => void server.close());

const trace = (id: string) => readTrace(environment, id, { since: now - 1_000, now });
const sourcesOf = ({ lines, outcomes }: Awaited<ReturnType<typeof trace>>) => [
  lines.map(({ record }) => record.eventSource),
  outcomes.map(({ data }) => data.cause.source),
];

test("an id that several sources use is traced whole, says so, and every line says its source", async () => {
  const found = await trace("same");
  expect(sourcesOf(found).map((of) => of.toSorted())).toEqual([
    ["/crm", "/erp"],
    ["/crm", "/erp"],
  ]);
  const text = traceText(found, plain);
  expect(text).toMatch(/2 sources use this id; one of them alone: trace \/crm\/same, or trace \/erp\/same/);
  expect(text).toMatch(/message taken in.*, \/crm\)[\s\S]*message taken in.*, \/erp\)/);
  expect(text).toMatch(/SUCCEEDED: of \/crm \(\/crm\)/);
});

test("SOURCE/ID chooses one of them", async () => {
  expect(sourcesOf(await trace("/crm/same"))).toEqual([["/crm"], ["/crm"]]);
  expect(sourcesOf(await trace("/erp/same"))).toEqual([["/erp"], ["/erp"]]);
  expect((await trace("/crm/same")).sources).toEqual(["/crm"]);
});

test("also before there is an outcome", async () => {
  expect(sourcesOf(await trace("/erp/open"))).toEqual([["/erp"], []]);
  expect(sourcesOf(await trace("/crm/open"))).toEqual([[], []]);
});
