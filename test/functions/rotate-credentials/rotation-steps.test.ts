import { UpdateSecretVersionStageCommand } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { moveStage } from "../../../infra/local/secrets-manager/secret.ts";
import { createActivationStore } from "../../../shared/activation/activation-store.ts";
import { recordApplied } from "../../../shared/records/credential/auth-config-state.ts";
import { authConfigUserKey } from "../../../shared/records/credential/auth-config-users.ts";
import { secretBindingKey, secretPartition } from "../../../shared/records/credential/secret-binding.ts";
import { QuotaDeferredError } from "../../../shared/ringcx/quota/quota-deferred-error.ts";
import { authTypes } from "../../../shared/ringcx/resources/auth-config.ts";
import { credentials } from "./credentials.ts";
import { accountId, rotationSteps, type Stage, startStage } from "./fixture.ts";

let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.stop());

const told = () => stage.published.map(({ details }) => details?.result);

describe("a rotation by Secrets Manager's four steps", () => {
  it.each(authTypes)(
    "brings the issuer's new credential of type %s to RingCX and makes it the current version",
    async (authType) => {
      const { arn, authConfigId, versionId } = await stage.rotated(authType);
      const token = await stage.rotate(arn);
      const { shown, path, value } = credentials[authType];
      expect(stage.inForce(authConfigId)?.[shown]).toEqual(value(`issued-${token}`)[shown]);
      expect(stage.labels(arn)).toMatchObject({ current: token, previous: versionId });
      expect(stage.takeRequests()).toEqual([`GET ${authConfigId}`, `PATCH ${path}`]);
      expect((await stage.record(authConfigId)).state).toMatchObject({
        kind: "APPLIED",
        applied: { versionId: token },
      });
      expect(stage.published).toMatchObject([
        {
          status: "SUCCEEDED",
          resources: [{ name: `CRM ${authType}`, result: "UPDATED" }],
          details: { versionId: token, previousVersionId: versionId, trigger: "ROTATE_SECRET" },
        },
      ]);
      await stage.tick();
      expect(stage.takeRequests()).toEqual([]);
    },
  );

  it("leaves no label that would keep the next rotation from beginning, whatever is put in between", async () => {
    const { arn } = await stage.rotated("APIKEY");
    await stage.rotate(arn);
    expect(stage.labels(arn).pending).toBeUndefined();
    await stage.putVersion(arn, { apiKey: "by-a-person" });
    await stage.tick();
    const token = await stage.rotate(arn);
    expect(stage.labels(arn).current).toBe(token);
  });

  it("is not undone when the last step comes again and sees labels from before", async () => {
    const { arn, authConfigId, versionId } = await stage.rotated("APIKEY");
    const token = await stage.rotate(arn);
    const secret = stage.store.get(arn);
    moveStage(secret, "AWSCURRENT", secret.versions.get(versionId));
    moveStage(secret, "AWSPENDING", secret.versions.get(token));
    stage.takeRequests();
    await stage.step("finishSecret", { arn, token });
    expect(stage.takeRequests()).toEqual([]);
    expect(stage.inForce(authConfigId)).toMatchObject({ apiKey: `issued-${token}` });
  });

  it("repeats every step without doing anything twice", async () => {
    const { arn, authConfigId } = await stage.rotated("APIKEY");
    const rotation = stage.begin(arn);
    for (const step of ["createSecret", "setSecret", "testSecret", "finishSecret"] as const) {
      await stage.step(step, rotation);
      await stage.step(step, rotation);
    }
    expect(stage.takeRequests()).toEqual([`GET ${authConfigId}`, "PATCH apiKey"]);
    expect(stage.issuer.calls.map(({ action }) => action)).toEqual(["create", "verify"]);
    expect(told()).toEqual(["APPLIED"]);
  });

  it("is left alone by the schedule between any two of its steps", async () => {
    const { arn, authConfigId, versionId } = await stage.rotated("APIKEY");
    const rotation = stage.begin(arn);
    for (const step of ["createSecret", "setSecret", "testSecret"] as const) {
      await stage.step(step, rotation);
      stage.takeRequests();
      await stage.tick();
      expect(stage.takeRequests()).toEqual([]);
    }
    expect(stage.inForce(authConfigId)).toMatchObject({ apiKey: `issued-${rotation.token}` });
    expect(stage.labels(arn).current).toBe(versionId);
    await stage.step("finishSecret", rotation);
    expect(stage.labels(arn).current).toBe(rotation.token);
  });

  it("carries what does not change over from the current version", async () => {
    const { arn, authConfigId } = await stage.rotated("BASIC");
    await stage.rotate(arn);
    expect(stage.inForce(authConfigId)).toMatchObject({ username: "crm" });
  });

  it("makes a random credential only where the secret says so", async () => {
    const random = await stage.rotated("APIKEY", { "ringcx:issuer": "random" });
    await stage.rotate(random.arn);
    expect(stage.inForce(random.authConfigId)?.apiKey).toMatch(/^random-/);
    const nobody = await stage.rotated("APIKEY", { "ringcx:issuer": "whoever" });
    await expect(stage.rotate(nobody.arn)).rejects.toThrow(/ringcx:issuer must be the ARN of an issuer function/);
    expect(stage.inForce(nobody.authConfigId)).toMatchObject({ apiKey: "first" });
    expect(stage.labels(nobody.arn).pending).toBeUndefined();
  });

  it("proves the credential at the endpoint where a service declares how", async () => {
    const { arn } = await stage.rotated("APIKEY");
    stage.script.prove = async () => ({ kind: "ACCEPTED" });
    await stage.rotate(arn);
    expect(stage.published[0]?.details).toMatchObject({ proof: "endpoint" });
  });
});

