import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { expect, test } from "vitest";
import { probeService } from "../../../../functions/fail-over-services/evidence/probe-service.ts";
import { undeclaredService } from "../../../../functions/fail-over-services/watchlist/watched-services.ts";
import { createProbe } from "../../../../shared/probe/probe.ts";
import { probeSettingsSchema } from "../../../../shared/probe/probe-settings.ts";
import { authConfigRecordKey } from "../../../../shared/records/account/auth-config.ts";
import { connectionsSchema } from "../../../../shared/ringcx/session/connection.ts";
import { SecretReader } from "../../../../shared/secrets/secret-reader.ts";
import { MemoryStateTable } from "../../../../shared/state/memory-table.ts";
import { testClock } from "../../../support/client-fakes.ts";
import { scriptedServer } from "../../../support/scripted-server.ts";

const canary = "canary-91ab";
const fiveMinutes = 5 * 60_000;

/** A service that is probed with a secret's credential; the secret's tags can be changed, time can pass. */
async function probedService() {
  const endpoint = await scriptedServer({ status: 200 });
  const { host } = new URL(endpoint.url);
  const tags: Record<string, string> = {
    "ringcx:connection": "main",
    "ringcx:accounts": "123456",
    "ringcx:hosts": host,
  };
  const table = new MemoryStateTable();
  await table.put({
    ...authConfigRecordKey("123456", "CRM key"),
    authConfigId: "a",
    secretArn: "arn:crm",
    manifest: { authType: "APIKEY" },
  });
  const secrets = Object.assign(new SecretsManagerClient({ region: "eu-central-1" }), {
    send: async (command: unknown) =>
      command instanceof GetSecretValueCommand
        ? { SecretString: JSON.stringify({ apiKey: canary }), VersionId: "v1" }
        : { ARN: "arn:crm", Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
  });
  const clock = testClock();
  const settings = probeSettingsSchema.parse({ allowedHosts: [host], allowPrivateAddresses: true, allowHttp: true });
  const dependencies = {
    table,
    connections: connectionsSchema.parse([
      { name: "main", accountIds: ["123456"], secretId: "main", ringcxUrl: endpoint.url, platformUrl: endpoint.url },
    ]),
    secretReader: new SecretReader(secrets, clock, { tagsForMs: 4 * 60_000, valueForMs: 0 }),
    probe: createProbe({ settings, clock }),
  };
  const name = { accountId: "123456", groupName: "CRM", serviceDescription: "Lookup" };
  const service = {
    ...undeclaredService(name, { serviceGroupId: 1, serviceId: 2 }),
    authConfig: "CRM key",
    validation: {
      method: "GET" as const,
      url: endpoint.url,
      credential: { in: "HEADER" as const, name: "X-Key" },
      expect: { status: 200 },
    },
  };
  const seen = () => endpoint.received.filter(({ headers }) => headers["x-key"] === canary).length;
  return { tags, clock, seen, endpoint, probe: () => probeService(dependencies as never, service) };
}

test("a probe carries the secret to a host that its tag names", async () => {
  const { probe, seen, endpoint } = await probedService();
  expect(await probe()).toEqual({ result: "PASSED" });
  expect(seen()).toBe(1);
  await endpoint[Symbol.asyncDispose]();
});

test.each([
  ["ringcx:hosts", "elsewhere.example"],
  ["ringcx:accounts", "654321"],
  ["ringcx:connection", "other"],
])("an owner's correction of %s holds after five minutes at most", async (tag, value) => {
  const { probe, seen, tags, clock, endpoint } = await probedService();
  await probe();
  tags[tag] = value;
  await clock.sleep(fiveMinutes);
  expect(await probe()).toMatchObject({ result: "NOT_ASKED", because: expect.stringContaining(tag) });
  expect(seen()).toBe(1);
  await endpoint[Symbol.asyncDispose]();
});
