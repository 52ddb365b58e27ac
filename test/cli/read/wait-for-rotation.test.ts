import { PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, expect, it } from "vitest";
import { waitForRotation } from "../../../cli/read/wait-for-rotation.ts";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import { accountId, type Fixture, rotationSteps, startFixture } from "../../functions/rotate-credentials/fixture.ts";
import { CrashPoint } from "../../support/crash.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

/** A rotation that Secrets Manager has taken on. */
async function asked() {
  const { arn, authConfigId } = await fixture.rotated("APIKEY");
  const rotation = fixture.begin(arn);
  const config = {
    accountId,
    authConfigId,
    providerName: "CRM",
    secretId: arn,
    secretArn: arn,
    authType: "APIKEY",
  } as const;
  const wait = () =>
    waitForRotation(
      fixture,
      { ...config, versionId: rotation.token },
      { clock: fixture.clock, timeoutMs: 20_000, signal: new AbortController().signal },
    );
  return { ...rotation, wait };
}

it("sees that it has begun, and that it has come to its end", async () => {
  const { wait, ...rotation } = await asked();
  await fixture.step("createSecret", rotation);
  expect(await wait()).toBe("begun");
  for (const step of rotationSteps.slice(1)) await fixture.step(step, rotation);
  expect(await wait()).toEqual({ kind: "applied", verification: "metadata" });
});

it("says why its first step ended it", async () => {
  const { wait, ...rotation } = await asked();
  fixture.issuer.create = async () => {
    throw new AutomationError("the issuer is away", { code: "ISSUER_FAILED" });
  };
  await expect(fixture.step("createSecret", rotation)).rejects.toThrow();
  expect(await wait()).toMatchObject({ kind: "failed", why: expect.stringContaining("the issuer is away") });
});

it("says that its secret feeds nothing any more", async () => {
  const { wait, ...rotation } = await asked();
  await fixture.tag(rotation.arn, "ringcx:auth-config");
  await expect(fixture.step("createSecret", rotation)).rejects.toThrow();
  expect(await wait()).toMatchObject({ kind: "failed", why: expect.stringContaining("feeds no auth config") });
});

it("never blames a person for a label that our own step took off, wherever that step is just then", async () => {
  for (let call = 1, isOver = false; !isOver; call++) {
    const { wait, ...rotation } = await asked();
    fixture.issuer.create = async () => {
      throw new AutomationError("the issuer is away", { code: "ISSUER_FAILED" });
    };
    const point = new CrashPoint(call, "before");
    await expect(fixture.step("createSecret", rotation, point)).rejects.toThrow();
    isOver = point.calls < call;
    if (fixture.labels(rotation.arn).pending !== undefined) continue;
    expect(await wait(), `at call ${call}`).toMatchObject({ why: expect.stringContaining("the issuer is away") });
  }
});

it("says who has the label where it was taken before any step, and nothing where none has come yet", async () => {
  const { wait, arn } = await asked();
  expect(await wait()).toBeUndefined();
  const request = { SecretId: arn, SecretString: "{}", VersionStages: ["AWSPENDING"] };
  const { VersionId = "" } = await fixture.secrets.send(new PutSecretValueCommand(request));
  expect(await wait()).toMatchObject({
    kind: "failed",
    why: expect.stringContaining(`version ${VersionId} has it now`),
  });
});
