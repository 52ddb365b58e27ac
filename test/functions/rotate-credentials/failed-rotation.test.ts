import { PutSecretValueCommand, UpdateSecretVersionStageCommand } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import { Redacted } from "../../../shared/primitives/redacted.ts";
import { credentials } from "./credentials.ts";
import { type Fixture, rotationSteps, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

async function ticks(count: number) {
  for (let tick = 1; tick < count; tick += 1) await fixture.tick();
  return fixture.tick();
}

/** What was told, as `STATUS what kind`. */
const told = () =>
  fixture.published.map(({ cause, status, details }) =>
    cause.type === "ringcx.rotation"
      ? `${status} ${details?.result} ${details?.reason ?? ""}`.trim()
      : `${status} ${cause.id.split("/").at(-1)} ${details?.kind}`,
  );

type Bound = Awaited<ReturnType<Fixture["rotated"]>>;

const issuerFails = () => {
  fixture.issuer.create = async () => {
    throw new AutomationError("no", { code: "ISSUER_FAILED" });
  };
};

/** The endpoint accepts the candidate until RingCX has it. */
const refusedLate = ({ authConfigId, versionId }: Bound) => {
  const before = JSON.stringify(fixture.inForce(authConfigId));
  fixture.script.verifyAtEndpoint = async (_, credential) =>
    credential.versionId === versionId || JSON.stringify(fixture.inForce(authConfigId)) === before
      ? { kind: "ACCEPTED" }
      : { kind: "REFUSED", reason: "401" };
};

/** @returns what ends it */
function removingLabelFails(): () => void {
  let isOn = true;
  fixture.secrets.middlewareStack.add((next, { commandName }) => async (request) => {
    if (isOn && commandName === "UpdateSecretVersionStageCommand") throw Object.assign(new Error("no"), { name: "no" });
    return next(request);
  });
  return () => {
    isOn = false;
  };
}

describe("a person's rotation that failed is a failure until its cause has ended, and that is told once", () => {
  it.each<[string, (bound: Bound) => void, string]>([
    ["before RingCX had the candidate", issuerFails, "FAILED REFUSED ISSUER_FAILED"],
    ["and was rolled back", refusedLate, "FAILED PUT_BACK CREDENTIAL_REFUSED"],
  ])("%s", async (_, damage, begun) => {
    const bound = await fixture.rotated("APIKEY");
    damage(bound);
    await expect(fixture.rotate(bound.arn)).rejects.toThrow();
    expect(fixture.labels(bound.arn)).toMatchObject({ current: bound.versionId, pending: undefined });
    expect(await fixture.tick()).toMatchObject({ failing: 1 });
    expect(await ticks(8)).toMatchObject({ failing: 0, lines: [] });
    const code = begun.split(" ").at(-1);
    expect(told()).toEqual([begun, `NO_CHANGE ended ${code}`]);
    expect(await ticks(8)).toMatchObject({ failing: 0 });
    expect(told()).toHaveLength(2);
  });

  it("while its version has the label that keeps the next one from beginning", async () => {
    const { arn, versionId } = await fixture.rotated("APIKEY");
    issuerFails();
    const end = removingLabelFails();
    const begun = fixture.begin(arn);
    await expect(fixture.step("createSecret", begun)).rejects.toThrow();
    expect(await ticks(8)).toMatchObject({ failing: 1 });
    expect(fixture.labels(arn)).toMatchObject({ current: versionId, pending: begun.token });
    end();
    expect(await ticks(8)).toMatchObject({ failing: 0, lines: [] });
    expect(fixture.labels(arn)).toMatchObject({ current: versionId, pending: undefined });
    expect(told()).toEqual(["FAILED REFUSED ISSUER_FAILED", "NO_CHANGE ended ISSUER_FAILED"]);
  });

  it("while a version of somebody else is pending", async () => {
    const { arn } = await fixture.rotated("APIKEY");
    const stranger = await strangersVersion(arn);
    await expect(fixture.rotate(arn)).rejects.toThrow();
    expect(await ticks(8)).toMatchObject({ failing: 1, lines: [{ failure: "ROTATION_STRANGERS_VERSION" }] });
    await takeLabelOff(arn, stranger);
    expect(await ticks(8)).toMatchObject({ failing: 0, lines: [] });
    expect(told()).toEqual(["FAILED REFUSED ROTATION_STRANGERS_VERSION", "NO_CHANGE ended ROTATION_STRANGERS_VERSION"]);
  });

  it("as the next one that succeeds tells by itself", async () => {
    const { arn } = await fixture.rotated("APIKEY");
    const { create } = fixture.issuer;
    issuerFails();
    await expect(fixture.rotate(arn)).rejects.toThrow();
    fixture.issuer.create = create;
    await fixture.rotate(arn);
    expect(await ticks(8)).toMatchObject({ failing: 0, lines: [] });
    expect(told()).toEqual(["FAILED REFUSED ISSUER_FAILED", "SUCCEEDED APPLIED"]);
  });
});

describe("a rotation of our own schedule that failed", () => {
  async function failed() {
    const bound = await fixture.rotated("APIKEY", { "ringcx:rotate-every": "1h" });
    issuerFails();
    await ticks(13);
    for (const begun of fixture.begun.splice(0)) {
      for (const step of rotationSteps) await fixture.step(step, begun).catch(() => undefined);
    }
    return bound;
  }

  it("is a failure for as long as it is due, and is tried again", async () => {
    await failed();
    expect(await ticks(4)).toMatchObject({ failing: 1, lines: [{ failure: "ISSUER_FAILED" }] });
    expect(fixture.begun.length).toBeGreaterThan(0);
    expect(told()).toEqual(["FAILED REFUSED ISSUER_FAILED"]);
  });

  it.each([
    ["is not to be rotated any more", undefined],
    ["is to be rotated later", "30d"],
  ])("ends when the secret %s, and that is told once", async (_, every) => {
    const { arn } = await failed();
    await fixture.tag(arn, "ringcx:rotate-every", every);
    expect(await ticks(8)).toMatchObject({ failing: 0, lines: [] });
    expect(told()).toEqual(["FAILED REFUSED ISSUER_FAILED", "NO_CHANGE ended ISSUER_FAILED"]);
  });

  it("because of somebody else's pending version goes on at once when that is gone", async () => {
    const { arn } = await fixture.rotated("APIKEY", { "ringcx:rotate-every": "1h" });
    const stranger = await strangersVersion(arn);
    await expect(fixture.rotate(arn)).rejects.toThrow();
    await ticks(24);
    await takeLabelOff(arn, stranger);
    fixture.begun.length = 0;
    await fixture.tick();
    expect(fixture.begun).toHaveLength(1);
  });
});

async function strangersVersion(arn: string): Promise<string> {
  const SecretString = JSON.stringify(credentials.APIKEY.value("theirs"));
  const put = new PutSecretValueCommand({ SecretId: arn, SecretString, VersionStages: ["AWSPENDING"] });
  return (await fixture.secrets.send(put)).VersionId ?? "";
}

async function takeLabelOff(arn: string, versionId: string): Promise<void> {
  const request = { SecretId: arn, VersionStage: "AWSPENDING", RemoveFromVersionId: versionId };
  await fixture.secrets.send(new UpdateSecretVersionStageCommand(request));
}

describe("an issuer that answers more than a secret may hold", () => {
  it("is told with the size and the limit; nothing is stored, and what it made is revoked", async () => {
    const { arn } = await fixture.rotated("APIKEY");
    const { create } = fixture.issuer;
    fixture.issuer.create = async (...asked) => ({
      ...(await create(...asked)),
      fields: new Redacted({ apiKey: "k".repeat(65_536) }),
    });
    const begun = fixture.begin(arn);
    await expect(fixture.step("createSecret", begun)).rejects.toMatchObject({
      code: "ISSUER_FAILED",
      message: expect.stringMatching(/the secret would have 65\d{3} bytes, and Secrets Manager takes 65536 at most/),
    });
    expect(fixture.labels(arn).pending).toBeUndefined();
    await fixture.ticks(1);
    expect(told()).toContain("FAILED REFUSED ISSUER_FAILED");
    expect(fixture.revoked()).toEqual([`id-${begun.token}`]);
  });
});

it.each([
  [{ apiKey: 12345 }, "apiKey: is of another type, expected string"],
  [{ apiKey: "" }, "apiKey"],
  [{ apiKey: "x", other: 1 }, "other"],
])("an issuer that answers create with %j is at fault, not the secret", async (fields, words) => {
  const { arn, versionId } = await fixture.rotated("APIKEY");
  fixture.issuer.create = async () => ({
    credentialId: "id-new",
    fields: new Redacted<Record<string, unknown>>(fields),
  });
  await expect(fixture.rotate(arn)).rejects.toMatchObject({ code: "ISSUER_FAILED" });
  const summary = fixture.published.at(-1)?.summary ?? "";
  expect(summary).toContain(`The issuer answered create with what does not fit APIKEY`);
  expect(summary).toContain(words);
  expect(summary).not.toContain("12345");
  expect(fixture.labels(arn)).toMatchObject({ current: versionId, pending: undefined });
});

it("what may pass, and is not tried again, is not said to pass by itself", async () => {
  const { arn } = await fixture.rotated("APIKEY");
  const send = fixture.secrets.send.bind(fixture.secrets);
  fixture.secrets.send = (async (command: Parameters<typeof send>[0]) => {
    if (command instanceof PutSecretValueCommand) throw Object.assign(new Error("lost"), { name: "TimeoutError" });
    return send(command);
  }) as typeof send;
  await expect(fixture.rotate(arn)).rejects.toMatchObject({ code: "SECRET_NOT_WRITTEN" });
  const summary = fixture.published.at(-1)?.summary ?? "";
  expect(summary).toContain("It is not tried again by itself: rotate again.");
  expect(summary).not.toContain("pass by itself");
});
