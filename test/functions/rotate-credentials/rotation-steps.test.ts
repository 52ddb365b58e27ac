import { randomUUID } from "node:crypto";
import { PutSecretValueCommand, UpdateSecretVersionStageCommand } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Fault } from "../../../infra/local/ringcx-simulator/control/faults.ts";
import { moveStage } from "../../../infra/local/secrets-manager/secret.ts";
import { createActivationStore } from "../../../shared/activation/activation-store.ts";
import { linkService } from "../../../shared/records/credential/auth-config-users.ts";
import { recordApplied } from "../../../shared/records/credential/record-applied.ts";
import { bindSecret, secretPartition } from "../../../shared/records/credential/secret-binding.ts";
import { possibleVersions } from "../../../shared/records/credential/versions-in-ringcx.ts";
import { QuotaDeferredError } from "../../../shared/ringcx/quota/quota-deferred-error.ts";
import { authTypes } from "../../../shared/ringcx/resources/auth-config.ts";
import { credentials } from "./credentials.ts";
import { accountId, type Fixture, rotationSteps, startFixture } from "./fixture.ts";

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
      expect(fixture.takeRequests()).toEqual([`GET ${authConfigId}`, `PATCH ${path}`]);
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
    expect(fixture.takeRequests()).toEqual([`GET ${authConfigId}`, "PATCH apiKey"]);
    expect(fixture.issuer.calls.map(({ action }) => action)).toEqual(["create", "verify"]);
    expect(results()).toEqual(["APPLIED"]);
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

describe("the old credential", () => {
  it("is revoked exactly, and only after the overlap", async () => {
    const { arn } = await fixture.rotated("APIKEY", {
      "ringcx:credential-id": "id-made-by-hand",
      "ringcx:overlap": "2h",
    });
    fixture.issuer.valid.set("id-made-by-hand", "first");
    fixture.issuer.valid.set("id-of-somebody-else", "other");
    const first = await fixture.rotate(arn);
    await fixture.clock.sleep(100 * 60_000);
    await fixture.tick();
    expect([...fixture.issuer.valid.keys()]).toContain("id-made-by-hand");
    await fixture.clock.sleep(20 * 60_000);
    await fixture.tick();
    await fixture.tick();
    expect([...fixture.issuer.valid.keys()]).toEqual(["id-of-somebody-else", `id-${first}`]);
    const second = await fixture.rotate(arn);
    expect(
      fixture.issuer.calls.find(({ action, credentialId }) => action === "create" && credentialId === `id-${first}`),
    ).toBeDefined();
    await fixture.clock.sleep(3 * 3_600_000);
    await fixture.tick();
    expect([...fixture.issuer.valid.keys()]).toEqual(["id-of-somebody-else", `id-${second}`]);
    expect(
      fixture.issuer.calls.filter(({ action }) => action === "revoke").map(({ credentialId }) => credentialId),
    ).toEqual(["id-made-by-hand", `id-${first}`]);
  });

  it("is kept when a person has gone back to it meanwhile", async () => {
    const { arn } = await fixture.rotated("APIKEY");
    const first = await fixture.rotate(arn);
    const second = await fixture.rotate(arn);
    await fixture.makeCurrent(arn, first, second);
    await fixture.clock.sleep(3 * 3_600_000);
    await fixture.tick();
    await fixture.tick();
    expect([...fixture.issuer.valid.keys()]).toContain(`id-${first}`);
  });

  it("is revoked by a later run when the issuer was away", async () => {
    const { arn } = await fixture.rotated("APIKEY", { "ringcx:credential-id": "id-old" });
    fixture.issuer.valid.set("id-old", "first");
    await fixture.rotate(arn);
    await fixture.clock.sleep(2 * 3_600_000);
    fixture.issuer.script.fail = "revoke";
    await fixture.tick();
    expect([...fixture.issuer.valid.keys()]).toContain("id-old");
    fixture.issuer.script.fail = undefined;
    await fixture.tick();
    expect([...fixture.issuer.valid.keys()]).not.toContain("id-old");
  });
});

