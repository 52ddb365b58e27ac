import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

describe("the old credential", () => {
  it("is revoked exactly, and only after the overlap", async () => {
    const { arn } = await fixture.rotated("APIKEY", {
      "ringcx:credential-id": "id-made-by-hand",
      "ringcx:overlap": "2h",
    });
    fixture.issuer.valid.set("id-made-by-hand", "first");
    fixture.issuer.valid.set("id-of-somebody-else", "other");
    const first = await fixture.rotate(arn);
    await fixture.clock.sleep(100 * 60_000);
    await fixture.tick();
    expect([...fixture.issuer.valid.keys()]).toContain("id-made-by-hand");
    await fixture.clock.sleep(20 * 60_000);
    await fixture.tick();
    await fixture.tick();
    expect([...fixture.issuer.valid.keys()]).toEqual(["id-of-somebody-else", `id-${first}`]);
    const second = await fixture.rotate(arn);
    expect(
      fixture.issuer.calls.find(({ action, credentialId }) => action === "create" && credentialId === `id-${first}`),
    ).toBeDefined();
    await fixture.clock.sleep(3 * 3_600_000);
    await fixture.tick();
    expect([...fixture.issuer.valid.keys()]).toEqual(["id-of-somebody-else", `id-${second}`]);
    expect(fixture.revoked()).toEqual(["id-made-by-hand", `id-${first}`]);
  });

  it("is kept when a person has gone back to it meanwhile", async () => {
    const { arn } = await fixture.rotated("APIKEY");
    const first = await fixture.rotate(arn);
    const second = await fixture.rotate(arn);
    await fixture.makeCurrent(arn, first, second);
    await fixture.clock.sleep(3 * 3_600_000);
    await fixture.tick();
    await fixture.tick();
    expect([...fixture.issuer.valid.keys()]).toContain(`id-${first}`);
  });

  it("is revoked by a later run when the issuer was away", async () => {
    const { arn } = await fixture.rotated("APIKEY", { "ringcx:credential-id": "id-old" });
    fixture.issuer.valid.set("id-old", "first");
    await fixture.rotate(arn);
    await fixture.clock.sleep(2 * 3_600_000);
    fixture.issuer.script.fail = "revoke";
    await fixture.tick();
    expect([...fixture.issuer.valid.keys()]).toContain("id-old");
    fixture.issuer.script.fail = undefined;
    await fixture.tick();
    expect([...fixture.issuer.valid.keys()]).not.toContain("id-old");
  });

  describe("lives by the tag's overlap as it is now", () => {
    const rotated = async (overlap: string, then: string | undefined) => {
      const { arn } = await fixture.rotated("APIKEY", {
        "ringcx:credential-id": "id-first",
        "ringcx:overlap": overlap,
      });
      fixture.issuer.valid.set("id-first", "first");
      await fixture.rotate(arn);
      await fixture.tag(arn, "ringcx:overlap", then);
      return arn;
    };
    /** After how many minutes it is revoked, by ticks of five. */
    const livesMinutes = async () => {
      let minutes = 0;
      for (; fixture.issuer.valid.has("id-first") && minutes < 120; minutes += 5) await fixture.tick();
      return minutes;
    };

    it.each([
      ["prolonged within itself", "1m", "20m", 20],
      ["taken off, an hour", "1m", undefined, 60],
    ])("where that was %s", async (_, overlap, then, minutes) => {
      await rotated(overlap, then);
      expect(await livesMinutes()).toBe(minutes);
    });

    it("but never shorter than was noted", async () => {
      await rotated("20m", "1m");
      expect(await livesMinutes()).toBe(20);
    });

    it("also when it was prolonged a while after, and what is told of it counts from there", async () => {
      const arn = await rotated("20m", "20m");
      await fixture.tick();
      await fixture.tag(arn, "ringcx:overlap", "90m");
      for (let run = 0; run < 16; run += 1) await fixture.tick();
      expect(fixture.told("ringcx.secret")).toEqual([]);
      expect(fixture.issuer.valid.has("id-first")).toBe(true);
      expect(await livesMinutes()).toBe(5);
    });
  });
});
