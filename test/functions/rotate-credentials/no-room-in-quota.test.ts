import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { QuotaDeferredError } from "../../../shared/ringcx/quota/quota-deferred-error.ts";
import { type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

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