describe("a rotation that fails", () => {
  /** RingCX and Secrets Manager are as if nothing had been; the candidate is revoked; another rotation can begin. */
  async function expectAsBefore({
    arn,
    authConfigId,
    versionId,
  }: {
    arn: string;
    authConfigId: string;
    versionId: string;
  }) {
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "first" });
    expect(fixture.labels(arn)).toMatchObject({ current: versionId, pending: undefined });
    expect((await fixture.record(authConfigId)).state).toMatchObject({ kind: "APPLIED", applied: { versionId } });
    expect([...fixture.issuer.valid.keys()]).toEqual([]);
    fixture.script.verifyAtEndpoint = async () => ({ kind: "NOT_PROVABLE", reason: "none declares how" });
    fixture.issuer.script.verdict = undefined;
    const token = await fixture.rotate(arn);
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: `issued-${token}` });
  }

  it("because the issuer is down leaves everything as it was", async () => {
    const bound = await fixture.rotated("APIKEY");
    fixture.issuer.script.fail = "create";
    await expect(fixture.rotate(bound.arn)).rejects.toThrow();
    expect(results()).toEqual(["REFUSED"]);
    expect(JSON.stringify(fixture.published)).not.toContain("issued-leak");
    fixture.issuer.script.fail = undefined;
    await expectAsBefore(bound);
  });

  it("because the issuer does not accept the candidate never reaches RingCX", async () => {
    const bound = await fixture.rotated("APIKEY");
    fixture.issuer.script.verdict = { isValid: false, reason: "not active" };
    await expect(fixture.rotate(bound.arn)).rejects.toThrow(/not valid: not active/);
    expect(fixture.takeRequests()).toEqual([`GET ${bound.authConfigId}`]);
    await expectAsBefore(bound);
  });

  it("because the endpoint refuses the candidate never reaches RingCX", async () => {
    const bound = await fixture.rotated("APIKEY");
    fixture.script.verifyAtEndpoint = async () => ({ kind: "REFUSED", reason: "crm.example.com answered 401" });
    await expect(fixture.rotate(bound.arn)).rejects.toThrow(/refuses the new credential: crm.example.com answered 401/);
    expect(fixture.takeRequests()).toEqual([`GET ${bound.authConfigId}`]);
    expect(results()).toEqual(["REFUSED"]);
    await expectAsBefore(bound);
  });

  it("waits for an endpoint that needs a moment to know a new credential", async () => {
    const { arn } = await fixture.rotated("APIKEY");
    let asked = 0;
    fixture.script.verifyAtEndpoint = async () => {
      asked += 1;
      return asked < 3 ? { kind: "REFUSED", reason: "401" } : { kind: "ACCEPTED" };
    };
    await fixture.rotate(arn);
    expect(fixture.published).toMatchObject([{ status: "SUCCEEDED", details: { proof: "endpoint" } }]);
  });

  it("because the endpoint refuses it after RingCX has it is rolled back to the current version", async () => {
    const bound = await fixture.rotated("APIKEY");
    const rotation = fixture.begin(bound.arn);
    await fixture.step("createSecret", rotation);
    await fixture.step("setSecret", rotation);
    fixture.script.verifyAtEndpoint = async () => ({ kind: "REFUSED", reason: "401" });
    await expect(fixture.step("testSecret", rotation)).rejects.toThrow(/refuses/);
    expect(results()).toEqual(["PUT_BACK"]);
    expect(fixture.published[0]).toMatchObject({ status: "FAILED", details: { previousVersionId: bound.versionId } });
    await expectAsBefore(bound);
  });

  it.each<[string, string, Fault[]]>([
    ["refuses the PATCH for good", "REFUSED", [{ kind: "status", status: 403, times: "always" }]],
    ["refuses the PATCH once", "REFUSED", [{ kind: "status", status: 400, times: 1 }]],
    ["does not take the token, renewed or not", "REFUSED", [{ kind: "status", status: 401, times: 2 }]],
    ["answers the PATCH with 5xx", "PUT_BACK", [{ kind: "status", status: 503, times: 4 }]],
    ["takes the PATCH but its answers are lost", "PUT_BACK", [{ kind: "lost-answer", times: 4 }]],
    [
      "takes the PATCH, loses its answer, and refuses the same again",
      "PUT_BACK",
      [
        { kind: "lost-answer", times: 1 },
        { kind: "status", status: 403, times: 1 },
      ],
    ],
  ])("because RingCX %s ends with the current version: %s", async (_what, result, faults) => {
    const bound = await fixture.rotated("APIKEY");
    for (const fault of faults) fixture.simulator.faults.add({ ...fault, match: { method: "PATCH" } });
    await expect(fixture.rotate(bound.arn)).rejects.toThrow(/RingCX authConfigs.updateApiKey/);
    expect(results()).toEqual([result]);
    fixture.simulator.faults.clear();
    await expectAsBefore(bound);
  });

  it("because the limit of RingCX's rate is met, and then RingCX refuses, was never written, and is not rolled back", async () => {
    const bound = await fixture.rotated("APIKEY");
    const rotation = fixture.begin(bound.arn);
    await fixture.step("createSecret", rotation);
    fixture.simulator.faults.add({ kind: "status", status: 429, times: 1, match: { method: "PATCH" } });
    await expect(fixture.step("setSecret", rotation)).rejects.toThrow(/no slot/);
    fixture.simulator.faults.add({ kind: "status", status: 403, times: "always", match: { method: "PATCH" } });
    await expect(fixture.step("setSecret", rotation)).rejects.toThrow(/403/);
    fixture.simulator.faults.clear();
    expect(results()).toEqual(["REFUSED"]);
    await expectAsBefore(bound);
  });

  it("and is not known to be rolled back leaves its credential valid until it surely is", async () => {
    const bound = await fixture.rotated("APIKEY");
    fixture.simulator.faults.add({ kind: "lost-answer", times: 4, match: { method: "PATCH" } });
    fixture.simulator.faults.add({ kind: "status", status: 503, times: "always", match: { method: "PATCH" } });
    await expect(fixture.rotate(bound.arn)).rejects.toThrow();
    for (let tick = 0; tick < 3; tick += 1) await fixture.tick();
    const { state } = await fixture.record(bound.authConfigId);
    expect(state.kind).toBe("APPLYING");
    // What RingCX uses is valid still, whatever we have tried since.
    expect(possibleVersions(state)).toContain(String(fixture.inForce(bound.authConfigId)?.apiKey).slice(7));
    expect(fixture.issuer.valid.size).toBe(1);
    fixture.simulator.faults.clear();
    for (let tick = 0; tick < 12; tick += 1) await fixture.tick();
    await expectAsBefore(bound);
  });

  it("and whose roll-back fails says so; the candidate stays valid until the next run has repaired it", async () => {
    const bound = await fixture.rotated("APIKEY");
    fixture.simulator.faults.add({ kind: "lost-answer", times: 4, match: { method: "PATCH" } });
    fixture.simulator.faults.add({ kind: "status", status: 503, times: 4, match: { method: "PATCH" } });
    await expect(fixture.rotate(bound.arn)).rejects.toThrow();
    expect((await fixture.record(bound.authConfigId)).state).toMatchObject({ kind: "DIVERGED" });
    expect(results()).toEqual(["DIVERGED"]);
    expect(fixture.inForce(bound.authConfigId)?.apiKey).toMatch(/^issued-/);
    expect(fixture.issuer.valid.size).toBe(1);
    expect(await fixture.tick()).toMatchObject({ diverged: 1 });
    expect(fixture.inForce(bound.authConfigId)).toMatchObject({ apiKey: "first" });
    expect(await fixture.tick()).toMatchObject({ diverged: 0 });
    await expectAsBefore(bound);
  });

  it("and repairs that fail too leave it so until a write is confirmed", async () => {
    const { arn, authConfigId, versionId } = await fixture.rotated("APIKEY");
    const rotation = fixture.begin(arn);
    await fixture.step("createSecret", rotation);
    fixture.simulator.faults.add({ kind: "status", status: 500, times: 60, match: { method: "PATCH" } });
    await expect(fixture.step("setSecret", rotation)).rejects.toThrow();
    for (let run = 0; run < 4; run += 1) {
      expect(await fixture.tick()).toMatchObject({
        diverged: 1,
        lines: [{ concerns: expect.arrayContaining(["DIVERGED"]), mayHave: expect.arrayContaining([versionId]) }],
      });
    }
    expect(await fixture.tick()).toMatchObject({ diverged: 1, failing: 1 });
    fixture.simulator.faults.clear();
    for (let run = 0; run < 12; run += 1) await fixture.tick();
    expect(await fixture.tick()).toMatchObject({ diverged: 0, lines: [] });
    expect((await fixture.record(authConfigId)).state).toMatchObject({ kind: "APPLIED", applied: { versionId } });
  });

  it("and so is a write that had no answer", async () => {
    const { arn } = await fixture.bind("APIKEY", "first");
    await fixture.tick();
    fixture.simulator.faults.add({ kind: "status", status: 500, times: 60, match: { method: "PATCH" } });
    await fixture.putVersion(arn, { apiKey: "second" });
    await fixture.tick();
    expect(await fixture.tick()).toMatchObject({ diverged: 1, failing: 1 });
  });

  it("for one of several auth configs rolls all of them back", async () => {
    const second = await fixture.createAuthConfig("APIKEY");
    const bound = await fixture.rotated("APIKEY");
    await bindSecret(fixture.table, {
      secretArn: bound.arn,
      connection: "main",
      accountId,
      authConfigId: second,
      authType: "APIKEY",
      providerName: undefined,
    });
    await fixture.tick();
    expect(fixture.inForce(second)).toMatchObject({ apiKey: "first" });
    fixture.simulator.faults.add({ kind: "status", status: 403, after: 1, match: { method: "PATCH" } });
    await expect(fixture.rotate(bound.arn)).rejects.toThrow(/403/);
    expect(fixture.inForce(second)).toMatchObject({ apiKey: "first" });
    await expectAsBefore(bound);
    const apiKey = fixture.inForce(bound.authConfigId)?.apiKey;
    expect(fixture.inForce(second)).toMatchObject({ apiKey });
  });

  it("because somebody made another version current meanwhile gives way to it", async () => {
    const { arn, authConfigId, versionId: before } = await fixture.rotated("APIKEY");
    const rotation = fixture.begin(arn);
    for (const step of ["createSecret", "setSecret", "testSecret"] as const) await fixture.step(step, rotation);
    const versionId = await fixture.putVersion(arn, { apiKey: "by-a-person" });
    await expect(fixture.step("finishSecret", rotation)).rejects.toThrow(/another version the current one/);
    expect((await fixture.record(authConfigId)).state).toMatchObject({
      kind: "APPLIED",
      applied: { versionId: before },
    });
    await fixture.tick(); // theirs is asked about like any other
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "by-a-person" });
    expect((await fixture.record(authConfigId)).state).toMatchObject({ kind: "APPLIED", applied: { versionId } });
    expect(fixture.labels(arn)).toMatchObject({ current: versionId, pending: undefined });
  });
});

