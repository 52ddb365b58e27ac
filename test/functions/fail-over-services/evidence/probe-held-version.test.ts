import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, expect, test } from "vitest";
import { probeService } from "../../../../functions/fail-over-services/evidence/probe-service.ts";
import { undeclaredService } from "../../../../functions/fail-over-services/watchlist/watched-services.ts";
import type { ProbeResult } from "../../../../shared/probe/probe.ts";
import { authConfigRecordKey } from "../../../../shared/records/account/auth-config.ts";
import {
  authConfigStateKey,
  type CredentialState,
  stateAttributes,
} from "../../../../shared/records/credential/auth-config-state.ts";
import { connectionsSchema } from "../../../../shared/ringcx/session/connection.ts";
import { SecretReader } from "../../../../shared/secrets/secret-reader.ts";
import { MemoryStateTable } from "../../../../shared/state/memory-table.ts";
import { testClock } from "../../../support/client-fakes.ts";

const accountId = "123456";
const current = "v-current";
let table: MemoryStateTable;
/** Versions that can be read, and those of them that the endpoint accepts. */
let readable: Set<string>;
let accepted: Set<string>;
const asked: string[] = [];

beforeEach(async () => {
  table = new MemoryStateTable();
  readable = new Set([current, "v-held", "v-new"]);
  accepted = new Set(["v-held"]);
  asked.length = 0;
  await table.put({
    ...authConfigRecordKey(accountId, "CRM key"),
    authConfigId: "a",
    secretArn: "arn:crm",
    manifest: { authType: "APIKEY" },
  });
});
afterEach(() => table.delete(authConfigStateKey(accountId, "a")));

/** What RingCX has of the secret, as rotation has noted it. */
const state = (of: CredentialState, more: object = {}) =>
  table.put({ ...authConfigStateKey(accountId, "a"), secretArn: "arn:crm", ...stateAttributes(of), ...more });
const before = { versionId: "v-held", at: "2026-01-01T00:00:00Z", verification: "endpoint" } as const;
const since = before.at;

function probe() {
  const clock = testClock();
  const secrets = Object.assign(new SecretsManagerClient({ region: "eu-central-1" }), {
    send: async (command: { input: { VersionId?: string } }) => {
      if (!(command instanceof GetSecretValueCommand)) return { ARN: "arn:crm" };
      const versionId = command.input.VersionId ?? current;
      if (!readable.has(versionId)) throw Object.assign(new Error("gone"), { name: "ResourceNotFoundException" });
      return { SecretString: JSON.stringify({ apiKey: versionId }), VersionId: versionId };
    },
  });
  const [connection] = connectionsSchema.parse([
    { name: "main", accountIds: [accountId], secretId: "main", ringcxUrl: "https://a.b", platformUrl: "https://a.b" },
  ]);
  const check = async (_: unknown, presented?: { credential: { versionId: string } }): Promise<ProbeResult> => {
    const versionId = presented?.credential.versionId ?? "";
    asked.push(versionId);
    if (accepted.has(versionId)) return { passed: true, ms: 1 };
    return { passed: false, kind: "REFUSED", because: "it answered 401", ms: 1 } as ProbeResult;
  };
  const dependencies = {
    table,
    connections: [connection],
    secretReader: new SecretReader(secrets, clock, { tagsForMs: 0, valueForMs: 0 }),
    probe: { check },
  };
  const name = { accountId, groupName: "CRM", serviceDescription: "Lookup" };
  const service = {
    ...undeclaredService(name, { serviceGroupId: 1, serviceId: 2 }),
    authConfig: "CRM key",
    validation: {
      method: "GET" as const,
      url: "https://a.b/",
      credential: { in: "HEADER" as const, name: "X-Key" },
      expect: { status: 200 },
    },
  };
  return probeService(dependencies as never, service);
}

test("a person moves AWSCURRENT to a version that is revoked, and RingCX keeps its own: the service is asked as RingCX asks it", async () => {
  await state({ kind: "APPLIED", applied: before });
  expect(await probe()).toEqual({ result: "PASSED" });
  expect(asked).toEqual(["v-held"]);
});

test("a version that works is not the one that RingCX has: the service does not work", async () => {
  accepted = new Set([current]);
  await state({ kind: "APPLIED", applied: before });
  expect(await probe()).toMatchObject({ result: "FAILED", because: "it answered 401" });
});

test("where nothing is known of what RingCX has, it was given the current version", async () => {
  accepted = new Set([current]);
  expect(await probe()).toEqual({ result: "PASSED" });
  expect(asked).toEqual([current]);
});

test("a version that cannot be read any more cannot be asked with", async () => {
  readable.delete("v-held");
  await state({ kind: "APPLIED", applied: before });
  expect(await probe()).toMatchObject({ result: "NOT_ASKED", fault: "SECRET" });
  expect(asked).toEqual([]);
});

const doubts: [string, CredentialState][] = [
  [
    "a rotation is being written",
    { kind: "ROTATING", pendingVersionId: "v-new", step: "SETTING", since, verification: "metadata", before },
  ],
  ["a write has no answer yet", { kind: "APPLYING", versionId: "v-new", since, before }],
  ["what RingCX has is unknown", { kind: "DIVERGED", since, why: "test", before, mayHave: ["v-new"] }],
];
test.each(doubts)("while %s, a refusal says nothing, and an acceptance does", async (_, of) => {
  await state(of);
  expect(await probe()).toMatchObject({
    result: "NOT_ASKED",
    fault: "SECRET",
    because: "it answered 401; it is not known which version RingCX has; it may have v-new or v-held",
  });
  accepted.add("v-new");
  expect(await probe()).toEqual({ result: "PASSED" });
});

test("what RingCX has cannot be read in the table: nothing is asked", async () => {
  await state({ kind: "APPLIED", applied: before }, { appliedVersionId: 7 });
  expect(await probe()).toMatchObject({
    result: "NOT_ASKED",
    fault: "STATE_TABLE",
    subject: expect.stringContaining("STATE"),
  });
});
