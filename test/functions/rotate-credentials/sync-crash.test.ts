import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Crash, CrashPoint } from "../../support/crash.ts";
import { type Stage, startStage } from "./fixture.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.stop());

/** A secret whose new version is not yet in RingCX, and the calls that one run needs to put it there. */
async function outdated(crash?: CrashPoint) {
  const bound = await stage.bind("APIKEY", "old");
  await stage.tick();
  const versionId = await stage.putVersion(bound.arn, { apiKey: "new" });
  if (crash) await stage.tick(crash).catch(died);
  return { ...bound, old: bound.versionId, versionId };
}

function died(error: unknown): void {
  if (!(error instanceof Crash)) throw error;
}

describe("a mirror that dies", () => {
  it.each(["before", "after"] as const)("%s any of its calls is finished by a later run, and told", async (when) => {
    const counting = new CrashPoint();
    await outdated();
    await stage.tick(counting);
    expect(counting.calls).toBeGreaterThan(15);
    for (let call = 1; call <= counting.calls; call += 1) {
      stage.published.length = 0;
      const { authConfigId, versionId, arn } = await outdated(new CrashPoint(call, when));
      await stage.tick();
      await stage.tick();
      expect(stage.inForce(authConfigId), `call ${call}`).toMatchObject({ apiKey: "new" });
      const { state, lease, untold } = await stage.record(authConfigId);
      expect({ state, untold }, `call ${call}`).toMatchObject({
        state: { kind: "APPLIED", applied: { versionId } },
        untold: [],
      });
      expect(lease?.until ?? 0, `call ${call}`).toBeLessThan(stage.clock.now());
      const told = stage.published.filter(({ details }) => details?.versionId === versionId);
      expect(
        told.map(({ status }) => status),
        `call ${call}`,
      ).toContain("SUCCEEDED");
      expect(new Set(told.map(({ cause }) => cause.id)).size, `call ${call}`).toBe(1);
      stage.store.remove(stage.store.get(arn));
    }
  });

  it.each(["before", "after"] as const)(
    "%s any of its calls does not hide that a person went back meanwhile",
    async (when) => {
      const counting = new CrashPoint();
      stage.store.remove(stage.store.get((await outdated(counting)).arn));
      for (let call = 1; call <= counting.calls; call += 1) {
        const { authConfigId, versionId, arn, old } = await outdated(new CrashPoint(call, when));
        await stage.makeCurrent(arn, old, versionId);
        await stage.tick();
        await stage.tick();
        expect(stage.inForce(authConfigId), `call ${call}`).toMatchObject({ apiKey: "old" });
        stage.store.remove(stage.store.get(arn));
      }
    },
  );

  it("keeps others out while its lease lasts, and no longer", async () => {
    const { authConfigId } = await outdated();
    // Dies right after it has taken the auth config.
    for (let call = 1; ; call += 1) {
      await stage.tick(new CrashPoint(call, "after"), 20 * 60_000).catch(() => {});
      if ((await stage.record(authConfigId)).lease) break;
    }
    stage.takeRequests();
    await stage.tick();
    expect(stage.takeRequests()).toEqual([]);
    await stage.clock.sleep(20 * 60_000);
    await stage.tick();
    expect(stage.inForce(authConfigId)).toMatchObject({ apiKey: "new" });
  });
});
