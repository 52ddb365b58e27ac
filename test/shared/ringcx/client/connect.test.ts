import { randomUUID } from "node:crypto";
import { Metrics } from "@aws-lambda-powertools/metrics";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { expect, test } from "vitest";
import type { Profile } from "../../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { startRingCxSimulator } from "../../../../infra/local/ringcx-simulator/server.ts";
import { type Clock, systemClock } from "../../../../shared/primitives/clock.ts";
import { type ConnectOptions, connect } from "../../../../shared/ringcx/client/connect.ts";
import { quotaWindowKey } from "../../../../shared/ringcx/quota/quota-item.ts";
import { connectionSchema } from "../../../../shared/ringcx/session/connection.ts";
import { createConnectionSecret } from "../../../../shared/ringcx/session/connection-secret.ts";
import { LoginError } from "../../../../shared/ringcx/session/login-error.ts";
import { MemoryStateTable } from "../../../../shared/state/memory-table.ts";
import { testClock } from "../../../support/client-fakes.ts";
import { confined } from "../../../support/confined.ts";
import { scriptedServer } from "../../../support/scripted-server.ts";

class CountedMetrics extends Metrics {
  readonly #counted: string[];

  constructor(counted: string[]) {
    super();
    this.#counted = counted;
  }

  override addMetric(name: string): this {
    this.#counted.push(name);
    return this;
  }
}

/** A connection to a simulator, with its secret in a Secrets Manager that answers `secret`. */
async function connected(secret?: Record<string, string>, clock: Clock = systemClock, profile: Partial<Profile> = {}) {
  const simulator = await startRingCxSimulator({ profile });
  const { clientId, clientSecret, jwt } = simulator;
  const value = JSON.stringify(secret ?? { clientId, clientSecret, jwt });
  const secretsManager = await scriptedServer({ status: 200, body: { SecretString: value } });
  const counted: string[] = [];
  const lines: unknown[] = [];
  const log = (...line: unknown[]) => void lines.push(line);
  const table = new MemoryStateTable();
  const options: ConnectOptions = {
    connection: connectionSchema.parse({
      name: "main",
      accountIds: [simulator.accountId],
      ringcxUrl: simulator.url,
      platformUrl: simulator.platformUrl,
      secretId: "ringcx/main",
    }),
    table,
    secret: createConnectionSecret({
      secretId: "ringcx/main",
      secrets: new SecretsManagerClient({
        endpoint: secretsManager.url,
        region: "us-east-1",
        credentials: { accessKeyId: "test", secretAccessKey: "test" },
      }),
      clock,
    }),
    clock,
    random: Math.random,
    logger: { debug: log, info: log, warn: log },
    metrics: new CountedMetrics(counted),
  };
  return {
    simulator,
    table,
    secretsManager,
    counted,
    lines,
    newProcess: () => connect(options).account(simulator.accountId, { priority: "bulk" }),
    async [Symbol.asyncDispose]() {
      await Promise.all([simulator.stop(), secretsManager[Symbol.asyncDispose]()]);
    },
  };
}

test("twenty processes that start at once share one login and one quota", async () => {
  await using world = await connected();
  const processes = Array.from({ length: 20 }, world.newProcess);
  await Promise.all(processes.map((account) => account.groups.list()));
  const exchanges = world.simulator.requests.filter(({ path }) => path.startsWith("/api/auth/login"));
  expect(exchanges).toHaveLength(1);
  expect(world.secretsManager.received).toHaveLength(1);
  expect(world.counted.filter((name) => name === "TokenRenewed")).toHaveLength(1);
  expect(world.counted.filter((name) => name === "RequestsSent")).toHaveLength(20);
  expect(await world.table.get(quotaWindowKey("account/123456"))).toBeDefined();
});

test("each request is one line of log, without token or credential", async () => {
  await using world = await connected();
  await world.newProcess().groups.create({ groupName: "CRM enrichment" });
  const lines = JSON.stringify(world.lines);
  expect(lines).toContain('"operation":"groups.create","method":"POST"');
  const { clientSecret, jwt } = world.simulator;
  for (const secret of [clientSecret, jwt, "CRM enrichment"]) expect(lines).not.toContain(secret);
});

test("what RingCX does that the program cannot work with is counted, with the name of the assumption in the log", async () => {
  const profile = { "authConfigs.id": "replaced", "services.inactivePut": "conflict" } as const;
  await using world = await connected(undefined, systemClock, profile);
  const account = world.newProcess();
  const id = randomUUID();
  await expect(
    account.authConfigs.createApiKey(id, { providerName: "CRM", apiKey: confined("k", { connection: "main" }) }),
  ).rejects.toMatchObject({
    code: "ASSUMPTION_BROKEN",
  });
  expect(world.counted.filter((name) => name === "AssumptionBroken")).toHaveLength(1);
  const { serviceGroupId } = await account.groups.create({ groupName: "CRM" });
  const httpServiceConfig = { url: "https://crm.example.com", headers: {} };
  const service = {
    serviceDescription: "Lookup",
    serviceType: "HTTP_GET",
    isEnabled: false,
    httpServiceConfig,
  } as const;
  const { serviceId } = await account.services.create(serviceGroupId, service);
  await expect(account.services.update(serviceGroupId, serviceId, service)).rejects.toMatchObject({
    code: "ASSUMPTION_BROKEN",
  });
  expect(world.counted.filter((name) => name === "AssumptionBroken")).toHaveLength(2);
  expect(JSON.stringify(world.lines)).toContain('"assumption":"services.inactivePut","found":"conflict"');
});

test("a 429 and a deferral are counted", async () => {
  await using world = await connected();
  const account = world.newProcess();
  await account.groups.list();
  world.simulator.faults.add({ kind: "foreign-client", requests: 120 });
  await expect(account.groups.list()).rejects.toMatchObject({ code: "QUOTA_DEFERRED" });
  await expect(account.groups.list()).rejects.toMatchObject({ code: "QUOTA_DEFERRED" });
  expect(world.counted.filter((name) => name === "RateLimited")).toHaveLength(1);
  expect(world.counted.filter((name) => name === "QuotaDeferred")).toHaveLength(2);
});

test("refused credentials are counted, and the secret is read anew the next time", async () => {
  await using world = await connected({ clientId: "app", clientSecret: "canary", jwt: "canary" }, testClock());
  const account = world.newProcess();
  for (const reads of [1, 2]) {
    await expect(account.groups.list()).rejects.toThrow(LoginError);
    expect(world.secretsManager.received).toHaveLength(reads);
  }
  expect(world.counted).toEqual(["TokenRenewalFailed", "TokenRenewalFailed"]);
  expect(JSON.stringify(world.lines)).not.toContain("canary");
});
