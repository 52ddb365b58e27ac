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

describe("a candidate that a person makes current by hand, of an auth config that was changed in RingCX meanwhile", () => {
  const told = () => fixture.published.flatMap(({ details }) => details?.result ?? []);
  /** A rotation that was verified, written over in RingCX and then promoted by hand. */
  async function promotedByHand(own: Record<string, string> = tags) {
    const { arn, authConfigId } = await fixture.rotated("APIKEY", own);
    const first = await fixture.rotate(arn);
    fixture.published.length = 0;
    const begun = fixture.begin(arn);
    for (const step of rotationSteps.slice(0, 3)) await fixture.step(step, begun);
    await fixture.editAuthConfig(authConfigId, old);
    await fixture.makeCurrent(arn, begun.token, first);
    return { ...begun, authConfigId };
  }
  const hasCandidate = ({ authConfigId, token }: { authConfigId: string; token: string }) =>
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: `issued-${token}` });

  it.each([
    ["the schedule", () => fixture.tick()],
    ["a step that is repeated", (begun: { arn: string; token: string }) => fixture.step("finishSecret", begun)],
  ])("is told as done by %s only once it was written again", async (_, complete) => {
    const begun = await promotedByHand();
    await complete(begun);
    expect(told()).toEqual([]);
    // Nor is what somebody may have put there revoked: its overlap is over.
    expect(fixture.revoked()).toEqual([]);
    await fixture.ticks(1);
    expect(told()).toEqual(["APPLIED"]);
    hasCandidate(begun);
    await fixture.ticks(3);
    expect(fixture.revoked()).toContain("id-first");
  });

  it("or cannot be looked at: nothing is recorded before", async () => {
    const begun = await promotedByHand();
    const match = { method: "GET", path: `*${begun.authConfigId}` };
    fixture.simulator.faults.add({ kind: "status", status: 503, times: 20, match });
    await fixture.tick();
    expect(told()).toEqual([]);
    expect((await fixture.record(begun.authConfigId)).state.kind).toBe("ROTATING");
    fixture.simulator.faults.clear();
    await fixture.ticks(2);
    expect(told()).toEqual(["APPLIED"]);
    hasCandidate(begun);
  });
});
