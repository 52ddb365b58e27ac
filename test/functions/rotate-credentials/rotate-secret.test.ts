import { UpdateSecretVersionStageCommand } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { authTypes } from "../../../shared/ringcx/resources/auth-config.ts";
import { credentials } from "./credentials.ts";
import { type HostedStage, startHostedStage } from "./hosted-fixture.ts";

let stage: HostedStage;
beforeAll(async () => {
  stage = await startHostedStage();
});
afterAll(() => stage.stop());

describe("RotateSecret through the deployed stack", () => {
  it.each(authTypes)("rotates an auth config of type %s", async (authType) => {
    const { arn, authConfigId, versionId } = await stage.createRotated(authType, "first");
    await stage.tick();
    const { shown, value } = credentials[authType];
    expect(stage.inForce(authConfigId)?.[shown]).toEqual(value("first")[shown]);
    const token = await stage.rotate(arn);
    expect(await stage.labels(arn)).toMatchObject({ AWSCURRENT: token, AWSPREVIOUS: versionId });
    expect(stage.inForce(authConfigId)?.[shown]).toEqual(value(`issued-${token}`)[shown]);
  });

  it("neither deploying nor testing the configuration rotates", async () => {
    const { arn, authConfigId, versionId } = await stage.createRotated("APIKEY", "first");
    expect(await stage.labels(arn)).toEqual({ AWSCURRENT: versionId });
    expect(stage.inForce(authConfigId)).toMatchObject({ apiKey: "by-hand" });
  });

  it("is called by our own schedule when it is due", async () => {
    const { arn, authConfigId, versionId } = await stage.createRotated("APIKEY", "first", {
      "ringcx:rotate-every": "30d",
    });
    await stage.tick();
    await stage.tick();
    expect(await stage.labels(arn)).toEqual({ AWSCURRENT: versionId });
    await stage.age(authConfigId, 31 * 86_400_000);
    await stage.tick();
    await stage.settled(async () => {
      const { AWSCURRENT: token } = await stage.labels(arn);
      expect(token).not.toBe(versionId);
      expect(stage.inForce(authConfigId)).toMatchObject({ apiKey: `issued-${token}` });
    });
    const items = await stage.items();
    expect(items).toContainEqual(expect.objectContaining({ authConfigId, trigger: "DUE", result: "APPLIED" }));
  });

  it("ends with everything as it was when the candidate is not valid", async () => {
    const { arn, authConfigId, versionId } = await stage.createRotated("APIKEY", "first");
    await stage.tick();
    stage.script.isValid = false;
    const token = await stage.rotate(arn);
    stage.script.isValid = true;
    expect(await stage.labels(arn)).toEqual({ AWSCURRENT: versionId });
    expect(stage.inForce(authConfigId)).toMatchObject({ apiKey: "first" });
    expect(stage.valid.has(`id-${token}`)).toBe(false);
    expect(await stage.rotate(arn)).not.toBe(token);
  });

  it("takes off the label that a rotation that died has left behind, or no other could begin", async () => {
    const { arn, versionId } = await stage.createRotated("APIKEY", "first");
    await stage.tick();
    stage.script.isValid = false;
    const token = await stage.rotate(arn);
    stage.script.isValid = true;
    await stage.secrets.send(
      new UpdateSecretVersionStageCommand({ SecretId: arn, VersionStage: "AWSPENDING", MoveToVersionId: token }),
    );
    await stage.tick();
    expect(await stage.labels(arn)).toEqual({ AWSCURRENT: versionId });
  });

  it("needs no permission that its roles do not give", () => {
    expect(stage.host.denials).toEqual([]);
  });
});
