import { afterEach, beforeEach, expect, test } from "vitest";
import { authConfigStateKey } from "../../../shared/records/credential/auth-config-state.ts";
import { saveIssuedCredential } from "../../../shared/records/credential/issued-credential.ts";
import { applyMessage, authConfig, type FakeSecret, type Fixture, group, service, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const secretArn = "arn:secret:crm/oauth";
const whole = (more: object = {}) => applyMessage([group, { ...authConfig, ...more }, service(fixture.crm)]);
const inForce = () => fixture.simulator.state().authConfigs[0];

/** Somebody moves AWSCURRENT; the schedule of rotation has not come yet. */
function makeCurrent(versionId: string): FakeSecret {
  const secret = fixture.secrets.get("crm/oauth");
  if (!secret) throw new Error("no secret");
  const moved = { ...secret, versionId };
  fixture.secrets.set("crm/oauth", moved);
  // What is kept of a secret for the messages of a minute.
  fixture.skip(61_000);
  return moved;
}

const revoke = (versionId: string) =>
  saveIssuedCredential(fixture.table, secretArn, {
    versionId,
    credentialId: "one",
    issuer: "issuer",
    authType: "OAUTH",
    revokedAt: new Date(fixture.now()).toISOString(),
  });

const sent = async (message: object) => {
  const { status, summary, resources = [] } = await fixture.send(message);
  const { result, changes = [], problems = [] } = resources[1] ?? {};
  return { status, summary, result, changes: changes.join(), problems };
};

/** What became of a message, after a dry run of it said the same of the versions. */
const told = async (message: ReturnType<typeof whole>) => {
  const planned = await sent({ ...message, id: `${message.id}-plan`, data: { ...message.data, dryRun: true } });
  const done = await sent(message);
  const lineOf = ({ changes, summary }: typeof done) =>
    [changes, summary].map((text) => /its secret's.*/.exec(text)?.[0]);
  expect(lineOf(planned)).toEqual(lineOf(done));
  expect(planned.problems).toEqual(done.problems);
  return done;
};

test("an apply says that RingCX has another version of the secret than the current one, and what comes of it", async () => {
  await fixture.send(whole());
  expect(await told(whole())).toMatchObject({ status: "NO_CHANGE", changes: "" });
  makeCurrent("secret-v0");
  expect(await told(whole())).toMatchObject({
    status: "NO_CHANGE",
    summary: expect.stringMatching(/secret-v0, which the next run .* writes; RingCX was given version secret-v1 last/),
  });
  const key = authConfigStateKey("123456", inForce()?.authConfigId ?? "");
  const failure = {
    versionId: "secret-v0",
    code: "CREDENTIAL_REFUSED",
    message: "It says no.",
    attempts: 1,
    retryAt: 0,
  };
  await fixture.table.update(key, { failure });
  expect((await told(whole())).changes).toContain("could not be applied (CREDENTIAL_REFUSED): It says no; RingCX was");
  await fixture.table.update(key, { status: "ROTATING", pendingVersionId: "secret-v2" });
  expect((await told(whole())).changes).toBe("");
});

test("a version whose credential was revoked gets into RingCX by no message, whatever else it changes, and says so", async () => {
  await fixture.send(whole({}));
  makeCurrent("secret-v0");
  await revoke("secret-v0");
  expect(await told(whole())).toMatchObject({
    status: "NO_CHANGE",
    summary: expect.stringContaining("secret-v0, which was revoked at its issuer: it is not written; RingCX was given"),
  });
  const before = inForce();
  const refused = { result: "FAILED", problems: [{ message: expect.stringContaining("was revoked at its issuer") }] };
  expect(await told(whole({ description: "anew" }))).toMatchObject(refused);
  expect(await told(whole({ providerName: "Another" }))).toMatchObject({ problems: refused.problems });
  expect(fixture.simulator.state().authConfigs).toEqual([before]);
  makeCurrent("secret-v1");
  expect(await told(whole({ description: "anew" }))).toMatchObject({ status: "SUCCEEDED", result: "UPDATED" });
});
