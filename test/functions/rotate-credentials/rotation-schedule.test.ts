import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createActivationStore } from "../../../shared/activation/activation-store.ts";
import { linkService } from "../../../shared/records/credential/auth-config-users.ts";
import { accountId, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

describe("our own schedule", () => {
  it("begins a rotation when it is due, not before, and not while one is under way", async () => {
    const { arn } = await fixture.rotated("APIKEY", { "ringcx:rotate-every": "1h" });
    await fixture.tick();
    expect(fixture.begun).toEqual([]);
    await fixture.clock.sleep(3_600_000);
    await fixture.tick();
    expect(fixture.begun).toMatchObject([{ arn }]);
    const [rotation = { arn, token: "" }] = fixture.begun;
    await fixture.step("createSecret", rotation);
    await fixture.tick();
    expect(fixture.begun).toHaveLength(1);
    for (const step of ["setSecret", "testSecret", "finishSecret"] as const) await fixture.step(step, rotation);
    expect(fixture.published).toMatchObject([{ status: "SUCCEEDED", details: { trigger: "DUE" } }]);
    await fixture.tick();
    expect(fixture.begun).toHaveLength(1);
  });

  it("waits for the end of an outage of a service that uses the credential", async () => {
    const { authConfigId } = await fixture.rotated("APIKEY", { "ringcx:rotate-every": "1h" });
    const service = { accountId, groupName: "CRM", serviceDescription: "Lookup" };
    await linkService(fixture.table, authConfigId, service);
    const activation = createActivationStore(fixture);
    const outage = { kind: "OUTAGE", since: "2026-01-01T00:00:00Z", alarms: [], confirmedByProbe: true } as const;
    await activation.change(service, { add: [outage] });
    await fixture.clock.sleep(3_600_000);
    await fixture.tick();
    expect(fixture.begun).toEqual([]);
    await activation.change(service, { remove: ["OUTAGE"] });
    await fixture.tick();
    expect(fixture.begun).toHaveLength(1);
  });

  it("tries a rotation that failed again, ever more seldom", async () => {
    const { arn } = await fixture.rotated("APIKEY", { "ringcx:rotate-every": "1h" });
    await fixture.clock.sleep(3_600_000);
    fixture.issuer.script.fail = "create";
    const attemptsIn = async (ticks: number) => {
      const before = fixture.begun.length;
      for (let tick = 0; tick < ticks; tick += 1) {
        const begun = fixture.begun.length;
        await fixture.tick();
        const [next] = fixture.begun.slice(begun);
        if (next) await fixture.step("createSecret", next).catch(() => {});
      }
      return fixture.begun.length - before;
    };
    expect(await attemptsIn(3)).toBeGreaterThan(1);
    expect(await attemptsIn(288)).toBeLessThan(12);
    fixture.issuer.script.fail = undefined;
    expect((await fixture.tick()).failing).toBe(1);
    const token = await fixture.rotate(arn);
    expect(fixture.labels(arn).current).toBe(token);
    expect((await fixture.tick()).failing).toBe(0);
  });
});