describe("the old credential", () => {
  it("is revoked exactly, and only after the overlap", async () => {
    const { arn } = await stage.rotated("APIKEY", {
      "ringcx:credential-id": "id-made-by-hand",
      "ringcx:overlap": "2h",
    });
    stage.issuer.valid.set("id-made-by-hand", "first");
    stage.issuer.valid.set("id-of-somebody-else", "other");
    const first = await stage.rotate(arn);
    await stage.clock.sleep(100 * 60_000);
    await stage.tick();
    expect([...stage.issuer.valid.keys()]).toContain("id-made-by-hand");
    await stage.clock.sleep(20 * 60_000);
    await stage.tick();
    await stage.tick();
    expect([...stage.issuer.valid.keys()]).toEqual(["id-of-somebody-else", `id-${first}`]);
    const second = await stage.rotate(arn);
    expect(
      stage.issuer.calls.find(({ action, credentialId }) => action === "create" && credentialId === `id-${first}`),
    ).toBeDefined();
    await stage.clock.sleep(3 * 3_600_000);
    await stage.tick();
    expect([...stage.issuer.valid.keys()]).toEqual(["id-of-somebody-else", `id-${second}`]);
    expect(
      stage.issuer.calls.filter(({ action }) => action === "revoke").map(({ credentialId }) => credentialId),
    ).toEqual(["id-made-by-hand", `id-${first}`]);
  });

  it("is kept when a person has gone back to it meanwhile", async () => {
    const { arn } = await stage.rotated("APIKEY");
    const first = await stage.rotate(arn);
    const second = await stage.rotate(arn);
    await stage.makeCurrent(arn, first, second);
    await stage.clock.sleep(3 * 3_600_000);
    await stage.tick();
    await stage.tick();
    expect([...stage.issuer.valid.keys()]).toContain(`id-${first}`);
  });

  it("is revoked by a later run when the issuer was away", async () => {
    const { arn } = await stage.rotated("APIKEY", { "ringcx:credential-id": "id-old" });
    stage.issuer.valid.set("id-old", "first");
    await stage.rotate(arn);
    await stage.clock.sleep(2 * 3_600_000);
    stage.issuer.script.fail = "revoke";
    await stage.tick();
    expect([...stage.issuer.valid.keys()]).toContain("id-old");
    stage.issuer.script.fail = undefined;
    await stage.tick();
    expect([...stage.issuer.valid.keys()]).not.toContain("id-old");
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
    expect(stage.inForce(authConfigId)).toMatchObject({ apiKey: "first" });
    expect(stage.labels(arn)).toMatchObject({ current: versionId, pending: undefined });
    expect((await stage.record(authConfigId)).state).toMatchObject({ kind: "APPLIED", applied: { versionId } });
    expect([...stage.issuer.valid.keys()]).toEqual([]);
    stage.script.prove = async () => ({ kind: "UNDECLARED" });
    stage.issuer.script.verdict = undefined;
    const token = await stage.rotate(arn);
    expect(stage.inForce(authConfigId)).toMatchObject({ apiKey: `issued-${token}` });
  }

  it("because the issuer is down leaves everything as it was", async () => {
    const bound = await stage.rotated("APIKEY");
    stage.issuer.script.fail = "create";
    await expect(stage.rotate(bound.arn)).rejects.toThrow();
    expect(told()).toEqual(["REFUSED"]);
    expect(JSON.stringify(stage.published)).not.toContain("issued-leak");
    stage.issuer.script.fail = undefined;
    await expectAsBefore(bound);
  });

  it("because the issuer does not accept the candidate never reaches RingCX", async () => {
    const bound = await stage.rotated("APIKEY");
    stage.issuer.script.verdict = { isValid: false, reason: "not active" };
    await expect(stage.rotate(bound.arn)).rejects.toThrow(/not valid: not active/);
    expect(stage.takeRequests()).toEqual([`GET ${bound.authConfigId}`]);
    await expectAsBefore(bound);
  });

  it("because the endpoint refuses the candidate never reaches RingCX", async () => {
    const bound = await stage.rotated("APIKEY");
    stage.script.prove = async () => ({ kind: "REFUSED", reason: "crm.example.com answered 401" });
    await expect(stage.rotate(bound.arn)).rejects.toThrow(/refuses the new credential: crm.example.com answered 401/);
    expect(stage.takeRequests()).toEqual([`GET ${bound.authConfigId}`]);
    expect(told()).toEqual(["REFUSED"]);
    await expectAsBefore(bound);
  });

  it("waits for an endpoint that needs a moment to know a new credential", async () => {
    const { arn } = await stage.rotated("APIKEY");
    let asked = 0;
    stage.script.prove = async () => {
      asked += 1;
      return asked < 3 ? { kind: "REFUSED", reason: "401" } : { kind: "ACCEPTED" };
    };
    await stage.rotate(arn);
    expect(stage.published).toMatchObject([{ status: "SUCCEEDED", details: { proof: "endpoint" } }]);
  });

  it("because the endpoint refuses it after RingCX has it puts the current version back", async () => {
    const bound = await stage.rotated("APIKEY");
    const rotation = stage.begin(bound.arn);
    await stage.step("createSecret", rotation);
    await stage.step("setSecret", rotation);
    stage.script.prove = async () => ({ kind: "REFUSED", reason: "401" });
    await expect(stage.step("testSecret", rotation)).rejects.toThrow(/refuses/);
    expect(told()).toEqual(["PUT_BACK"]);
    expect(stage.published[0]).toMatchObject({ status: "FAILED", details: { previousVersionId: bound.versionId } });
    await expectAsBefore(bound);
  });

  it.each([
    ["refuses the PATCH", { kind: "status", status: 400, times: 1 }],
    ["answers the PATCH with 5xx", { kind: "status", status: 503, times: 4 }],
    ["takes the PATCH but its answers are lost", { kind: "lost-answer", times: 4 }],
  ] as const)("because RingCX %s puts the current version back", async (_what, fault) => {
    const bound = await stage.rotated("APIKEY");
    stage.simulator.faults.add({ ...fault, match: { method: "PATCH" } });
    await expect(stage.rotate(bound.arn)).rejects.toThrow(/RingCX authConfigs.updateApiKey/);
    expect(told()).toEqual(["PUT_BACK"]);
    await expectAsBefore(bound);
  });

  it("and whose way back fails says so; the candidate stays valid until the next run has repaired it", async () => {
    const bound = await stage.rotated("APIKEY");
    stage.simulator.faults.add({ kind: "lost-answer", times: 4, match: { method: "PATCH" } });
    stage.simulator.faults.add({ kind: "status", status: 503, times: 4, match: { method: "PATCH" } });
    await expect(stage.rotate(bound.arn)).rejects.toThrow();
    expect((await stage.record(bound.authConfigId)).state).toMatchObject({ kind: "DIVERGED" });
    expect(told()).toEqual(["DIVERGED"]);
    expect(stage.inForce(bound.authConfigId)?.apiKey).toMatch(/^issued-/);
    expect(stage.issuer.valid.size).toBe(1);
    expect(await stage.tick()).toMatchObject({ diverged: 1 });
    expect(stage.inForce(bound.authConfigId)).toMatchObject({ apiKey: "first" });
    expect(await stage.tick()).toMatchObject({ diverged: 0 });
    await expectAsBefore(bound);
  });

  it("for one of several auth configs puts all of them back", async () => {
    const second = await stage.createAuthConfig("APIKEY");
    const bound = await stage.rotated("APIKEY");
    await stage.table.put({
      ...secretBindingKey(bound.arn, accountId, second),
      secretArn: bound.arn,
      connection: "main",
      accountId,
      authConfigId: second,
      authType: "APIKEY",
    });
    await stage.tick();
    expect(stage.inForce(second)).toMatchObject({ apiKey: "first" });
    stage.simulator.faults.add({ kind: "status", status: 403, after: 1, match: { method: "PATCH" } });
    await expect(stage.rotate(bound.arn)).rejects.toThrow(/403/);
    expect(stage.inForce(second)).toMatchObject({ apiKey: "first" });
    await expectAsBefore(bound);
    const apiKey = stage.inForce(bound.authConfigId)?.apiKey;
    expect(stage.inForce(second)).toMatchObject({ apiKey });
  });

  it("because somebody made another version current meanwhile gives way to it", async () => {
    const { arn, authConfigId } = await stage.rotated("APIKEY");
    const rotation = stage.begin(arn);
    for (const step of ["createSecret", "setSecret", "testSecret"] as const) await stage.step(step, rotation);
    const versionId = await stage.putVersion(arn, { apiKey: "by-a-person" });
    await expect(stage.step("finishSecret", rotation)).rejects.toThrow(/another version the current one/);
    expect(stage.inForce(authConfigId)).toMatchObject({ apiKey: "by-a-person" });
    expect((await stage.record(authConfigId)).state).toMatchObject({ kind: "APPLIED", applied: { versionId } });
    expect(stage.labels(arn)).toMatchObject({ current: versionId, pending: undefined });
  });
});

describe("a message that writes the auth config in the middle of a rotation", () => {
  it.each(["setSecret", "testSecret", "finishSecret"] as const)(
    "before %s ends it; RingCX has the current version",
    async (step) => {
      const { arn, authConfigId, versionId } = await stage.rotated("APIKEY");
      const rotation = stage.begin(arn);
      for (const earlier of rotationSteps.slice(0, rotationSteps.indexOf(step))) await stage.step(earlier, rotation);
      // Provisioning's PATCH may have come before ours and its note after it: RingCX is left as it is.
      const at = new Date(stage.clock.now()).toISOString();
      await recordApplied(
        stage.table,
        { secretArn: arn, accountId, authConfigId },
        { versionId, at, proof: "metadata" },
      );
      for (const later of rotationSteps.slice(rotationSteps.indexOf(step))) {
        await stage.step(later, rotation).catch(() => {});
      }
      expect(stage.inForce(authConfigId)).toMatchObject({ apiKey: "first" });
      expect(stage.labels(arn)).toMatchObject({ current: versionId, pending: undefined });
      expect(stage.issuer.valid.size).toBe(0);
      expect((await stage.record(authConfigId)).state).toMatchObject({ kind: "APPLIED", applied: { versionId } });
      await stage.rotate(arn);
    },
  );
});

describe("no room in the quota", () => {
  it("keeps a rotation from beginning", async () => {
    const { arn } = await stage.rotated("APIKEY");
    stage.quota.hasCapacity = async () => ({ fits: false, retryAfterMs: 1000 });
    await expect(stage.rotate(arn)).rejects.toThrow(/no slot/);
    expect(stage.labels(arn).pending).toBeUndefined();
    expect(stage.issuer.calls).toEqual([]);
  });

  it("in the middle ends nothing: the step is repeated and goes on", async () => {
    const { arn, authConfigId } = await stage.rotated("APIKEY");
    const rotation = stage.begin(arn);
    await stage.step("createSecret", rotation);
    const { claim } = stage.quota;
    stage.quota.claim = async () => {
      throw new QuotaDeferredError({ retryAfterMs: 1000 });
    };
    await expect(stage.step("setSecret", rotation)).rejects.toThrow(/no slot/);
    expect(stage.published).toEqual([]);
    stage.quota.claim = claim;
    for (const step of ["setSecret", "testSecret", "finishSecret"] as const) await stage.step(step, rotation);
    expect(stage.inForce(authConfigId)).toMatchObject({ apiKey: `issued-${rotation.token}` });
  });
});

describe("guards", () => {
  it("testSecret alone writes nothing anywhere", async () => {
    const { arn, authConfigId } = await stage.rotated("APIKEY");
    const rotation = stage.begin(arn);
    const before = {
      record: await stage.record(authConfigId),
      secret: await stage.table.query(secretPartition(arn)),
      labels: stage.labels(arn),
    };
    await stage.step("testSecret", rotation);
    expect(stage.takeRequests()).toEqual([]);
    expect({
      record: await stage.record(authConfigId),
      secret: await stage.table.query(secretPartition(arn)),
      labels: stage.labels(arn),
    }).toEqual(before);
    expect(stage.published).toEqual([]);
  });

  it("a step that comes before its time changes nothing in RingCX", async () => {
    const { arn, authConfigId } = await stage.rotated("APIKEY");
    const rotation = stage.begin(arn);
    await stage.step("createSecret", rotation);
    await expect(stage.step("finishSecret", rotation)).rejects.toThrow(/testSecret comes first/);
    expect(stage.takeRequests()).toEqual([]);
    expect(stage.inForce(authConfigId)).toMatchObject({ apiKey: "first" });
  });

  it("a version that was given up cannot be taken up again", async () => {
    const { arn } = await stage.rotated("APIKEY");
    const rotation = stage.begin(arn);
    await stage.secrets.send(
      new UpdateSecretVersionStageCommand({
        SecretId: arn,
        VersionStage: "AWSPENDING",
        RemoveFromVersionId: rotation.token,
      }),
    );
    await expect(stage.step("createSecret", rotation)).rejects.toThrow(/not pending/);
  });

  it("a foreign schedule in an outage finds a clear no, and nothing pending afterwards", async () => {
    const { arn, authConfigId, versionId } = await stage.rotated("APIKEY");
    const service = { accountId, groupName: "CRM", serviceDescription: "Lookup" };
    await stage.table.put({ ...authConfigUserKey(authConfigId, service), ...service });
    const activation = createActivationStore(stage);
    await activation.change(service, {
      add: [{ kind: "OUTAGE", since: "2026-01-01T00:00:00Z", alarms: [], confirmedByProbe: true }],
    });
    await expect(stage.rotate(arn)).rejects.toThrow(/CRM\/Lookup has an outage/);
    expect(stage.labels(arn)).toMatchObject({ current: versionId, pending: undefined });
    expect(stage.issuer.calls).toEqual([]);
    expect(stage.takeRequests()).toEqual([]);
    await activation.change(service, { remove: ["OUTAGE"] });
    await stage.rotate(arn);
  });
});

describe("our own schedule", () => {
  it("begins a rotation when it is due, not before, and not while one is under way", async () => {
    const { arn } = await stage.rotated("APIKEY", { "ringcx:rotate-every": "1h" });
    await stage.tick();
    expect(stage.begun).toEqual([]);
    await stage.clock.sleep(3_600_000);
    await stage.tick();
    expect(stage.begun).toMatchObject([{ arn }]);
    const [rotation = { arn, token: "" }] = stage.begun;
    await stage.step("createSecret", rotation);
    await stage.tick();
    expect(stage.begun).toHaveLength(1);
    for (const step of ["setSecret", "testSecret", "finishSecret"] as const) await stage.step(step, rotation);
    expect(stage.published).toMatchObject([{ status: "SUCCEEDED", details: { trigger: "DUE" } }]);
    await stage.tick();
    expect(stage.begun).toHaveLength(1);
  });

  it("waits for the end of an outage of a service that uses the credential", async () => {
    const { authConfigId } = await stage.rotated("APIKEY", { "ringcx:rotate-every": "1h" });
    const service = { accountId, groupName: "CRM", serviceDescription: "Lookup" };
    await stage.table.put({ ...authConfigUserKey(authConfigId, service), ...service });
    const activation = createActivationStore(stage);
    const outage = { kind: "OUTAGE", since: "2026-01-01T00:00:00Z", alarms: [], confirmedByProbe: true } as const;
    await activation.change(service, { add: [outage] });
    await stage.clock.sleep(3_600_000);
    await stage.tick();
    expect(stage.begun).toEqual([]);
    await activation.change(service, { remove: ["OUTAGE"] });
    await stage.tick();
    expect(stage.begun).toHaveLength(1);
  });

  it("tries a rotation that failed again, ever more seldom", async () => {
    const { arn } = await stage.rotated("APIKEY", { "ringcx:rotate-every": "1h" });
    await stage.clock.sleep(3_600_000);
    stage.issuer.script.fail = "create";
    const attemptsIn = async (ticks: number) => {
      const before = stage.begun.length;
      for (let tick = 0; tick < ticks; tick += 1) {
        const begun = stage.begun.length;
        await stage.tick();
        const [next] = stage.begun.slice(begun);
        if (next) await stage.step("createSecret", next).catch(() => {});
      }
      return stage.begun.length - before;
    };
    expect(await attemptsIn(3)).toBeGreaterThan(1);
    expect(await attemptsIn(288)).toBeLessThan(12);
    stage.issuer.script.fail = undefined;
    expect((await stage.tick()).failing).toBe(1);
    const token = await stage.rotate(arn);
    expect(stage.labels(arn).current).toBe(token);
    expect((await stage.tick()).failing).toBe(0);
  });
});
