import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createActivationStore } from "../../../shared/activation/activation-store.ts";
import { linkService } from "../../../shared/records/credential/auth-config-users.ts";
import { readRotationCalendar } from "../../../shared/records/credential/rotation-report.ts";
import { accountId, type Fixture, rotationSteps, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const dayMs = 86_400_000;

/** Rotated every 30 days by our schedule, with the rules that RotatedAuthSecret gives it. */
async function rotated() {
  const bound = await fixture.rotated("APIKEY", { "ringcx:rotate-every": "30d", "ringcx:rotate-within": "90d" });
  fixture.store.get(bound.arn).rotation.rules = { AutomaticallyAfterDays: 31 };
  await fixture.tick();
  return bound;
}

describe("the calendar of rotations", () => {
  it("has each secret with age, limit, next, proof and what Secrets Manager shows, which is true", async () => {
    const { arn } = await rotated();
    const [line] = await readRotationCalendar(fixture.table);
    expect(line).toMatchObject({
      secret: fixture.store.get(arn).name,
      ageHours: 0,
      rotateWithin: "90d",
      rotateEvery: "30d",
      isShownWrong: false,
      proof: "metadata",
    });
    const at = (text = "") => (Date.parse(text) - fixture.clock.now()) / dayMs;
    expect([at(line?.next), at(line?.shown), at(line?.overdueAt)].map(Math.round)).toEqual([30, 31, 90]);
    fixture.store.get(arn).rotation.rules = { AutomaticallyAfterDays: 1000 };
    await fixture.tick();
    expect(await readRotationCalendar(fixture.table)).toMatchObject([{ isShownWrong: true }]);
  });

  it("is kept in an outage: ours waits, Secrets Manager's is refused, and the rotation comes at its end", async () => {
    const { arn, authConfigId, versionId } = await rotated();
    const service = { accountId, groupName: "CRM", serviceDescription: "Lookup" };
    await linkService(fixture.table, authConfigId, service);
    const activation = createActivationStore(fixture);
    const outage = { kind: "OUTAGE", since: "2026-01-01T00:00:00Z", alarms: [], confirmedByProbe: true } as const;
    await activation.change(service, { add: [outage] });
    await fixture.clock.sleep(30 * dayMs);
    await fixture.tick();
    expect(fixture.begun).toEqual([]);
    await expect(fixture.rotate(arn)).rejects.toThrow(/has an outage/);
    expect(fixture.labels(arn)).toMatchObject({ current: versionId, pending: undefined });
    fixture.begun.length = 0;
    await activation.change(service, { remove: ["OUTAGE"] });
    await fixture.tick();
    expect(fixture.begun).toHaveLength(1);
    const [rotation = { arn, token: "" }] = fixture.begun;
    for (const step of rotationSteps) await fixture.step(step, rotation);
    fixture.store.get(arn).rotation.lastRotatedAt = fixture.clock.now();
    await fixture.tick();
    expect(fixture.labels(arn).current).toBe(rotation.token);
    const [line] = await readRotationCalendar(fixture.table);
    expect(Math.round((Date.parse(line?.next ?? "") - fixture.clock.now()) / dayMs)).toBe(30);
  });
});
