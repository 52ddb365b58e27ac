import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Crash, CrashPoint } from "../../support/crash.ts";
import { rotationSteps, type Stage, startStage } from "./fixture.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.stop());

const died = (error: unknown) => {
  if (!(error instanceof Crash)) throw error;
};

/** Counts the calls of each step of a rotation in which nothing goes wrong. */
async function callsOfEachStep() {
  const { arn } = await stage.rotated("APIKEY");
  const rotation = stage.begin(arn);
  const counts: { step: (typeof rotationSteps)[number]; calls: number }[] = [];
  for (const step of rotationSteps) {
    const counting = new CrashPoint();
    await stage.step(step, rotation, counting);
    counts.push({ step, calls: counting.calls });
  }
  stage.store.remove(stage.store.get(arn));
  return counts;
}

/** Every place where a rotation can die: within each step, before and after each call. */
async function* deaths(when: "before" | "after") {
  for (const { step, calls } of await callsOfEachStep()) {
    expect(calls, step).toBeGreaterThan(5);
    for (let call = 1; call <= calls; call += 1) {
      const bound = await stage.rotated("APIKEY");
      const rotation = stage.begin(bound.arn);
      const crash = new CrashPoint(call, when);
      for (const each of rotationSteps) {
        await stage.step(each, rotation, each === step ? crash : undefined).catch(died);
        if (each === step) break;
      }
      yield {
        ...bound,
        ...rotation,
        place: `${step}, call ${call}`,
        left: rotationSteps.slice(rotationSteps.indexOf(step)),
      };
      stage.store.remove(stage.store.get(bound.arn));
    }
  }
}

describe.each(["before", "after"] as const)("a rotation that dies %s any of its calls", (when) => {
  it("is finished when Secrets Manager tries the step again", async () => {
    for await (const { arn, token, authConfigId, place, left } of deaths(when)) {
      await stage.clock.sleep(3 * 60_000); // the dead one's lease
      for (const step of left) await stage.step(step, { arn, token });
      expect(stage.inForce(authConfigId), place).toMatchObject({ apiKey: `issued-${token}` });
      expect(stage.labels(arn).current, place).toBe(token);
      await stage.tick();
      expect(
        stage.published.map(({ details }) => details?.result),
        place,
      ).toContain("APPLIED");
      expect(new Set(stage.published.map(({ cause }) => cause.id)).size, place).toBe(1);
      const { state, untold } = await stage.record(authConfigId);
      expect({ state, untold }, place).toMatchObject({
        state: { kind: "APPLIED", applied: { versionId: token } },
        untold: [],
      });
    }
  }, 60_000);

  it("and is never tried again is cleaned up by the schedule: RingCX has what Secrets Manager calls current", async () => {
    for await (const { arn, token, authConfigId, versionId, place } of deaths(when)) {
      for (let tick = 0; tick < 6; tick += 1) await stage.tick();
      const { current } = stage.labels(arn);
      expect([versionId, token], place).toContain(current);
      expect(stage.inForce(authConfigId), place).toMatchObject({
        apiKey: current === token ? `issued-${token}` : "first",
      });
      const { state, untold } = await stage.record(authConfigId);
      expect({ state, untold }, place).toMatchObject({
        state: { kind: "APPLIED", applied: { versionId: current } },
        untold: [],
      });
      // What was given up is valid nowhere, and another rotation succeeds.
      if (current === versionId) expect(stage.issuer.valid.has(`id-${token}`), place).toBe(false);
      const next = stage.begin(arn);
      for (const step of rotationSteps) await stage.step(step, next);
      expect(stage.inForce(authConfigId), place).toMatchObject({ apiKey: `issued-${stage.labels(arn).current}` });
    }
  }, 60_000);
});

describe.each(["before", "after"] as const)(
  "a rotation that fails and dies %s any of its calls on the way back",
  (when) => {
    /** RingCX has the candidate, and the endpoint refuses it. */
    async function refused() {
      stage.script.prove = async () => ({ kind: "ACCEPTED" });
      const bound = await stage.rotated("APIKEY");
      const rotation = stage.begin(bound.arn);
      await stage.step("createSecret", rotation);
      await stage.step("setSecret", rotation);
      stage.script.prove = async () => ({ kind: "REFUSED", reason: "401" });
      return { ...bound, ...rotation };
    }

    it("leaves RingCX, Secrets Manager and the issuer as they were, after a while", async () => {
      const counting = new CrashPoint();
      await expect(stage.step("testSecret", await refused(), counting)).rejects.toThrow(/refuses/);
      for (let call = 1; call <= counting.calls; call += 1) {
        const { arn, token, versionId, authConfigId } = await refused();
        await stage.step("testSecret", { arn, token }, new CrashPoint(call, when)).catch(() => {});
        for (let tick = 0; tick < 6; tick += 1) await stage.tick();
        const place = `call ${call}`;
        expect(stage.inForce(authConfigId), place).toMatchObject({ apiKey: "first" });
        expect(stage.labels(arn), place).toMatchObject({ current: versionId, pending: undefined });
        expect(stage.issuer.valid.has(`id-${token}`), place).toBe(false);
        const { state, untold } = await stage.record(authConfigId);
        expect({ state, untold }, place).toMatchObject({
          state: { kind: "APPLIED", applied: { versionId } },
          untold: [],
        });
        expect(stage.published.at(-1), place).toMatchObject({ status: "FAILED", details: { result: "PUT_BACK" } });
        stage.store.remove(stage.store.get(arn));
      }
      stage.script.prove = async () => ({ kind: "UNDECLARED" });
    }, 60_000);
  },
);