describe("a message that writes the auth config in the middle of a rotation", () => {
  it.each(["setSecret", "testSecret", "finishSecret"] as const)(
    "before %s ends it; RingCX has the current version",
    async (step) => {
      const { arn, authConfigId, versionId } = await fixture.rotated("APIKEY");
      const rotation = fixture.begin(arn);
      for (const earlier of rotationSteps.slice(0, rotationSteps.indexOf(step))) await fixture.step(earlier, rotation);
      // Provisioning's PATCH may have come before ours and its note after it: RingCX is left as it is.
      const at = new Date(fixture.clock.now()).toISOString();
      await recordApplied(
        fixture.table,
        { secretArn: arn, accountId, authConfigId },
        { versionId, at, verification: "metadata" },
      );
      for (const later of rotationSteps.slice(rotationSteps.indexOf(step))) {
        await fixture.step(later, rotation).catch(() => {});
      }
      expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "first" });
      expect(fixture.labels(arn)).toMatchObject({ current: versionId, pending: undefined });
      expect(fixture.issuer.valid.size).toBe(0);
      expect((await fixture.record(authConfigId)).state).toMatchObject({ kind: "APPLIED", applied: { versionId } });
      await fixture.rotate(arn);
    },
  );
});

describe("no room in the quota", () => {
  it("keeps a rotation from beginning", async () => {
    const { arn } = await fixture.rotated("APIKEY");
    fixture.quota.hasCapacity = async () => ({ fits: false, retryAfterMs: 1000 });
    await expect(fixture.rotate(arn)).rejects.toThrow(/no slot/);
    expect(fixture.labels(arn).pending).toBeUndefined();
    expect(fixture.issuer.calls).toEqual([]);
  });

  it("in the middle ends nothing: the step is repeated and goes on", async () => {
    const { arn, authConfigId } = await fixture.rotated("APIKEY");
    const rotation = fixture.begin(arn);
    await fixture.step("createSecret", rotation);
    const { claim } = fixture.quota;
    fixture.quota.claim = async () => {
      throw new QuotaDeferredError({ retryAfterMs: 1000 });
    };
    await expect(fixture.step("setSecret", rotation)).rejects.toThrow(/no slot/);
    expect(fixture.published).toEqual([]);
    fixture.quota.claim = claim;
    for (const step of ["setSecret", "testSecret", "finishSecret"] as const) await fixture.step(step, rotation);
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: `issued-${rotation.token}` });
  });
});

