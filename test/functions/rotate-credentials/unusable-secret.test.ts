import { generateKeyPairSync } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AuthType } from "../../../shared/ringcx/resources/auth-config.ts";
import { credentials } from "./credentials.ts";
import { type Fixture, rotationSteps, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

/** @returns what ends it */
function readingFails(name: string, message = ""): () => void {
  return callFails("GetSecretValue", name, message);
}

/** @returns what ends it */
function callFails(call: string, name: string, message = ""): () => void {
  let isOn = true;
  fixture.secrets.middlewareStack.add((next, { commandName }) => async (request) => {
    if (isOn && commandName === `${call}Command`) throw Object.assign(new Error(message), { name });
    return next(request);
  });
  return () => {
    isOn = false;
  };
}

describe.each([
  ["AccessDeniedException", "User is not authorized: Access to KMS is not allowed", /KMS key does not let/],
  ["DecryptionFailure", "", /KMS key does not let/],
  ["AccessDeniedException", "", /may not read it/],
])("a secret that cannot be read for good (%s %s)", (name, message, cause) => {
  const words = (arn: string) => [arn, `GetSecretValue: ${name}`, "docs/runbook.md, secret-unreadable"];

  it("is told by the first run, with secret, call, likely cause and page; the report says the same until it is mended", async () => {
    const { arn, authConfigId } = await fixture.rotated("APIKEY");
    const end = readingFails(name, message);
    await fixture.putVersion(arn, credentials.APIKEY.value("next"));
    await fixture.tick();
    expect(fixture.published).toMatchObject([{ status: "FAILED", details: { reason: "SECRET_UNREADABLE" } }]);
    expect(fixture.published[0]?.summary).toMatch(cause);
    for (const word of words(arn)) expect(fixture.published[0]?.summary).toContain(word);
    for (let tick = 0; tick < 12; tick += 1) await fixture.tick();
    expect(await fixture.tick()).toMatchObject({ failing: 1, lines: [{ failure: "SECRET_UNREADABLE" }] });
    expect(fixture.published).toHaveLength(1);
    end();
    for (let tick = 0; tick < 13; tick += 1) await fixture.tick();
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "next" });
    expect(await fixture.tick()).toMatchObject({ failing: 0 });
  });

  it("ends a rotation at once with the same words, and nothing stays pending", async () => {
    const { arn, authConfigId, versionId } = await fixture.rotated("APIKEY");
    readingFails(name, message);
    const failure = await fixture.rotate(arn).catch((error: Error) => error.message);
    expect(failure).toMatch(cause);
    for (const word of words(arn)) {
      expect(failure).toContain(word);
      expect(fixture.published[0]?.summary).toContain(word);
    }
    expect(fixture.labels(arn)).toMatchObject({ current: versionId, pending: undefined });
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "first" });
  });
});

describe.each([
  ["PutSecretValue", "createSecret"],
  ["UpdateSecretVersionStage", "finishSecret"],
] as const)("a secret that %s may not change", (call, failing) => {
  it.each([
    ["AccessDeniedException", "Access to KMS is not allowed", /KMS key does not let/],
    ["AccessDeniedException", "", /may not change it/],
  ])(
    `ends a rotation in ${failing}, with secret, call, likely cause and page (%s %s)`,
    async (name, message, cause) => {
      const { arn, authConfigId, versionId } = await fixture.rotated("APIKEY");
      const end = callFails(call, name, message);
      const rotation = fixture.begin(arn);
      for (const step of rotationSteps) await fixture.step(step, rotation).catch(() => undefined);
      for (let tick = 0; tick < 5; tick += 1) await fixture.tick();
      const [outcome] = fixture.published;
      expect(outcome).toMatchObject({ status: "FAILED", details: { reason: "SECRET_NOT_WRITTEN" } });
      expect(outcome?.summary).toMatch(cause);
      for (const word of [arn, `${call}: ${name}`, "docs/runbook.md, secret-unreadable"]) {
        expect(outcome?.summary).toContain(word);
      }
      end();
      for (let tick = 0; tick < 8; tick += 1) await fixture.tick();
      expect(fixture.labels(arn)).toMatchObject({ current: versionId, pending: undefined });
      expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "first" });
      expect(await fixture.tick()).toMatchObject({ failing: 0, diverged: 0 });
    },
  );
});

it("a secret that cannot be read for a moment is told by no run, and read by the next", async () => {
  const { arn, authConfigId } = await fixture.rotated("APIKEY");
  const end = readingFails("ThrottlingException");
  await fixture.putVersion(arn, credentials.APIKEY.value("next"));
  await fixture.tick();
  end();
  await fixture.tick();
  expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "next" });
  expect(fixture.published).toMatchObject([{ status: "SUCCEEDED" }]);
});

const canary = "hunter2-CANARY";
const jwt = { payload: "{}", addTokenTo: "REQUEST_HEADER" };

it("a slip of copying that can only be one is put right in RingCX, and the outcome says so", async () => {
  const { arn, authConfigId } = await fixture.rotated("JWT");
  const pem = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" });
  const copied = pem.toString().replaceAll("\n", "\\n");
  const versionId = await fixture.putVersion(arn, { ...jwt, algorithm: "ES256", privateKey: copied });
  await fixture.tick();
  expect(fixture.inForce(authConfigId)).toMatchObject({ privateKey: pem });
  expect(fixture.published).toMatchObject([{ status: "SUCCEEDED", details: { versionId } }]);
  expect(fixture.published[0]?.summary).toContain("privateKey: its line breaks were restored.");
  expect(await fixture.history(authConfigId)).toContainEqual(
    expect.objectContaining({ versionId, remarks: ["privateKey: its line breaks were restored"] }),
  );
});

describe("a credential that cannot be presented", () => {
  it.each<[string, AuthType, Record<string, unknown>, string]>([
    ["a line break at the end", "APIKEY", { apiKey: `${canary}\n` }, "apiKey"],
    ["a zero-width blank", "APIKEY", { apiKey: `${canary}\u200b` }, "apiKey"],
    ["a colon in the user name", "BASIC", { username: `a:${canary}`, password: "p" }, "username"],
    ["a key that is none", "JWT", { ...jwt, algorithm: "RS256", privateKey: canary }, "privateKey"],
  ])("with %s replaces nothing that works, and is told by its field", async (_, authType, value, field) => {
    const { arn, authConfigId } = await fixture.rotated(authType);
    const before = fixture.inForce(authConfigId);
    await fixture.putVersion(arn, value);
    for (let tick = 0; tick < 8; tick += 1) await fixture.tick();
    expect(fixture.inForce(authConfigId)).toEqual(before);
    expect(fixture.published).toMatchObject([{ status: "FAILED", details: { reason: "SECRET_INVALID" } }]);
    expect(fixture.published[0]?.summary).toContain(`${field}: `);
    expect(JSON.stringify([fixture.messages, fixture.logs])).not.toContain(canary);
  });
});
