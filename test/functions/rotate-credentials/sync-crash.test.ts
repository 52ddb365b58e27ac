import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Crash, CrashPoint } from "../../support/crash.ts";
import { isChosen } from "../../support/runs.ts";
import { type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
// A fixture of its own for every test: an audit reads all that earlier ones have left.
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

/** A secret whose new version is not yet in RingCX, and the calls that one run needs to put it there. */
async function outdated(crash?: CrashPoint) {
  const bound = await fixture.bind("APIKEY", "old");
  await fixture.tick();
  const versionId = await fixture.putVersion(bound.arn, { apiKey: "new" });
  if (crash) await fixture.tick(crash).catch(died);
  return { ...bound, old: bound.versionId, versionId };
}

function died(error: unknown): void {
  if (!(error instanceof Crash)) throw error;
}

describe("a sync that dies", () => {
  it.each(["before", "after"] as const)(
    "%s any of its calls is finished by a later run, and published",
    async (when) => {
      const counting = new CrashPoint();
      await outdated();
      await fixture.tick(counting);
      expect(counting.calls).toBeGreaterThan(15);
      for (let call = 1; call <= counting.calls; call += 1) {
        if (!isChosen(call, 4, when === "before" ? 0 : 1)) continue;
        fixture.published.length = 0;
        const { authConfigId, versionId, arn } = await outdated(new CrashPoint(call, when));
        await fixture.tick();
        await fixture.tick();
        expect(fixture.inForce(authConfigId), `call ${call}`).toMatchObject({ apiKey: "new" });
        const { state, lease, unpublished } = await fixture.record(authConfigId);
        expect({ state, unpublished }, `call ${call}`).toMatchObject({
          state: { kind: "APPLIED", applied: { versionId } },
          unpublished: [],
        });
        expect(lease?.until ?? 0, `call ${call}`).toBeLessThan(fixture.clock.now());
        const outcomes = fixture.published.filter(({ details }) => details?.versionId === versionId);
        expect(
          outcomes.map(({ status }) => status),
          `call ${call}`,
        ).toContain("SUCCEEDED");
        expect(new Set(outcomes.map(({ cause }) => cause.id)).size, `call ${call}`).toBe(1);
        await fixture.retire(arn);
      }
    },
  );

  it.each(["before", "after"] as const)(
    "%s any of its calls does not hide that a person went back meanwhile",
    async (when) => {
      const counting = new CrashPoint();
      await fixture.retire((await outdated(counting)).arn);
      for (let call = 1; call <= counting.calls; call += 1) {
        if (!isChosen(call, 4, when === "before" ? 0 : 1)) continue;
        const { authConfigId, versionId, arn, old } = await outdated(new CrashPoint(call, when));
        await fixture.makeCurrent(arn, old, versionId);
        await fixture.tick();
        await fixture.tick();
        expect(fixture.inForce(authConfigId), `call ${call}`).toMatchObject({ apiKey: "old" });
        await fixture.retire(arn);
      }
    },
  );

  it.each(["before", "after"] as const)(
    "%s any of its calls while it rolls others back leaves none of them behind",
    async (when) => {
      const refusing = async (crash: CrashPoint) => {
        const ids = [await fixture.createAuthConfig("APIKEY"), await fixture.createAuthConfig("APIKEY")].sort();
        const tags = { "ringcx:auth-config": ids.join(" "), "ringcx:auth-type": "APIKEY" };
        const { arn } = await fixture.createSecret({ value: { apiKey: "old" }, tags });
        await fixture.tick();
        await fixture.putVersion(arn, { apiKey: "new" });
        fixture.simulator.faults.add({ kind: "status", status: 400, after: 1, match: { method: "PATCH" } });
        await fixture.tick(crash).catch(died);
        fixture.simulator.faults.clear();
        return { ids, arn };
      };
      const counting = new CrashPoint();
      await fixture.retire((await refusing(counting)).arn);
      for (let call = 1; call <= counting.calls; call += 1) {
        if (!isChosen(call, 4, when === "before" ? 0 : 1)) continue;
        const { ids, arn } = await refusing(new CrashPoint(call, when));
        for (let tick = 0; tick < 3; tick += 1) await fixture.tick();
        const keys = ids.map((id) => fixture.inForce(id)?.apiKey);
        expect(keys, `call ${call}`).toEqual(["new", "new"]);
        await fixture.retire(arn);
      }
    },
    60_000,
  );

  it("keeps others out while its lease lasts, and no longer", async () => {
    const { authConfigId } = await outdated();
    // Dies right after it has taken the auth config.
    for (let call = 1; ; call += 1) {
      await fixture.tick(new CrashPoint(call, "after"), 20 * 60_000).catch(() => {});
      if ((await fixture.record(authConfigId)).lease) break;
    }
    fixture.takeRequests();
    await fixture.tick();
    expect(fixture.takeRequests()).toEqual([]);
    await fixture.clock.sleep(20 * 60_000);
    await fixture.tick();
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "new" });
  });
});
