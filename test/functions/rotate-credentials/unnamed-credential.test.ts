import { DeleteSecretCommand } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const notRevoked = () =>
  fixture
    .notRevoked()
    .filter((summary) => summary.includes("which a person put"))
    .filter((summary) => !summary.includes("in use"));
const idTag = "ringcx:credential-id";
/** A secret whose first credential nobody has named. */
const unnamed = (tags: Record<string, string> = {}) => fixture.rotated("APIKEY", { ...tags, [idTag]: undefined });

/** How a credential that a person put, and of which no id is known, comes to be rotated away. */
const replaced: Record<string, () => Promise<{ arn: string; versionId: string }>> = {
  "the first one, without the tag": async () => {
    const { arn, versionId } = await unnamed({ "ringcx:overlap": "1m" });
    await fixture.rotate(arn);
    return { arn, versionId };
  },
  "a later one, whose tag names the first one still": async () => {
    const { arn } = await fixture.rotated("APIKEY", { [idTag]: "id-first", "ringcx:overlap": "1m" });
    await fixture.rotate(arn);
    const versionId = await fixture.putVersion(arn, { apiKey: "by-hand" });
    await fixture.ticks(4);
    await fixture.rotate(arn);
    return { arn, versionId };
  },
};

describe.each(Object.entries(replaced))("a credential that nobody has named to us is rotated away: %s", (_, rotate) => {
  it("which is told once, with what to do, and never asked of its issuer", async () => {
    const { arn, versionId } = await rotate();
    await fixture.ticks(1);
    expect(notRevoked()).toEqual([expect.stringContaining(versionId)]);
    expect(notRevoked()[0]).toMatch(/set its tag ringcx:credential-id to .* until .*; or revoke it at its issuer/);
    await fixture.ticks(2);
    const { refused } = await fixture.tick();
    expect(refused).toMatchObject([{ kind: "NOT_REVOKED" }]);
    await fixture.clock.sleep(24 * 3_600_000);
    await fixture.ticks(2);
    expect(notRevoked()).toHaveLength(1);
    expect(fixture.revoked()).not.toContain(null);
    expect(fixture.issuer.valid.has(`id-${fixture.labels(arn).current}`)).toBe(true);
    // Nothing says that it is right again: nobody knows.
    expect(
      fixture.published.filter(({ status, cause }) => status === "NO_CHANGE" && cause.id.includes(versionId)),
    ).toEqual([]);
    expect((await fixture.tick()).refused).toEqual([]);
  });

  it("and revoked where the tag names it within its time, which ends what was told", async () => {
    const { arn } = await rotate();
    await fixture.ticks(2);
    await fixture.tag(arn, idTag, "id-by-hand");
    await fixture.ticks(2);
    expect(fixture.revoked()).toContain("id-by-hand");
    const ended = fixture.published.filter(({ status }) => status === "NO_CHANGE").map(({ summary }) => summary);
    expect(ended.join("\n")).not.toContain("(id-by-hand");
    expect(fixture.issuer.valid.has(`id-${fixture.labels(arn).current}`)).toBe(true);
    expect((await fixture.tick()).refused).toEqual([]);
    expect(notRevoked()).toHaveLength(1);
  });
});

describe("a tag that is set after a credential without a name was rotated away", () => {
  const rotated = replaced["the first one, without the tag"] as () => Promise<{ arn: string; versionId: string }>;

  it("is not taken for it where it may name what is in use, as a person has put that", async () => {
    const { arn } = await rotated();
    await fixture.putVersion(arn, { apiKey: "by-hand" });
    await fixture.tag(arn, idTag, "id-by-hand");
    await fixture.ticks(4);
    expect(fixture.revoked()).not.toContain("id-by-hand");
  });

  it("is not taken for it where the version is in use again", async () => {
    const { arn, versionId } = await rotated();
    await fixture.makeCurrent(arn, versionId, fixture.labels(arn).current ?? "");
    await fixture.tag(arn, idTag, "id-by-hand");
    await fixture.ticks(4);
    expect(fixture.revoked()).not.toContain("id-by-hand");
    await fixture.rotate(arn);
    await fixture.ticks(2);
    expect(fixture.revoked()).toContain("id-by-hand");
  });
});

it("a version that a person put, and whose value was revoked since, is not written when it is made current again", async () => {
  const { arn, authConfigId } = await fixture.rotated("APIKEY", { [idTag]: "id-first", "ringcx:overlap": "1m" });
  await fixture.rotate(arn);
  // The first one's value, kept alive by this version until it is rotated away.
  const byHand = await fixture.putVersion(arn, { apiKey: "first" });
  await fixture.ticks(2);
  const third = await fixture.rotate(arn);
  await fixture.ticks(6);
  expect(fixture.revoked()).toContain("id-first");
  await fixture.makeCurrent(arn, byHand, third);
  await fixture.ticks(4);
  expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: `issued-${third}` });
});

it("of a secret that is lost, what is told names no id that nobody knows", async () => {
  const { arn, versionId } = await unnamed();
  await fixture.rotate(arn);
  await fixture.secrets.send(new DeleteSecretCommand({ SecretId: arn, ForceDeleteWithoutRecovery: true }));
  await fixture.ticks(2);
  const ofFirst = notRevoked().filter((summary) => summary.includes(versionId));
  expect(ofFirst).toHaveLength(1);
  expect(ofFirst[0]).not.toContain("clientRequestToken");
});
