import { DeleteSecretCommand, PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, expect, it } from "vitest";
import { verifyCredential } from "../../../../functions/fail-over-services/verify/verify-credential.ts";
import type { Verify } from "../../../../shared/contract/verify.ts";
import { authConfigRecordKey } from "../../../../shared/records/account/auth-config.ts";
import { accountId, type Fixture, startFixture } from "../../rotate-credentials/fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

/** A secret in sync, whose auth config a message made, and whose endpoint knows what is valid. */
async function inSync(valid: readonly string[]) {
  const bound = await fixture.rotated("APIKEY");
  const record = { authConfigId: bound.authConfigId, secretArn: bound.arn, manifest: { authType: "APIKEY" } };
  await fixture.table.put({ ...authConfigRecordKey(accountId, "CRM"), ...record });
  fixture.script.verifyAtEndpoint = async (_, { versionId }) => {
    const text = fixture.store.get(bound.arn).versions.get(versionId)?.value?.string ?? "{}";
    return valid.includes(JSON.parse(text).apiKey) ? { kind: "ACCEPTED" } : { kind: "REFUSED", reason: "401" };
  };
  return bound;
}

/** @returns the outcome */
async function verify() {
  const { table, secrets, connections, clock, script } = fixture;
  const data = { accountId, providerName: "CRM", by: "ada" };
  const event = {
    specversion: "1.0",
    id: `verify-${fixture.published.length}`,
    source: "test",
    type: "ringcx.verify.v1",
    data,
  };
  const { outcomes, ringcxFor } = fixture.dependencies();
  const verifyAtEndpoint = script.verifyAtEndpoint;
  const dependencies = { table, secrets, connections, clock, outcomes, verifyAtEndpoint, ringcxFor };
  await verifyCredential(dependencies, event as Verify, { deadline: clock.now() + 20_000 });
  return fixture.published.at(-1);
}

it("at rest asks about the one version that RingCX was given last", async () => {
  const { versionId } = await inSync(["first"]);
  expect(await verify()).toMatchObject({
    status: "NO_CHANGE",
    summary: expect.stringContaining(
      `version ${versionId}, which RingCX was given last and is AWSCURRENT, is accepted`,
    ),
    details: { answer: "ACCEPTED" },
  });
});

it("does not say that all is well while RingCX has a candidate whose label somebody took", async () => {
  const { arn, versionId } = await inSync(["first"]);
  fixture.script.verifyAtEndpoint = async () => ({ kind: "ACCEPTED" });
  const rotation = fixture.begin(arn);
  for (const step of ["createSecret", "setSecret"] as const) await fixture.step(step, rotation);
  await fixture.secrets.send(
    new PutSecretValueCommand({ SecretId: arn, SecretString: '{"apiKey":"theirs"}', VersionStages: ["AWSPENDING"] }),
  );
  fixture.script.verifyAtEndpoint = async (_, credential) =>
    credential.versionId === versionId ? { kind: "ACCEPTED" } : { kind: "REFUSED", reason: "401" };
  const outcome = await verify();
  expect(outcome).toMatchObject({ status: "FAILED", details: { answer: "REFUSED" } });
  expect(outcome?.summary).toContain(`version ${rotation.token}, which RingCX was given last, but is not AWSCURRENT`);
  expect(outcome?.summary).toContain(`version ${versionId}, which is AWSCURRENT, but not in RingCX, is accepted`);
});

it("asks about both versions where a write had no answer, and says that it is not known which RingCX has", async () => {
  const { arn, versionId } = await inSync(["first"]);
  fixture.simulator.faults.add({ kind: "lost-answer", times: 4, match: { method: "PATCH" } });
  fixture.script.verifyAtEndpoint = async () => ({ kind: "ACCEPTED" });
  const second = await fixture.putVersion(arn, { apiKey: "second" });
  await fixture.tick();
  expect((await verify())?.summary).toContain(
    `it is not known which version RingCX has; it may have ${second} or ${versionId}`,
  );
});

it.each([
  ["deleted", "is deleted and waits for its recovery window to end", /^restore it/],
  ["deleted, with another of its name", "was deleted for good; arn:", /it is another secret/],
  ["without its tag", "has lost the tag ringcx:connection", /^put the tag back/],
] as const)("of a secret that is %s says so, and what to do", async (how, reason, hint) => {
  const { arn, versionId } = await inSync(["first"]);
  await lose(how, arn);
  const outcome = await verify();
  expect(outcome).toMatchObject({ status: "FAILED", details: { answer: "COULD_NOT_BE_ASKED" } });
  expect(outcome?.summary).toContain(reason);
  expect(outcome?.summary).toContain(`RingCX was given version ${versionId} last`);
  expect(outcome?.summary).not.toContain("AWSCURRENT");
  expect(outcome?.problems).toMatchObject([{ hint: expect.stringMatching(hint) }]);
});

async function lose(how: string, arn: string) {
  if (how === "without its tag") return fixture.tag(arn, "ringcx:connection");
  const { name } = fixture.store.get(arn);
  const isForGood = how !== "deleted";
  await fixture.secrets.send(new DeleteSecretCommand({ SecretId: arn, ForceDeleteWithoutRecovery: isForGood }));
  if (isForGood) await fixture.createSecret({ name, value: { apiKey: "theirs" } });
}

it("says that it is not known what RingCX has where somebody else has changed the auth config there, as long as that is so", async () => {
  const { arn, authConfigId } = await inSync(["first", "second"]);
  await fixture.editAuthConfig(authConfigId, { apiKey: "another" });
  for (const known of ["just now", "told"]) {
    const outcome = await verify();
    expect(outcome, known).toMatchObject({ status: "FAILED", details: { answer: "COULD_NOT_BE_ASKED" } });
    expect(outcome?.summary).toContain("it is not known which version RingCX has");
    expect(outcome?.summary).toContain("RingCX says that it was changed at");
    expect(outcome?.summary).not.toContain("was given last");
    for (let run = 0; run < 4; run += 1) await fixture.tick();
    fixture.simulator.faults.add({ kind: "status", status: 503, times: 20, match: { path: `*${authConfigId}` } });
  }
  fixture.simulator.faults.clear();
  await fixture.putVersion(arn, { apiKey: "second" });
  for (let run = 0; run < 4; run += 1) await fixture.tick();
  expect(await verify()).toMatchObject({ status: "NO_CHANGE", details: { answer: "ACCEPTED" } });
});
