import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Fault } from "../../../infra/local/ringcx-simulator/control/faults.ts";
import { bindSecret } from "../../../shared/records/credential/secret-binding.ts";
import { possibleVersions } from "../../../shared/records/credential/versions-in-ringcx.ts";
import { accountId, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const results = () => fixture.published.map(({ details }) => details?.result);

/** The endpoint accepts the version that was current before alone. */
function refuseAllBut(kept: string, reason: string) {
  fixture.script.verifyAtEndpoint = async (_, { versionId }) =>
    versionId === kept ? { kind: "ACCEPTED" } : { kind: "REFUSED", reason };
}

describe("a rotation that fails", () => {
  /** RingCX and Secrets Manager are as if nothing had been; the next run revokes the candidate; another rotation can begin. */
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
    await fixture.tick();
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
    refuseAllBut(bound.versionId, "crm.example.com answered 401");
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
    refuseAllBut(bound.versionId, "401");
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
    // It is, two ticks later: what is told says so.
    const summary = fixture.published[0]?.summary;
    expect(summary).toMatch(/next run tries to put the secret's current version in, by itself/);
    expect(summary).not.toContain("not tried again");
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
