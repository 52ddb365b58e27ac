import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type AuthType, authTypes } from "../../../shared/ringcx/resources/auth-config.ts";
import { Crash, CrashPoint } from "../../support/crash.ts";
import { isChosen } from "../../support/runs.ts";
import { credentials } from "./credentials.ts";
import { type Fixture, rotationSteps, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.stop());

const died = (error: unknown) => {
  let cause = error;
  while (cause instanceof Error && !(cause instanceof Crash)) cause = cause.cause;
  if (cause === undefined) throw error;
};

/** Counts the calls of each step of a rotation in which nothing goes wrong. */
async function callsOfEachStep(authType: AuthType) {
  const { arn } = await fixture.rotated(authType);
  const rotation = fixture.begin(arn);
  const counts: { step: (typeof rotationSteps)[number]; calls: number }[] = [];
  for (const step of rotationSteps) {
    const counting = new CrashPoint();
    await fixture.step(step, rotation, counting);
    counts.push({ step, calls: counting.calls });
  }
  await fixture.retire(arn);
  return counts;
}

/** Every place where a rotation can die: within each step, before and after each call. */
async function* deaths(authType: AuthType, when: "before" | "after") {
  for (const { step, calls } of await callsOfEachStep(authType)) {
    expect(calls, step).toBeGreaterThan(5);
    for (let call = 1; call <= calls; call += 1) {
      if (!isChosen(call, authType === "APIKEY" ? 8 : 53, when === "before" ? 0 : 2)) continue;
      const bound = await fixture.rotated(authType);
      const rotation = fixture.begin(bound.arn);
      const crash = new CrashPoint(call, when);
      for (const each of rotationSteps) {
        await fixture.step(each, rotation, each === step ? crash : undefined).catch(died);
        if (each === step) break;
      }
      yield {
        ...bound,
        ...rotation,
        place: `${step}, call ${call}`,
        left: rotationSteps.slice(rotationSteps.indexOf(step)),
      };
      await fixture.retire(bound.arn);
    }
  }
}

const every = authTypes.flatMap((authType) => (["before", "after"] as const).map((when) => ({ authType, when })));

describe.each(every)("a rotation of $authType that dies $when any of its calls", ({ authType, when }) => {
  const { shown } = credentials[authType];

  it("is finished when Secrets Manager tries the step again", async () => {
    for await (const { arn, token, authConfigId, place, left } of deaths(authType, when)) {
      await fixture.clock.sleep(3 * 60_000); // the dead one's lease
      for (const step of left) await fixture.step(step, { arn, token });
      expect(fixture.inForce(authConfigId), place).toMatchObject({ [shown]: `issued-${token}` });
      expect(fixture.labels(arn).current, place).toBe(token);
      await fixture.tick();
      expect(
        fixture.published.map(({ details }) => details?.result),
        place,
      ).toContain("APPLIED");
      expect(new Set(fixture.published.map(({ cause }) => cause.id)).size, place).toBe(1);
      const { state, unpublished } = await fixture.record(authConfigId);
      expect({ state, unpublished }, place).toMatchObject({
        state: { kind: "APPLIED", applied: { versionId: token } },
        unpublished: [],
      });
    }
  }, 3_600_000);

  it("and is never tried again is cleaned up by the schedule: RingCX has what Secrets Manager calls current", async () => {
    for await (const { arn, token, authConfigId, versionId, place } of deaths(authType, when)) {
      for (let tick = 0; tick < 6; tick += 1) await fixture.tick();
      const { current } = fixture.labels(arn);
      expect([versionId, token], place).toContain(current);
      expect(fixture.inForce(authConfigId), place).toMatchObject({
        [shown]: current === token ? `issued-${token}` : credentials[authType].value("first")[shown],
      });
      const { state, unpublished } = await fixture.record(authConfigId);
      expect({ state, unpublished }, place).toMatchObject({
        state: { kind: "APPLIED", applied: { versionId: current } },
        unpublished: [],
      });
      // What was given up is valid nowhere, and another rotation succeeds.
      if (current === versionId) expect(fixture.issuer.valid.has(`id-${token}`), place).toBe(false);
      const next = fixture.begin(arn);
      for (const step of rotationSteps) await fixture.step(step, next);
      expect(fixture.inForce(authConfigId), place).toMatchObject({ [shown]: `issued-${fixture.labels(arn).current}` });
    }
  }, 60_000);
});

