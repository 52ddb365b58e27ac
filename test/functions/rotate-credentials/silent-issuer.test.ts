import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import { type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const silent = async () => {
  await fixture.clock.sleep(60_000);
  throw new AutomationError("The issuer function did not answer within 60 s: it was given up.", {
    code: "ISSUER_FAILED",
    retryable: true,
    details: { isSilent: true },
  });
};

describe("an issuer that does not answer", () => {
  it("revoke is asked once in a run, however many secrets wait for it, and by the next again", async () => {
    const tags = { "ringcx:overlap": "1m" };
    const arns: string[] = [];
    for (let count = 0; count < 4; count += 1) arns.push((await fixture.rotated("APIKEY", tags)).arn);
    for (const arn of arns) await fixture.rotate(arn);
    let asked = 0;
    const { revoke } = fixture.issuer;
    fixture.issuer.revoke = () => {
      asked += 1;
      return silent();
    };
    await fixture.tick();
    expect(asked).toBe(1);
    await fixture.tick();
    expect(asked).toBe(2);
    fixture.issuer.revoke = revoke;
    await fixture.tick();
    expect(fixture.revoked()).toHaveLength(4);
  });

  it("revoke is told with that, and with what it was that failed", async () => {
    const { arn } = await fixture.rotated("APIKEY", { "ringcx:overlap": "1m" });
    await fixture.rotate(arn);
    fixture.issuer.revoke = silent;
    for (let run = 0; run < 9; run += 1) await fixture.tick();
    const told = fixture.published.filter(({ details }) => details?.kind === "NOT_REVOKED");
    expect(told).toHaveLength(1);
    expect(told[0]?.summary).toContain("did not answer within 60 s");
  });

  it.each(["create", "verify"] as const)(
    "%s ends the rotation with that, and nothing stays pending",
    async (action) => {
      const { arn, authConfigId } = await fixture.rotated("APIKEY");
      fixture.issuer[action] = silent;
      await expect(fixture.rotate(arn)).rejects.toMatchObject({ code: "ISSUER_FAILED" });
      await fixture.tick();
      const told = fixture.published.filter(({ cause }) => cause.type === "ringcx.rotation");
      expect(told).toMatchObject([{ details: { reason: "ISSUER_FAILED" } }]);
      expect(told[0]?.summary).toContain("did not answer");
      expect(fixture.labels(arn).pending).toBeUndefined();
      expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "first" });
    },
  );
});
