import { afterEach, beforeEach, expect, it } from "vitest";
import { CrashPoint } from "../../support/crash.ts";
import { type Fixture, rotationSteps, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

it.each(["createSecret", "setSecret", "testSecret"] as const)(
  "a rotation whose %s is killed, and whose repeats meet its lease, is put back by the next run after that has run out",
  async (killed) => {
    const { arn, authConfigId, versionId } = await fixture.rotated("APIKEY");
    const rotation = fixture.begin(arn);
    for (const step of rotationSteps.slice(0, rotationSteps.indexOf(killed))) await fixture.step(step, rotation);
    const point = new CrashPoint(killed === "testSecret" ? 7 : 11, "after");
    await expect(fixture.step(killed, rotation, point)).rejects.toThrow();
    expect(await fixture.record(authConfigId)).toMatchObject({ state: { kind: "ROTATING" }, lease: {} });
    await expect(fixture.step("createSecret", rotation)).rejects.toMatchObject({ code: "ROTATION_BUSY" });
    await fixture.tick();
    expect(fixture.labels(arn)).toMatchObject({ current: versionId, pending: undefined });
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "first" });
    expect([...fixture.issuer.valid.keys()]).toEqual([]);
    expect(fixture.published.at(-1)?.summary).toContain("was killed");
    await fixture.rotate(arn);
  },
);

it.each(["createSecret", "setSecret", "testSecret"] as const)(
  "a rotation whose %s is killed, and whose repeats are over before its lease, ends a minute after that, however often the schedule looks",
  async (killed) => {
    const { arn, authConfigId, versionId } = await fixture.rotated("APIKEY");
    const rotation = fixture.begin(arn);
    for (const step of rotationSteps.slice(0, rotationSteps.indexOf(killed))) await fixture.step(step, rotation);
    await expect(fixture.step(killed, rotation, new CrashPoint(7, "after"))).rejects.toThrow();
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
  const { arn, authConfigId } = await fixture.rotated("APIKEY");
  const rotation = fixture.begin(arn);
  await fixture.step("createSecret", rotation);
  await expect(fixture.step("setSecret", rotation, new CrashPoint(11, "after"))).rejects.toThrow();
  await fixture.clock.sleep(155_000);
  for (const step of rotationSteps) await fixture.step(step, rotation);
  await fixture.tick();
  expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: `issued-${rotation.token}` });
});