describe.each(["before", "after"] as const)(
  "a rotation that fails and dies %s any of the calls of its roll-back",
  (when) => {
    /** RingCX has the candidate, and the endpoint refuses it. */
    async function refused() {
      fixture.script.verifyAtEndpoint = async () => ({ kind: "ACCEPTED" });
      const bound = await fixture.rotated("APIKEY");
      const rotation = fixture.begin(bound.arn);
      await fixture.step("createSecret", rotation);
      await fixture.step("setSecret", rotation);
      fixture.script.verifyAtEndpoint = async (_, { versionId }) =>
        versionId === rotation.token ? { kind: "REFUSED", reason: "401" } : { kind: "ACCEPTED" };
      return { ...bound, ...rotation };
    }

    it("leaves RingCX, Secrets Manager and the issuer as they were, after a while", async () => {
      const counting = new CrashPoint();
      await expect(fixture.step("testSecret", await refused(), counting)).rejects.toThrow(/refuses/);
      for (let call = 1; call <= counting.calls; call += 1) {
        if (!isChosen(call, 8, when === "before" ? 0 : 2)) continue;
        const { arn, token, versionId, authConfigId } = await refused();
        await fixture.step("testSecret", { arn, token }, new CrashPoint(call, when)).catch(() => {});
        for (let tick = 0; tick < 6; tick += 1) await fixture.tick();
        const place = `call ${call}`;
        expect(fixture.inForce(authConfigId), place).toMatchObject({ apiKey: "first" });
        expect(fixture.labels(arn), place).toMatchObject({ current: versionId, pending: undefined });
        expect(fixture.issuer.valid.has(`id-${token}`), place).toBe(false);
        const { state, unpublished } = await fixture.record(authConfigId);
        expect({ state, unpublished }, place).toMatchObject({
          state: { kind: "APPLIED", applied: { versionId } },
          unpublished: [],
        });
        const rotations = fixture.published.filter(({ cause }) => cause.type === "ringcx.rotation");
        expect(rotations.at(-1), place).toMatchObject({ status: "FAILED", details: { result: "PUT_BACK" } });
        await fixture.retire(arn);
      }
      fixture.script.verifyAtEndpoint = async () => ({ kind: "NOT_PROVABLE", reason: "none declares how" });
    }, 60_000);

    it("keeps nothing back of a candidate that a person makes current afterwards, unless it was revoked", async () => {
      const counting = new CrashPoint();
      await expect(fixture.step("testSecret", await refused(), counting)).rejects.toThrow(/refuses/);
      const found = new Set<string>();
      for (let call = 1; call <= counting.calls; call += 1) {
        if (!isChosen(call, 4, when === "before" ? 0 : 1)) continue;
        const { arn, token, versionId, authConfigId } = await refused();
        await fixture.step("testSecret", { arn, token }, new CrashPoint(call, when)).catch(() => {});
        await fixture.makeCurrent(arn, token, versionId);
        fixture.script.verifyAtEndpoint = async () => ({ kind: "ACCEPTED" });
        for (let tick = 0; tick < 6; tick += 1) await fixture.tick();
        const { failure } = await fixture.record(authConfigId);
        const expected = failure?.code === "CREDENTIAL_REVOKED" ? "first" : `issued-${token}`;
        expect(fixture.inForce(authConfigId), `call ${call}`).toMatchObject({ apiKey: expected });
        found.add(failure?.code ?? "none");
        await fixture.retire(arn);
      }
      expect(found).toContain("none");
      fixture.script.verifyAtEndpoint = async () => ({ kind: "NOT_PROVABLE", reason: "none declares how" });
    }, 60_000);
  },
);