describe("guards", () => {
  it("testSecret alone writes nothing anywhere", async () => {
    const { arn, authConfigId } = await fixture.rotated("APIKEY");
    const rotation = fixture.begin(arn);
    const before = {
      record: await fixture.record(authConfigId),
      secret: await fixture.table.query(secretPartition(arn)),
      labels: fixture.labels(arn),
    };
    await fixture.step("testSecret", rotation);
    expect(fixture.takeRequests()).toEqual([]);
    expect({
      record: await fixture.record(authConfigId),
      secret: await fixture.table.query(secretPartition(arn)),
      labels: fixture.labels(arn),
    }).toEqual(before);
    expect(fixture.published).toEqual([]);
  });

  it("a step that comes before its time changes nothing in RingCX", async () => {
    const { arn, authConfigId } = await fixture.rotated("APIKEY");
    const rotation = fixture.begin(arn);
    await fixture.step("createSecret", rotation);
    await expect(fixture.step("finishSecret", rotation)).rejects.toThrow(/testSecret comes first/);
    expect(fixture.takeRequests()).toEqual([]);
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "first" });
  });

  it.each(["createSecret", "setSecret", "testSecret", "finishSecret"] as const)(
    "%s after we have ended the rotation says that it has ended, and not that somebody took the label",
    async (step) => {
      const { arn } = await fixture.rotated("APIKEY");
      const rotation = fixture.begin(arn);
      for (const taken of ["createSecret", "setSecret"] as const) await fixture.step(taken, rotation);
      await expect(fixture.step("finishSecret", rotation)).rejects.toThrow(/testSecret comes first/);
      expect(fixture.labels(arn).pending).toBeUndefined();
      const said = fixture.published.length;
      await expect(fixture.step(step, rotation)).rejects.toThrow(/has ended \(ROTATION_NOT_PROVEN\)\. Rotate again\./);
      expect(fixture.published).toHaveLength(said);
    },
  );

  it("a version that was given up cannot be taken up again", async () => {
    const { arn } = await fixture.rotated("APIKEY");
    const rotation = fixture.begin(arn);
    await fixture.secrets.send(
      new UpdateSecretVersionStageCommand({
        SecretId: arn,
        VersionStage: "AWSPENDING",
        RemoveFromVersionId: rotation.token,
      }),
    );
    await expect(fixture.step("createSecret", rotation)).rejects.toThrow(/not pending/);
  });

  it("a foreign schedule in an outage finds a clear no, and nothing pending afterwards", async () => {
    const { arn, authConfigId, versionId } = await fixture.rotated("APIKEY");
    const service = { accountId, groupName: "CRM", serviceDescription: "Lookup" };
    await linkService(fixture.table, authConfigId, service);
    const activation = createActivationStore(fixture);
    await activation.change(service, {
      add: [{ kind: "OUTAGE", since: "2026-01-01T00:00:00Z", alarms: [], confirmedByProbe: true }],
    });
    await expect(fixture.rotate(arn)).rejects.toThrow(/CRM\/Lookup has an outage/);
    expect(fixture.labels(arn)).toMatchObject({ current: versionId, pending: undefined });
    expect(fixture.issuer.calls).toEqual([]);
    expect(fixture.takeRequests()).toEqual([]);
    await activation.change(service, { remove: ["OUTAGE"] });
    await fixture.rotate(arn);
  });
});

