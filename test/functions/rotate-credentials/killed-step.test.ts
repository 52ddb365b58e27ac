import { afterEach, beforeEach, expect, it } from "vitest";
import { CrashPoint } from "../../support/crash.ts";
import { type Fixture, rotationSteps, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

type KilledStep = "createSecret" | "setSecret" | "testSecret";

/** A rotation of which the process dies in a step, behind one of its calls. */
async function killedIn(step: KilledStep, call: number) {
  const bound = await fixture.rotated("APIKEY");
  const rotation = fixture.begin(bound.arn);
  for (const earlier of rotationSteps.slice(0, rotationSteps.indexOf(step))) await fixture.step(earlier, rotation);
  await expect(fixture.step(step, rotation, new CrashPoint(call, "after"))).rejects.toThrow();
  return { ...bound, rotation };
}

it.each<KilledStep>(["createSecret", "setSecret", "testSecret"])(
  "a rotation whose %s is killed, and whose repeats meet its lease, is put back by the next run after that has run out",
  async (killed) => {
    const call = killed === "testSecret" ? 7 : 11;
    const { arn, authConfigId, versionId, rotation } = await killedIn(killed, call);
    expect(await fixture.record(authConfigId)).toMatchObject({ state: { kind: "ROTATING" }, lease: {} });
    await expect(fixture.step("createSecret", rotation)).rejects.toMatchObject({ code: "ROTATION_BUSY" });
    await fixture.tick();
    expect(fixture.labels(arn)).toMatchObject({ current: versionId, pending: undefined });
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "first" });
    expect([...fixture.issuer.valid.keys()]).toEqual([]);
    expect(fixture.published.at(-1)?.summary).toContain("was killed, or could not write to the table");
    await fixture.rotate(arn);
  },
);

it.each<KilledStep>(["createSecret", "setSecret", "testSecret"])(
  "a rotation whose %s is killed, and whose repeats are over before its lease, ends a minute after that, however often the schedule looks",
  async (killed) => {
    const { arn, authConfigId, versionId, rotation } = await killedIn(killed, 7);
    const { lease } = await fixture.record(authConfigId);
    const leftUntil = lease?.until ?? 0;
    for (let repeat = 0; repeat < 4; repeat++) {
      await fixture.clock.sleep(3_000);
      await expect(fixture.step("createSecret", rotation)).rejects.toMatchObject({ code: "ROTATION_BUSY" });
    }
    while (fixture.clock.now() < leftUntil + 80_000) await fixture.tick(undefined, 240_000, 10_000);
    expect(fixture.labels(arn)).toMatchObject({ current: versionId, pending: undefined });
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "first" });
    expect([...fixture.issuer.valid.keys()]).toEqual([]);
    expect(fixture.published.map(({ summary }) => summary)).toEqual([expect.stringContaining("was killed")]);
    expect((await fixture.record(authConfigId)).lease).toBeUndefined();
  },
);

it("one that is repeated once the lease has run out goes on", async () => {
  const { authConfigId, rotation } = await killedIn("setSecret", 11);
  await fixture.clock.sleep(155_000);
  for (const step of rotationSteps) await fixture.step(step, rotation);
  await fixture.tick();
  expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: `issued-${rotation.token}` });
});
