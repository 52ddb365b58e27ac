import { PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { moveStage } from "../../../infra/local/secrets-manager/secret.ts";
import { authTypes } from "../../../shared/ringcx/resources/auth-config.ts";
import { credentials } from "./credentials.ts";
import { type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const results = () => fixture.published.map(({ details }) => details?.result);

describe("a rotation by Secrets Manager's four steps", () => {
  it.each(authTypes)(
    "brings the issuer's new credential of type %s to RingCX and makes it the current version",
    async (authType) => {
      const { arn, authConfigId, versionId } = await fixture.rotated(authType);
      const token = await fixture.rotate(arn);
      const { shown, path, value } = credentials[authType];
      expect(fixture.inForce(authConfigId)?.[shown]).toEqual(value(`issued-${token}`)[shown]);
      expect(fixture.labels(arn)).toMatchObject({ current: token, previous: versionId });
      expect(fixture.takeRequests()).toEqual([`GET ${authConfigId}`, `PATCH ${path}`, `GET ${authConfigId}`]);
      expect((await fixture.record(authConfigId)).state).toMatchObject({
        kind: "APPLIED",
        applied: { versionId: token },
      });
      expect(fixture.published).toMatchObject([
        {
          status: "SUCCEEDED",
          resources: [{ name: `CRM ${authType}`, result: "UPDATED" }],
          details: { versionId: token, previousVersionId: versionId, trigger: "ROTATE_SECRET" },
        },
      ]);
      await fixture.tick();
      expect(fixture.takeRequests()).toEqual([]);
    },
  );

  it("leaves no label that would keep the next rotation from beginning, whatever is put in between", async () => {
    const { arn } = await fixture.rotated("APIKEY");
    await fixture.rotate(arn);
    expect(fixture.labels(arn).pending).toBeUndefined();
    await fixture.putVersion(arn, { apiKey: "by-a-person" });
    await fixture.tick();
    const token = await fixture.rotate(arn);
    expect(fixture.labels(arn).current).toBe(token);
  });

  it("is not undone when the last step comes again and sees labels from before", async () => {
    const { arn, authConfigId, versionId } = await fixture.rotated("APIKEY");
    const token = await fixture.rotate(arn);
    const secret = fixture.store.get(arn);
    moveStage(secret, "AWSCURRENT", secret.versions.get(versionId));
    moveStage(secret, "AWSPENDING", secret.versions.get(token));
    fixture.takeRequests();
    await fixture.step("finishSecret", { arn, token });
    expect(fixture.takeRequests()).toEqual([]);
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: `issued-${token}` });
  });

  it("repeats every step without doing anything twice", async () => {
    const { arn, authConfigId } = await fixture.rotated("APIKEY");
    const rotation = fixture.begin(arn);
    for (const step of ["createSecret", "setSecret", "testSecret", "finishSecret"] as const) {
      await fixture.step(step, rotation);
      await fixture.step(step, rotation);
    }
    expect(fixture.takeRequests()).toEqual([`GET ${authConfigId}`, "PATCH apiKey", `GET ${authConfigId}`]);
    expect(fixture.issuer.calls.map(({ action }) => action)).toEqual(["create", "verify"]);
    expect(results()).toEqual(["APPLIED"]);
  });

  it("says so where somebody has put another value under its id while the issuer was asked", async () => {
    const { arn } = await fixture.rotated("APIKEY");
    const { create } = fixture.issuer;
    fixture.issuer.create = async (subject, current) => {
      const { clientRequestToken: ClientRequestToken } = subject;
      const theirs = {
        SecretId: arn,
        ClientRequestToken,
        SecretString: '{"apiKey":"theirs"}',
        VersionStages: ["THEIRS"],
      };
      await fixture.secrets.send(new PutSecretValueCommand(theirs));
      return create(subject, current);
    };
    await expect(fixture.rotate(arn)).rejects.toMatchObject({
      code: "SECRET_NOT_WRITTEN",
      retryable: false,
      message: expect.stringMatching(/another value under this rotation's id; rotate again/),
    });
  });

  it("does not say that the version is nowhere, which a person may have made current meanwhile", async () => {
    const { arn, versionId } = await fixture.rotated("APIKEY");
    const begun = fixture.begin(arn);
    await fixture.step("createSecret", begun);
    fixture.issuer.script.verdict = { isValid: false };
    await expect(fixture.step("setSecret", begun)).rejects.toMatchObject({ code: "CREDENTIAL_REFUSED" });
    await fixture.makeCurrent(arn, begun.token, versionId);
    await fixture.tick();
    const refused = fixture.published.find(({ details }) => details?.result === "REFUSED");
    expect(refused?.summary).toContain("RingCX was given no version of that id");
  });

  it("is left alone by the schedule between any two of its steps", async () => {
    const { arn, authConfigId, versionId } = await fixture.rotated("APIKEY");
    const rotation = fixture.begin(arn);
    for (const step of ["createSecret", "setSecret", "testSecret"] as const) {
      await fixture.step(step, rotation);
      fixture.takeRequests();
      await fixture.tick();
      expect(fixture.takeRequests()).toEqual([]);
    }
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: `issued-${rotation.token}` });
    expect(fixture.labels(arn).current).toBe(versionId);
    await fixture.step("finishSecret", rotation);
    expect(fixture.labels(arn).current).toBe(rotation.token);
  });

  it("carries what does not change over from the current version", async () => {
    const { arn, authConfigId } = await fixture.rotated("BASIC");
    await fixture.rotate(arn);
    expect(fixture.inForce(authConfigId)).toMatchObject({ username: "crm" });
  });

  it("makes a random credential only where the secret says so", async () => {
    const random = await fixture.rotated("APIKEY", { "ringcx:issuer": "random" });
    await fixture.rotate(random.arn);
    expect(fixture.inForce(random.authConfigId)?.apiKey).toMatch(/^random-/);
    const nobody = await fixture.rotated("APIKEY", { "ringcx:issuer": "whoever" });
    await expect(fixture.rotate(nobody.arn)).rejects.toThrow(/ringcx:issuer must be the ARN of an issuer function/);
    expect(fixture.inForce(nobody.authConfigId)).toMatchObject({ apiKey: "first" });
    expect(fixture.labels(nobody.arn).pending).toBeUndefined();
  });

  it("verifies the credential at the endpoint where a service declares how", async () => {
    const { arn } = await fixture.rotated("APIKEY");
    fixture.script.verifyAtEndpoint = async () => ({ kind: "ACCEPTED" });
    await fixture.rotate(arn);
    expect(fixture.published[0]?.details).toMatchObject({ proof: "endpoint" });
  });
});
