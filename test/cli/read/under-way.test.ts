import { DeleteSecretCommand } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readUnderWay } from "../../../cli/read/under-way.ts";
import { authConfigRecordKey, authConfigRecordToItem } from "../../../shared/records/account/auth-config.ts";
import { authConfigStateKey } from "../../../shared/records/credential/auth-config-state.ts";
import { accountId, type Fixture, startFixture } from "../../functions/rotate-credentials/fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

it("tells what is rotated of auth configs that a tag alone binds, and each once", async () => {
  const { arn, authConfigId } = await fixture.rotated("APIKEY");
  expect(await readUnderWay(fixture.table, [accountId])).toEqual([]);
  await fixture.step("createSecret", fixture.begin(arn));
  const underWay = { accountId, authConfigId, providerName: "CRM APIKEY", record: { state: { kind: "ROTATING" } } };
  expect(await readUnderWay(fixture.table, [accountId])).toMatchObject([underWay]);
  // A message has taken it over.
  await fixture.table.update(
    authConfigRecordKey(accountId, "CRM APIKEY"),
    authConfigRecordToItem({
      authConfigId,
      secretArn: arn,
      manifest: { kind: "authConfig", providerName: "CRM APIKEY", authType: "APIKEY", secretId: arn },
      generation: { source: "/test", id: "1", time: "2026-01-01T00:00:00Z" },
    }),
  );
  expect(await readUnderWay(fixture.table, [accountId])).toHaveLength(1);
});

it("tells what is being written, too: a new version on its way into RingCX", async () => {
  const { authConfigId, versionId } = await fixture.rotated("APIKEY");
  const state = { status: "APPLYING", targetVersionId: versionId, since: new Date(0).toISOString() };
  await fixture.table.update(authConfigStateKey(accountId, authConfigId), state);
  expect(await readUnderWay(fixture.table, [accountId])).toMatchObject([
    { authConfigId, record: { state: { kind: "APPLYING" } } },
  ]);
});

describe("a rotation whose secret cannot feed its auth config any more", () => {
  const deletion = (ForceDeleteWithoutRecovery: boolean) => (SecretId: string) =>
    fixture.secrets.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery }));

  it.each<[string, string, (arn: string) => Promise<unknown>]>([
    ["its tag ringcx:accounts is taken away", "NOT_PERMITTED", (arn) => fixture.tag(arn, "ringcx:accounts")],
    ["it names no auth config", "UNBOUND", (arn) => fixture.tag(arn, "ringcx:auth-config")],
    ["it is deleted", "DELETED", deletion(false)],
    ["it is deleted for good", "GONE", deletion(true)],
  ])("%s: the very next report has it, and after the look why", async (_, kind, happens) => {
    const { arn, authConfigId } = await fixture.rotated("APIKEY");
    await fixture.step("createSecret", fixture.begin(arn));
    expect(await fixture.tick()).toMatchObject({ unreached: [] });
    const { name } = fixture.store.get(arn);
    await happens(arn);
    expect(await fixture.tick()).toMatchObject({ unreached: [{ accountId, authConfigId, secret: name }] });
    for (let run = 0; run < 6; run += 1) await fixture.tick();
    const { unreached } = await fixture.tick();
    expect(unreached).toMatchObject([{ authConfigId, kind, problem: expect.stringContaining(name) }]);
  });
});
