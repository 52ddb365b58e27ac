import {
  DeleteSecretCommand,
  PutSecretValueCommand,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readRotationCalendar } from "../../../shared/records/credential/rotation-report.ts";
import { bindSecret } from "../../../shared/records/credential/secret-binding.ts";
import { possibleVersions } from "../../../shared/records/credential/versions-in-ringcx.ts";
import { CrashPoint } from "../../support/crash.ts";
import { accountId, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const rotations = () =>
  fixture.published
    .filter(({ cause }) => cause.type === "ringcx.rotation")
    .map(({ details }) => `${details?.trigger} ${details?.result} ${details?.reason}`);

const putPending = async (arn: string) => {
  const request = { SecretId: arn, SecretString: '{"apiKey":"theirs"}', VersionStages: ["AWSPENDING"] };
  return (await fixture.secrets.send(new PutSecretValueCommand(request))).VersionId ?? "";
};

async function due() {
  const bound = await fixture.rotated("APIKEY", { "ringcx:rotate-every": "1h" });
  await fixture.clock.sleep(3_600_000);
  return bound;
}

describe("a rotation of our own schedule", () => {
  it("that Secrets Manager took on, and of which no step ever came, is told once and tried again", async () => {
    const { arn } = await due();
    await fixture.tick();
    const [begun] = fixture.begun.splice(0);
    const stranger = await putPending(arn);
    await fixture.tick();
    expect(rotations()).toEqual(["DUE REFUSED ROTATION_NOT_STARTED"]);
    expect(fixture.published[0]?.summary).toContain(`with the token ${begun?.token}`);
    expect(fixture.labels(arn).pending).toBe(stranger);
  });

  it("that is refused for a version of somebody else names it, and the two ways out", async () => {
    const { arn } = await due();
    fixture.secrets.middlewareStack.add((next, { commandName }) => async (request) => {
      if (commandName !== "RotateSecretCommand") return next(request);
      throw Object.assign(new Error("no"), { name: "InvalidRequestException" });
    });
    const stranger = await putPending(arn);
    for (let tick = 0; tick < 4; tick += 1) await fixture.tick();
    const [outcome] = fixture.published.filter(({ cause }) => cause.type === "ringcx.rotation");
    expect(outcome?.summary).toMatch(/no rotation began/);
    expect(outcome?.summary).toContain(
      `Take the label AWSPENDING off version ${stranger} (UpdateSecretVersionStage), then rotate again; only where it holds a value that is meant`,
    );
  });
});

it("a rotation that a person asks for while RingCX is not in step is told", async () => {
  const { arn, authConfigId } = await fixture.rotated("APIKEY");
  fixture.simulator.faults.add({ kind: "lost-answer", times: 4, match: { method: "PATCH" } });
  fixture.simulator.faults.add({ kind: "status", status: 503, times: 4, match: { method: "PATCH" } });
  await expect(fixture.rotate(arn)).rejects.toThrow();
  expect((await fixture.record(authConfigId)).state.kind).toBe("DIVERGED");
  await expect(fixture.rotate(arn)).rejects.toThrow(/does not have the secret's current version/);
  expect(rotations().at(-1)).toBe("ROTATE_SECRET REFUSED ROTATION_NOT_IN_STEP");
  const told = fixture.published.at(-1)?.summary;
  expect(told).not.toContain("keeps its credential");
  expect(told).toContain("It is not known which credential");
  for (const version of possibleVersions((await fixture.record(authConfigId)).state)) expect(told).toContain(version);
  expect((await fixture.record(authConfigId)).state.kind).toBe("DIVERGED");
});

it.each([
  ["refused", { kind: "REFUSED", reason: "401" }],
  ["wrong", { kind: "ACCEPTED" }],
] as const)(
  "one where the current version is %s is told which to make current, and begins from that",
  async (what, proof) => {
    const { arn, versionId } = await fixture.rotated("APIKEY");
    fixture.script.verifyAtEndpoint = async (_, candidate) =>
      candidate.versionId === bad ? proof : { kind: "ACCEPTED" };
    const bad = await fixture.putVersion(arn, what === "wrong" ? { apiKey: 1 } : { apiKey: "dead" });
    await fixture.tick();
    await expect(fixture.rotate(arn)).rejects.toThrow(/ROTATION_NOT_IN_STEP|version/);
    const summary = fixture.published.at(-1)?.summary;
    expect(summary).toContain(`Move AWSCURRENT to version ${versionId}, which RingCX has`);
    expect(summary).toContain(what === "wrong" ? "SECRET_INVALID" : "CREDENTIAL_REFUSED");
    expect(summary).not.toContain("the schedule puts it in");
    await fixture.makeCurrent(arn, versionId, bad);
    await fixture.rotate(arn);
  },
);

describe("a rotation of a secret that feeds nothing", () => {
  const told = () =>
    fixture.published
      .filter(({ details }) => details?.topic === "rotation of nothing")
      .map(({ status, summary }) => `${status} ${summary}`);
  const refused = async (tag: string, value: string | undefined, pointOf = () => new CrashPoint()) => {
    const { arn } = await fixture.rotated("APIKEY");
    await fixture.tag(arn, tag, value);
    const rotation = fixture.begin(arn);
    await expect(fixture.step("createSecret", rotation, pointOf())).rejects.toThrow();
    for (let repeat = 0; repeat < 2; repeat += 1) {
      await expect(fixture.step("createSecret", rotation)).rejects.toMatchObject({ code: "BINDING_NONE" });
    }
    expect(fixture.labels(arn).pending).toBeUndefined();
    return rotation;
  };

  it.each([
    ["nothing", "ringcx:auth-config", undefined, "bind one by its tag"],
    ["what it may not feed", "ringcx:accounts", "999999", "account 999999 is not served"],
  ])(
    "that names %s is told once, with its token and what to do, and ends after a day",
    async (_, tag, value, words) => {
      const { token } = await refused(tag, value);
      for (let run = 0; run < 3; run += 1) await fixture.tick();
      expect(told()).toEqual([expect.stringContaining(token)]);
      expect(told()[0]).toContain(words);
      await fixture.tick(undefined, undefined, 24 * 3_600_000);
      await fixture.tick();
      expect(told()).toEqual([expect.stringMatching(/^FAILED/), expect.stringMatching(/^NO_CHANGE/)]);
    },
  );

  it("is told once though it is asked for again, and ends with the rotation being turned off", async () => {
    const { arn } = await refused("ringcx:auth-config", undefined);
    await fixture.tick();
    await expect(fixture.rotate(arn)).rejects.toMatchObject({ code: "BINDING_NONE" });
    await fixture.tick();
    expect(told()).toHaveLength(1);
    fixture.store.get(arn).rotation = { isEnabled: false };
    await fixture.tick();
    expect(told()).toEqual([expect.stringMatching(/^FAILED/), expect.stringMatching(/^NO_CHANGE/)]);
  });

  it("is told wherever its step dies", async () => {
    for (let call = 1, isOver = false; !isOver; call += 1) {
      const point = new CrashPoint(call);
      await refused("ringcx:auth-config", undefined, () => point);
      isOver = point.calls < call;
      await fixture.tick();
      expect(told(), `at call ${call}`).toHaveLength(1);
    }
  });
});

it("a label that hangs though no rotation is at it is told before anything is due, once, and ended once", async () => {
  const { arn } = await fixture.rotated("APIKEY");
  const { token } = fixture.begin(arn);
  for (let tick = 0; tick < 6; tick += 1) await fixture.tick();
  expect(await fixture.tick()).toMatchObject({
    refused: [{ problem: expect.stringContaining(token), kind: "NOT_ROTATED" }],
  });
  await fixture.step("createSecret", { arn, token });
  for (const step of ["setSecret", "testSecret", "finishSecret"] as const) await fixture.step(step, { arn, token });
  for (let tick = 0; tick < 3; tick += 1) await fixture.tick();
  expect(fixture.published.filter(({ cause }) => cause.type === "ringcx.secret").map(({ status }) => status)).toEqual([
    "FAILED",
    "NO_CHANGE",
  ]);
});

describe("AWSPENDING that somebody gives a version that RingCX was given before", () => {
  const revoked = () => fixture.issuer.calls.filter(({ action }) => action === "revoke");
  const takenOff = () => fixture.published.filter(({ details }) => details?.kind === "LABEL_TAKEN_OFF");
  const label = (SecretId: string, MoveToVersionId: string) =>
    fixture.secrets.send(
      new UpdateSecretVersionStageCommand({ SecretId, VersionStage: "AWSPENDING", MoveToVersionId }),
    );
  const replaced = async () => {
    const tags = { "ringcx:credential-id": "id-first", "ringcx:overlap": "12m" };
    const bound = await fixture.rotated("APIKEY", tags);
    await fixture.rotate(bound.arn);
    await fixture.tick();
    await label(bound.arn, bound.versionId);
    return bound;
  };

  it("is taken off and told once; its credential overlaps anew, and the next rotation begins", async () => {
    const { arn, versionId } = await replaced();
    for (let run = 0; run < 2; run += 1) await fixture.tick();
    expect(fixture.labels(arn).pending).toBeUndefined();
    expect(takenOff().map(({ summary }) => summary)).toEqual([expect.stringContaining("id-first at its issuer")]);
    expect(takenOff()[0]?.summary).toContain(versionId);
    await fixture.tick();
    expect(revoked()).toEqual([]);
    await fixture.rotate(arn);
    await fixture.tick();
    expect(revoked()).toMatchObject([{ credentialId: "id-first" }]);
    expect(takenOff()).toHaveLength(1);
  });

  it("is told again with the same id where the run that took it off has died", async () => {
    const { arn } = await replaced();
    for (let call = 1; fixture.labels(arn).pending !== undefined; call += 1) {
      await fixture.tick(new CrashPoint(call)).catch(() => {});
    }
    await fixture.tick();
    expect(takenOff().length).toBeGreaterThan(1);
    expect(new Set(takenOff().map(({ cause }) => cause.id)).size).toBe(1);
  });

  it("is not told where a rotation that failed has left it", async () => {
    const { arn } = await fixture.rotated("APIKEY");
    fixture.issuer.script.verdict = { isValid: false };
    const begun = fixture.begin(arn);
    await fixture.step("createSecret", begun);
    await expect(fixture.step("setSecret", begun)).rejects.toThrow();
    await label(arn, begun.token);
    await fixture.tick();
    expect(fixture.labels(arn).pending).toBeUndefined();
    expect(takenOff()).toEqual([]);
  });
});

it("a tag of another type than the auth config that a message bound is told", async () => {
  const bound = await fixture.bind("APIKEY", "first");
  await fixture.tag(bound.arn, "ringcx:auth-config");
  await fixture.tag(bound.arn, "ringcx:auth-type", "BASIC");
  const { arn: secretArn, authConfigId } = bound;
  const binding = {
    secretArn,
    connection: "main",
    accountId,
    authConfigId,
    authType: "APIKEY",
    providerName: undefined,
  } as const;
  await bindSecret(fixture.table, binding);
  const report = await fixture.tick();
  expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "first" });
  expect(report.refused).toMatchObject([
    { kind: "TAG_WRONG", problem: expect.stringMatching(/says "BASIC".*is APIKEY/) },
  ]);
});

it("a secret that was deleted stands in the calendar in the very next run", async () => {
  const { arn } = await fixture.rotated("APIKEY", { "ringcx:rotate-within": "90d" });
  const { name } = fixture.store.get(arn);
  await fixture.secrets.send(new DeleteSecretCommand({ SecretId: arn }));
  for (let tick = 0; tick < 4; tick += 1) {
    await fixture.tick();
    expect(await readRotationCalendar(fixture.table), `run ${tick}`).toMatchObject([
      { secret: name, rotateWithin: "90d" },
    ]);
  }
  expect(await readRotationCalendar(fixture.table)).toMatchObject([{ problem: expect.stringContaining("is deleted") }]);
});
