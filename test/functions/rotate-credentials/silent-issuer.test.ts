import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readSecretRecords } from "../../../functions/rotate-credentials/read/secret-records.ts";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import { type Fixture, issuerArn, startFixture } from "./fixture.ts";

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

describe("issuers that do not answer, each another", () => {
  const runMs = 235_000;
  /** Each waits as long as an issuer is waited for. */
  function silentByArn() {
    const asked: string[] = [];
    const made = fixture.dependencies;
    fixture.dependencies = (crash) => ({
      ...made(crash),
      issuerOf: (arn, deadline) => ({
        ...fixture.issuer,
        async revoke() {
          asked.push(arn);
          const waitMs = Math.min(60_000, deadline - 15_000 - fixture.clock.now());
          await fixture.clock.sleep(waitMs);
          throw new AutomationError(`The issuer function ${arn} did not answer.`, {
            code: "ISSUER_FAILED",
            retryable: true,
            details: { isSilent: true, isUnasked: false },
          });
        },
      }),
    });
    return asked;
  }

  it("leave the run its time: other secrets are served in it, and each of them is told", async () => {
    const count = 5;
    const arns: string[] = [];
    for (let which = 0; which < count; which += 1) {
      const own = { "ringcx:overlap": "1m", "ringcx:issuer": `${issuerArn}-${which}` };
      arns.push((await fixture.rotated("APIKEY", own)).arn);
    }
    const other = await fixture.bind("APIKEY", "first");
    await fixture.tick();
    for (const arn of arns) await fixture.rotate(arn);
    const asked = silentByArn();
    for (let run = 0; run < 9; run += 1) {
      await fixture.putVersion(other.arn, { apiKey: `run-${run}` });
      const before = fixture.clock.now() + 5 * 60_000;
      await fixture.tick(undefined, runMs);
      expect(fixture.inForce(other.authConfigId)).toMatchObject({ apiKey: `run-${run}` });
      // What follows the secrets needs its time, too: a minute.
      expect(fixture.clock.now() - before).toBeLessThanOrEqual(runMs - 60_000);
      if (run === 0) expect(asked).toHaveLength(3);
    }
    const told = fixture.published.filter(({ details }) => details?.kind === "NOT_REVOKED");
    expect(told).toHaveLength(count);
    for (const { summary } of told) expect(summary).toContain("did not answer");
  });
});

describe("an attempt to revoke that was not made", () => {
  const revokingAt = async (arn: string) =>
    (await readSecretRecords(fixture.table, arn)).credentials.map((one) => one.revokingAt);

  it("for want of time is not noted as one, and made by the next run", async () => {
    const { arn } = await fixture.rotated("APIKEY", { "ringcx:overlap": "1m" });
    await fixture.rotate(arn);
    await fixture.tick(undefined, 60_000);
    expect(fixture.issuer.calls.filter(({ action }) => action === "revoke")).toEqual([]);
    expect(await revokingAt(arn)).toEqual([undefined, undefined]);
    await fixture.tick();
    expect(fixture.revoked()).toHaveLength(1);
  });

  it("neither where the time was gone only then", async () => {
    const { arn } = await fixture.rotated("APIKEY", { "ringcx:overlap": "1m" });
    await fixture.rotate(arn);
    fixture.issuer.revoke = async () => {
      const details = { isSilent: true, isUnasked: true };
      throw new AutomationError("was not asked", { code: "ISSUER_FAILED", retryable: true, details });
    };
    for (let run = 0; run < 2; run += 1) {
      await fixture.tick();
      expect(await revokingAt(arn)).toEqual([undefined, undefined]);
    }
  });
});