describe("our own schedule", () => {
  it("begins a rotation when it is due, not before, and not while one is under way", async () => {
    const { arn } = await fixture.rotated("APIKEY", { "ringcx:rotate-every": "1h" });
    await fixture.tick();
    expect(fixture.begun).toEqual([]);
    await fixture.clock.sleep(3_600_000);
    await fixture.tick();
    expect(fixture.begun).toMatchObject([{ arn }]);
    const [rotation = { arn, token: "" }] = fixture.begun;
    await fixture.step("createSecret", rotation);
    await fixture.tick();
    expect(fixture.begun).toHaveLength(1);
    for (const step of ["setSecret", "testSecret", "finishSecret"] as const) await fixture.step(step, rotation);
    expect(fixture.published).toMatchObject([{ status: "SUCCEEDED", details: { trigger: "DUE" } }]);
    await fixture.tick();
    expect(fixture.begun).toHaveLength(1);
  });

  it("waits for the end of an outage of a service that uses the credential", async () => {
    const { authConfigId } = await fixture.rotated("APIKEY", { "ringcx:rotate-every": "1h" });
    const service = { accountId, groupName: "CRM", serviceDescription: "Lookup" };
    await linkService(fixture.table, authConfigId, service);
    const activation = createActivationStore(fixture);
    const outage = { kind: "OUTAGE", since: "2026-01-01T00:00:00Z", alarms: [], confirmedByProbe: true } as const;
    await activation.change(service, { add: [outage] });
    await fixture.clock.sleep(3_600_000);
    await fixture.tick();
    expect(fixture.begun).toEqual([]);
    await activation.change(service, { remove: ["OUTAGE"] });
    await fixture.tick();
    expect(fixture.begun).toHaveLength(1);
  });

  it("tries a rotation that failed again, ever more seldom", async () => {
    const { arn } = await fixture.rotated("APIKEY", { "ringcx:rotate-every": "1h" });
    await fixture.clock.sleep(3_600_000);
    fixture.issuer.script.fail = "create";
    const attemptsIn = async (ticks: number) => {
      const before = fixture.begun.length;
      for (let tick = 0; tick < ticks; tick += 1) {
        const begun = fixture.begun.length;
        await fixture.tick();
        const [next] = fixture.begun.slice(begun);
        if (next) await fixture.step("createSecret", next).catch(() => {});
      }
      return fixture.begun.length - before;
    };
    expect(await attemptsIn(3)).toBeGreaterThan(1);
    expect(await attemptsIn(288)).toBeLessThan(12);
    fixture.issuer.script.fail = undefined;
    expect((await fixture.tick()).failing).toBe(1);
    const token = await fixture.rotate(arn);
    expect(fixture.labels(arn).current).toBe(token);
    expect((await fixture.tick()).failing).toBe(0);
  });
});

describe("a pending version that somebody else has put", () => {
  it("is not promoted unasked, keeps its label, and is told", async () => {
    const { arn, authConfigId, versionId } = await fixture.rotated("APIKEY");
    const stranger = randomUUID();
    await fixture.secrets.send(
      new PutSecretValueCommand({
        SecretId: arn,
        ClientRequestToken: stranger,
        SecretString: '{"apiKey":"by-a-stranger"}',
        VersionStages: ["AWSPENDING"],
      }),
    );
    for (let again = 0; again < 2; again += 1) {
      const rotation = fixture.begin(arn);
      expect(rotation.token).toBe(stranger);
      await expect(fixture.step("createSecret", rotation)).rejects.toThrow(/not made here/);
      for (let tick = 0; tick < 6; tick += 1) await fixture.tick();
    }
    expect(fixture.labels(arn)).toMatchObject({ current: versionId, pending: stranger });
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "first" });
    expect(fixture.published[0]).toMatchObject({ status: "FAILED", summary: expect.stringContaining(stranger) });
    expect(fixture.issuer.calls).toEqual([]);
  });
});
