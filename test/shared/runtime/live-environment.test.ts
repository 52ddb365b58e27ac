import { SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { parseAwsRequest } from "../../../infra/local/gateway/aws-request.ts";
import { errorResponse } from "../../../infra/local/gateway/aws-response.ts";
import { type LoopbackServer, startLoopbackServer } from "../../../infra/local/loopback-server.ts";
import { ParameterStore, parameterService } from "../../../infra/local/parameters/parameter-service.ts";
import { SettingsError } from "../../../shared/primitives/errors.ts";
import { createLiveEnvironment } from "../../../shared/runtime/live-environment.ts";

const path = "/stack/1/accounts";
const connections = [
  { name: "main", accountIds: [], secretId: "arn:main" },
  { name: "partner", accountIds: [], secretId: "arn:partner" },
];
const environment = { ENVIRONMENT: "test", CONNECTIONS: JSON.stringify(connections), ACCOUNTS_PATH: path };

let server: LoopbackServer;
let store: ParameterStore;
/** Requests that were made, and how many of the next ones fail. */
let requests = 0;
let failing = 0;
beforeAll(async () => {
  server = await startLoopbackServer(async (message, response) => {
    const chunks = await message.toArray();
    const headers = Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, String(value)]));
    const request = parseAwsRequest("POST", "/", headers, Buffer.concat(chunks));
    requests += 1;
    const isFailing = failing-- > 0;
    const throttled = {
      name: "AwsServiceError" as const,
      code: "ThrottlingException",
      message: "Rate exceeded",
      status: 400,
    };
    const { status, body } = isFailing ? errorResponse(throttled, "json") : await parameterService(store)(request);
    response.writeHead(status).end(body);
  });
  vi.stubEnv("AWS_ENDPOINT_URL_SSM", server.url);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.stop();
});
beforeEach(() => {
  store = new ParameterStore();
  put("main/1", "100,101");
  put("partner/1", "200");
  requests = 0;
  failing = 0;
});

function put(name: string, value: string): void {
  store.put({ name: `${path}/${name}`, type: "StringList", value });
}

function functionOf(variables: NodeJS.ProcessEnv = environment) {
  const told: unknown[] = [];
  const metrics: string[] = [];
  let now = 0;
  const client = new SQSClient({ region: "eu-central-1", credentials: { accessKeyId: "x", secretAccessKey: "x" } });
  const read = createLiveEnvironment(variables, {
    client: () => client,
    clock: { now: () => now, sleep: async () => {} },
    random: () => 0.5,
    logger: { info: () => {}, error: (...line: unknown[]) => void told.push(line) } as never,
    metrics: { addMetric: (name: string) => void metrics.push(name) } as never,
  });
  return {
    told,
    metrics,
    read,
    pass: (seconds: number) => {
      now += seconds * 1_000;
    },
    async accounts(): Promise<Record<string, string[]>> {
      const all = JSON.parse((await read()).CONNECTIONS ?? "") as { name: string; accountIds: string[] }[];
      return Object.fromEntries(all.map(({ name, accountIds }) => [name, accountIds]));
    },
  };
}

test("variables without a path are what they are, and nothing is asked", async () => {
  const plain = { ENVIRONMENT: "test" };
  expect(await functionOf(plain).read()).toBe(plain);
  expect(requests).toBe(0);
});

test("accounts are read once a minute, and a change needs nothing else", async () => {
  const fn = functionOf();
  const first = await fn.read();
  expect(await fn.accounts()).toEqual({ main: ["100", "101"], partner: ["200"] });
  fn.pass(40);
  expect(await fn.read()).toBe(first);
  expect(requests).toBe(1);
  fn.pass(20);
  expect(await fn.read(), "nothing has changed: what was made of it stays").toBe(first);
  put("main/added", " 102, 101 ");
  fn.pass(60);
  expect(await fn.accounts()).toEqual({ main: ["100", "101", "102"], partner: ["200"] });
  expect([requests, fn.told, fn.metrics]).toEqual([3, [], []]);
});

test("a thousand accounts come in pages", async () => {
  const ids = Array.from({ length: 25 * 40 }, (_, index) => String(10_000 + index));
  for (let slice = 0; slice < 25; slice += 1) put(`main/${slice}`, ids.slice(slice * 40, (slice + 1) * 40).join(","));
  const { main = [] } = await functionOf().accounts();
  expect(main.filter((id) => id.length === 5)).toEqual(ids);
  expect(requests).toBe(3);
});

test("where a reading fails the last good one holds, and it is told each time", async () => {
  const fn = functionOf();
  const before = await fn.read();
  failing = 2;
  for (const told of [1, 2]) {
    fn.pass(60);
    expect(await fn.read()).toBe(before);
    expect([fn.told.length, fn.metrics.length]).toEqual([told, told]);
  }
  expect(JSON.stringify(fn.told[0])).toContain("ThrottlingException");
  put("main/1", "100");
  fn.pass(60);
  expect(await fn.accounts()).toEqual({ main: ["100"], partner: ["200"] });
});

test("the first reading is tried three times, then the invocation fails", async () => {
  failing = 2;
  expect(await functionOf().accounts()).toEqual({ main: ["100", "101"], partner: ["200"] });
  failing = 3;
  const fn = functionOf();
  await expect(fn.read()).rejects.toThrow(/cannot be read: 400 .*Rate exceeded/);
  expect(fn.metrics).toEqual(["AccountsNotRead"]);
  expect(await fn.accounts(), "the next one asks again").toEqual({ main: ["100", "101"], partner: ["200"] });
});

test.each([
  [
    "another connection's account",
    () => put("partner/2", "101"),
    `${path}/partner/2 holds 101, which is the connection "main"'s`,
  ],
  ["an unknown connection", () => put("mian/1", "102"), `${path}/mian/1 names no connection: there are main, partner`],
  ["what is no account", () => put("main/2", "102;103"), `${path}/main/2 holds "102;103", which is no accountId`],
  ["no account at all", () => store.delete(`${path}/partner/1`), `no parameter ${path}/partner/… holds accounts`],
])("%s is refused in words, at a start and later", async (_, spoil, words) => {
  const fn = functionOf();
  const before = await fn.read();
  spoil();
  fn.pass(60);
  expect(await fn.read()).toBe(before);
  expect((fn.told[0] as [string, { reason: string }])[1].reason).toContain(words);
  const started = functionOf().read();
  await expect(started).rejects.toThrow(SettingsError);
  await expect(started).rejects.toThrow(words);
});
