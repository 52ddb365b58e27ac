import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Fixture, rotationSteps, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const tags = { "ringcx:credential-id": "id-first", "ringcx:overlap": "1m" };
const old = { apiKey: "first" };
const metadataReads = () => fixture.takeRequests().filter((request) => request.startsWith("GET"));

describe("an auth config that a person gives the old credential within the overlap, in RingCX itself", () => {
  it("keeps it from being revoked, which is told at once, until RingCX has what is current", async () => {
    const { arn, authConfigId } = await fixture.rotated("APIKEY", tags);
    await fixture.rotate(arn);
    await fixture.editAuthConfig(authConfigId, old);
    await fixture.ticks(2);
    expect(fixture.notRevoked()).toEqual([expect.stringContaining(`auth config 123456/${authConfigId}`)]);
    await fixture.ticks(6);
    expect(fixture.revoked()).toEqual([]);
    expect(fixture.notRevoked()).toHaveLength(1);
    await fixture.rotate(arn);
    await fixture.ticks(1);
    expect(fixture.revoked()).not.toContain("id-first");
    await fixture.ticks(3);
    expect(fixture.revoked()).toContain("id-first");
  });

  it("also where that was told already, and where settings write it over", async () => {
    const { arn, authConfigId } = await fixture.rotated("APIKEY", { ...tags, "ringcx:overlap": "30m" });
    await fixture.rotate(arn);
    await fixture.editAuthConfig(authConfigId, old);
    await fixture.ticks(8);
    expect(fixture.told("ringcx.auth-config", "CHANGE")).toHaveLength(1);
    expect(fixture.revoked()).toEqual([]);
    fixture.script.onChange = "rewrite";
    await fixture.ticks(14);
    expect(fixture.revoked()).toEqual(["id-first"]);
  });

  it("is asked for once a revocation is due, and keeps none waiting where it is gone or shows no time", async () => {
    const { arn, authConfigId } = await fixture.rotated("APIKEY", { ...tags, "ringcx:overlap": "9m" });
    await fixture.rotate(arn);
    fixture.takeRequests();
    await fixture.ticks(1);
    expect(metadataReads()).toEqual([]);
    await fixture.editAuthConfig(authConfigId);
    await fixture.ticks(1);
    expect(metadataReads()).toEqual([`GET ${authConfigId}`]);
    expect(fixture.revoked()).toEqual(["id-first"]);
  });

  it("and while RingCX cannot be asked, nothing is revoked", async () => {
    const { arn } = await fixture.rotated("APIKEY", tags);
    await fixture.rotate(arn);
    const match = { method: "GET", path: "*authConfigs*" };
    fixture.simulator.faults.add({ kind: "status", status: 503, times: 20, match });
    await fixture.ticks(1);
    expect(fixture.revoked()).toEqual([]);
    fixture.simulator.faults.clear();
    await fixture.ticks(2);
    expect(fixture.revoked()).toEqual(["id-first"]);
  });
});

describe("an auth config that a person changes in RingCX in the middle of a rotation", () => {
  it.each([2, 3])(
    "after %i of its steps ends it: what was current is put back, and no success is told",
    async (taken) => {
      const { arn, authConfigId, versionId } = await fixture.rotated("APIKEY", tags);
      const begun = fixture.begin(arn);
      for (const step of rotationSteps.slice(0, taken)) await fixture.step(step, begun);
      await fixture.editAuthConfig(authConfigId, { apiKey: "whatever" });
      let failure: unknown;
      for (const step of rotationSteps.slice(taken)) {
        await fixture.step(step, begun).catch((error: unknown) => {
          failure ??= error;
        });
      }
      expect(failure).toMatchObject({ code: "ROTATION_CHANGED" });
      await fixture.ticks(3);
      expect(fixture.labels(arn).current).toBe(versionId);
      expect(fixture.inForce(authConfigId)).toMatchObject(old);
      expect(fixture.published.flatMap(({ details }) => details?.result ?? [])).toEqual(["PUT_BACK"]);
      expect(fixture.revoked()).toEqual([`id-${begun.token}`]);
    },
  );

  it("or cannot be looked at before the end: the step is repeated", async () => {
    const { arn, authConfigId } = await fixture.rotated("APIKEY", tags);
    const begun = fixture.begin(arn);
    for (const step of rotationSteps.slice(0, 3)) await fixture.step(step, begun);
    fixture.simulator.faults.add({
      kind: "status",
      status: 503,
      times: 20,
      match: { method: "GET", path: `*${authConfigId}` },
    });
    await expect(fixture.step("finishSecret", begun)).rejects.toThrow();
    fixture.simulator.faults.clear();
    await fixture.step("finishSecret", begun);
    expect(fixture.labels(arn).current).toBe(begun.token);
    expect(fixture.published.flatMap(({ details }) => details?.result ?? [])).toEqual(["APPLIED"]);
  });
});
