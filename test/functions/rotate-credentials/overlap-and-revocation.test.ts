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
    expect(
      fixture.issuer.calls.filter(({ action }) => action === "revoke").map(({ credentialId }) => credentialId),
    ).toEqual(["id-made-by-hand", `id-${first}`]);
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
});
