import { UpdateSecretVersionStageCommand } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { authTypes } from "../../../shared/ringcx/resources/auth-config.ts";
import { credentials } from "./credentials.ts";
import { type HostedFixture, startHostedFixture } from "./hosted-fixture.ts";

let fixture: HostedFixture;
beforeAll(async () => {
  fixture = await startHostedFixture();
});
afterAll(() => fixture.stop());

describe("RotateSecret through the deployed stack", () => {
  it.each(authTypes)("rotates an auth config of type %s", async (authType) => {
    const { arn, authConfigId, versionId } = await fixture.createRotated(authType, "first");
    await fixture.tick();
    const { shown, value } = credentials[authType];
    expect(fixture.inForce(authConfigId)?.[shown]).toEqual(value("first")[shown]);
    const token = await fixture.rotate(arn);
    expect(await fixture.labels(arn)).toMatchObject({ AWSCURRENT: token, AWSPREVIOUS: versionId });
    expect(fixture.inForce(authConfigId)?.[shown]).toEqual(value(`issued-${token}`)[shown]);
  });

  it("neither deploying nor testing the configuration rotates", async () => {
    const { arn, authConfigId, versionId } = await fixture.createRotated("APIKEY", "first");
    expect(await fixture.labels(arn)).toEqual({ AWSCURRENT: versionId });
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "by-hand" });
  });

  it("is called by our own schedule when it is due", async () => {
    const { arn, authConfigId, versionId } = await fixture.createRotated("APIKEY", "first", {
      "ringcx:rotate-every": "30d",
    });
    await fixture.tick();
    await fixture.tick();
    expect(await fixture.labels(arn)).toEqual({ AWSCURRENT: versionId });
    await fixture.age(authConfigId, 31 * 86_400_000);
    await fixture.tick();
    await fixture.settled(async () => {
      const { AWSCURRENT: token } = await fixture.labels(arn);
      expect(token).not.toBe(versionId);
      expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: `issued-${token}` });
    });
    const items = await fixture.items();
    expect(items).toContainEqual(expect.objectContaining({ authConfigId, trigger: "DUE", result: "APPLIED" }));
  });

  it("ends with everything as it was when the candidate is not valid", async () => {
    const { arn, authConfigId, versionId } = await fixture.createRotated("APIKEY", "first");
    await fixture.tick();
    fixture.script.isValid = false;
    const token = await fixture.rotate(arn);
    fixture.script.isValid = true;
    expect(await fixture.labels(arn)).toEqual({ AWSCURRENT: versionId });
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "first" });
    await fixture.tick();
    expect(fixture.valid.has(`id-${token}`)).toBe(false);
    expect(await fixture.rotate(arn)).not.toBe(token);
  });

  it("takes off the label that a rotation that died has left behind, or no other could begin", async () => {
    const { arn, versionId } = await fixture.createRotated("APIKEY", "first");
    await fixture.tick();
    fixture.script.isValid = false;
    const token = await fixture.rotate(arn);
    fixture.script.isValid = true;
    await fixture.secrets.send(
      new UpdateSecretVersionStageCommand({ SecretId: arn, VersionStage: "AWSPENDING", MoveToVersionId: token }),
    );
    await fixture.tick();
    expect(await fixture.labels(arn)).toEqual({ AWSCURRENT: versionId });
  });

  it("needs no permission that its roles do not give", () => {
    expect(fixture.host.denials).toEqual([]);
  });
});
