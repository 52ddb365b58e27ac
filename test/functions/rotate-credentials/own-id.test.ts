import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AuthType } from "../../../shared/ringcx/resources/auth-config.ts";
import { tokenHost } from "./credentials.ts";
import { type Fixture, issuerArn, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const idTag = "ringcx:credential-id";
const tags = { [idTag]: "id-first", "ringcx:overlap": "1m" };

/** A secret in sync whose first credential is named by its tag. */
async function inSync(authType: AuthType, value: Record<string, unknown>) {
  const authConfigId = await fixture.createAuthConfig(authType);
  const bound = { "ringcx:auth-config": authConfigId, "ringcx:auth-type": authType, "ringcx:issuer": issuerArn };
  const { arn } = await fixture.createSecret({ value, tags: { ...bound, ...tags } });
  fixture.letRotate(arn);
  await fixture.tick();
  return arn;
}

describe("while a version in use has no id of its own, nothing of its secret is revoked", () => {
  const client = { clientId: "crm", tokenUrl: `https://${tokenHost}/oauth/token`, grantType: "CLIENT_CREDENTIALS" };
  /** What a person puts back, of which nobody here sees that the issuer's credential is the same. */
  const puts: Record<string, [AuthType, Record<string, unknown>, unknown]> = {
    "a user whose password was reset": [
      "BASIC",
      { username: "svc1", password: "first-password" },
      { username: "svc1", password: "reset-password" },
    ],
    "a client whose secret was reset": ["OAUTH", { ...client, secret: "first" }, { ...client, secret: "reset" }],
    "a client's secret, percent-encoded": ["OAUTH", { ...client, secret: "a+b/c" }, { ...client, secret: "a%2Bb%2Fc" }],
    "a key with its scheme": ["APIKEY", { apiKey: "first-key" }, { apiKey: "Bearer first-key" }],
  };

  it.each(Object.entries(puts))("%s, put within the overlap", async (_, [authType, old, again]) => {
    const arn = await inSync(authType, old);
    const second = await fixture.rotate(arn);
    const third = await fixture.putVersion(arn, again);
    await fixture.ticks(4);
    expect(fixture.revoked()).toEqual([]);
    const told = fixture.notRevoked();
    expect(told).toHaveLength(2);
    for (const id of ["id-first", `id-${second}`]) expect(told.join("\n")).toContain(id);
    for (const words of told) {
      expect(words).toContain(`version ${third}, which a person put`);
      expect(words).toContain("its tag ringcx:credential-id names that of another one (id-first, version ");
      expect(words).toContain("set its tag ringcx:credential-id");
    }
    // The tag said once more is another version's name.
    await fixture.tag(arn, idTag, "id-first");
    await fixture.ticks(2);
    expect(fixture.revoked()).toEqual([]);
    await fixture.tag(arn, idTag, "id-reset");
    await fixture.ticks(4);
    expect(new Set(fixture.revoked())).toEqual(new Set(["id-first", `id-${second}`]));
  });

  it("nor while that one is made current again, or is in RingCX alone", async () => {
    const arn = await inSync("APIKEY", { apiKey: "first" });
    const second = await fixture.rotate(arn);
    const third = await fixture.putVersion(arn, { apiKey: "by-hand" });
    await fixture.ticks(1);
    fixture.script.verifyAtEndpoint = async () => ({ kind: "REFUSED", reason: "401" });
    await fixture.makeCurrent(arn, second, third);
    await fixture.ticks(6);
    expect(fixture.revoked()).toEqual([]);
  });
});

describe("an id belongs to the version that the tag named", () => {
  it("whose credential is revoked by it, and each after it ends or is told, before any rotation", async () => {
    const arn = await inSync("APIKEY", { apiKey: "first" });
    const second = await fixture.putVersion(arn, { apiKey: "by-hand" });
    await fixture.ticks(1);
    await fixture.rotate(arn);
    await fixture.ticks(4);
    expect(fixture.revoked()).toEqual(["id-first"]);
    expect(
      fixture.notRevoked().filter((words) => words.includes(`version ${second}, which a person put, is no`)),
    ).toHaveLength(1);
  });

  it("also where the next one is named when it is put", async () => {
    const arn = await inSync("APIKEY", { apiKey: "first" });
    await fixture.putVersion(arn, { apiKey: "by-hand" });
    await fixture.tag(arn, idTag, "id-by-hand");
    await fixture.ticks(1);
    await fixture.rotate(arn);
    await fixture.ticks(4);
    expect(new Set(fixture.revoked())).toEqual(new Set(["id-first", "id-by-hand"]));
  });

  it("and a version that is made current again has its own", async () => {
    const { arn, versionId } = await fixture.rotated("APIKEY", tags);
    const second = await fixture.putVersion(arn, { apiKey: "by-hand" });
    await fixture.tag(arn, idTag, "id-by-hand");
    await fixture.tick();
    await fixture.makeCurrent(arn, versionId, second);
    await fixture.tick();
    await fixture.rotate(arn);
    expect(fixture.issuer.calls.find(({ action }) => action === "create")?.credentialId).toBe("id-first");
    await fixture.ticks(4);
    expect(new Set(fixture.revoked())).toEqual(new Set(["id-first", "id-by-hand"]));
  });

  it("and what was in RingCX between two rotations has an end, too", async () => {
    const arn = await inSync("APIKEY", { apiKey: "first" });
    const second = await fixture.rotate(arn);
    const third = await fixture.putVersion(arn, { apiKey: "by-hand" });
    await fixture.tag(arn, idTag, "id-by-hand");
    await fixture.tick();
    await fixture.makeCurrent(arn, second, third);
    await fixture.tick();
    await fixture.rotate(arn);
    await fixture.ticks(4);
    expect(new Set(fixture.revoked())).toEqual(new Set(["id-first", `id-${second}`, "id-by-hand"]));
  });

  it("until the tag corrects it, in use or within the overlap", async () => {
    const arn = await inSync("APIKEY", { apiKey: "first" });
    await fixture.tag(arn, idTag, "id-typo");
    await fixture.ticks(1);
    await fixture.tag(arn, idTag, "id-typo-again");
    await fixture.rotate(arn);
    expect(fixture.issuer.calls.find(({ action }) => action === "create")?.credentialId).toBe("id-typo-again");
    await fixture.tag(arn, idTag, "id-right");
    await fixture.ticks(3);
    expect(fixture.revoked()).toEqual(["id-right"]);
    await fixture.tag(arn, idTag, "id-too-late");
    await fixture.ticks(3);
    expect(fixture.revoked()).toEqual(["id-right"]);
  });

  it("and a copy of one that is named, put by hand, ends with that one: nothing is told of it", async () => {
    const arn = await inSync("APIKEY", { apiKey: "first" });
    const second = await fixture.rotate(arn);
    const copy = await fixture.putVersion(arn, { apiKey: `issued-${second}` });
    await fixture.ticks(1);
    await fixture.rotate(arn);
    await fixture.ticks(5);
    expect(new Set(fixture.revoked())).toEqual(new Set(["id-first", `id-${second}`]));
    expect(fixture.notRevoked().filter((words) => words.includes(`${copy}, which a person put, is no`))).toEqual([]);
  });

  it("also one that no endpoint accepted: what RingCX kept meanwhile keeps its own", async () => {
    const { arn, versionId } = await fixture.rotated("APIKEY", tags);
    fixture.script.verifyAtEndpoint = async () => ({ kind: "REFUSED", reason: "401" });
    const second = await fixture.putVersion(arn, { apiKey: "by-hand" });
    await fixture.tag(arn, idTag, "id-by-hand");
    await fixture.ticks(1);
    await fixture.makeCurrent(arn, versionId, second);
    fixture.script.verifyAtEndpoint = async () => ({ kind: "ACCEPTED" });
    await fixture.ticks(2);
    await fixture.rotate(arn);
    await fixture.ticks(4);
    expect(fixture.revoked()).toEqual(["id-first"]);
  });
});

describe("an id that the tag says before the version is put that it belongs to", () => {
  const announced = "id-next";
  const longTags = { [idTag]: "id-first", "ringcx:overlap": "9m" };
  const next = { apiKey: "by-hand" };
  const ways: Record<string, () => Promise<string>> = {
    "while the version before is current": async () => (await fixture.rotated("APIKEY", longTags)).arn,
    "when the one that a person put is rotated away": async () => {
      const { arn } = await fixture.rotated("APIKEY", longTags);
      await fixture.rotate(arn);
      await fixture.ticks(1);
      return arn;
    },
    "when that one was never named": async () => {
      const { arn } = await fixture.rotated("APIKEY", { ...longTags, [idTag]: undefined });
      await fixture.rotate(arn);
      await fixture.ticks(2);
      return arn;
    },
  };

  it.each(Object.entries(ways))(
    "%s, is not revoked while that may be in use, nor in its overlap",
    async (_, before) => {
      const arn = await before();
      await fixture.tag(arn, idTag, announced);
      await fixture.ticks(1);
      const versionId = await fixture.putVersion(arn, next);
      await fixture.ticks(6);
      expect(fixture.revoked()).not.toContain(announced);
      expect(fixture.notRevoked().join("\n")).toContain(`version ${versionId}, which a person put`);
      await fixture.rotate(arn);
      await fixture.tick();
      const { refused } = await fixture.tick(undefined, undefined, 60_000);
      expect(fixture.revoked()).not.toContain(announced);
      expect(JSON.stringify(refused)).toContain(`may be that of version ${versionId}`);
      await fixture.ticks(5);
      expect(fixture.revoked()).toContain(announced);
    },
  );
});

describe("a secret whose tag ringcx:issuer was taken off", () => {
  it("its credential is revoked by the issuer that made it, once what is in use is named; what is told of it can be done", async () => {
    const { arn } = await fixture.rotated("APIKEY", { "ringcx:overlap": "1m", "ringcx:credential-id": "id-first" });
    const second = await fixture.rotate(arn);
    await fixture.ticks(3);
    await fixture.tag(arn, "ringcx:issuer", undefined);
    const byHand = await fixture.putVersion(arn, { apiKey: "by-hand" });
    await fixture.ticks(4);
    const [told] = fixture.notRevoked().filter((summary) => summary.includes(`version ${byHand}`));
    expect(told).toContain("put its tag ringcx:issuer back and rotate the secret");
    expect(fixture.revoked()).toEqual(["id-first"]);
    await fixture.tag(arn, "ringcx:credential-id", "id-by-hand");
    await fixture.ticks(4);
    expect(fixture.revoked()).toEqual(["id-first", `id-${second}`]);
    expect((await fixture.tick()).refused).toEqual([]);
  });
});
