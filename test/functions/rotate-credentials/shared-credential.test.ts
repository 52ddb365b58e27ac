import { DeleteSecretCommand, RestoreSecretCommand } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Fixture, issuerArn, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const notRevoked = () =>
  fixture.published.filter(({ details }) => details?.kind === "NOT_REVOKED").map(({ summary }) => summary);
const tags = { "ringcx:credential-id": "id-first", "ringcx:overlap": "1m" };

/** Two secrets that have one credential, each with an auth config of its own. */
const shared = async (othersTags: Record<string, string> = {}) => {
  const one = await fixture.rotated("APIKEY", tags);
  const other = await fixture.rotated("APIKEY", { ...tags, ...othersTags });
  return { one, other };
};

describe("a credential that another secret has, too, is not revoked while that one needs it", () => {
  it("and what is told, once, names the other; it is revoked when neither needs it", async () => {
    const { one, other } = await shared();
    await fixture.rotate(one.arn);
    await fixture.ticks(6);
    expect(fixture.revoked()).toEqual([]);
    expect(fixture.inForce(other.authConfigId)).toMatchObject({ apiKey: "first" });
    expect(notRevoked()).toHaveLength(1);
    expect(notRevoked()[0]).toContain(fixture.store.get(other.arn).name);
    await fixture.tag(other.arn, "ringcx:overlap", "20m");
    await fixture.rotate(other.arn);
    await fixture.ticks(3);
    expect(fixture.revoked()).toEqual([]);
    await fixture.ticks(3);
    expect(new Set(fixture.revoked())).toEqual(new Set(["id-first"]));
    const { lines, refused } = await fixture.tick();
    expect([...lines, ...refused]).toEqual([]);
  });

  it("both are rotated at the same time: neither waits for the other", async () => {
    const { one, other } = await shared();
    await fixture.rotate(one.arn);
    await fixture.rotate(other.arn);
    await fixture.ticks(3);
    expect(new Set(fixture.revoked())).toEqual(new Set(["id-first"]));
    expect(notRevoked()).toEqual([]);
  });

  it("not while an auth config may have it that the other feeds no more", async () => {
    const { one, other } = await shared();
    const left = await fixture.createAuthConfig("APIKEY");
    await fixture.tag(other.arn, "ringcx:auth-config", `${other.authConfigId} ${left}`);
    await fixture.tick();
    await fixture.rotate(other.arn);
    await fixture.makeCurrent(other.arn, other.versionId, fixture.labels(other.arn).current ?? "");
    await fixture.tick();
    await fixture.tag(other.arn, "ringcx:auth-config", other.authConfigId);
    await fixture.rotate(other.arn);
    await fixture.rotate(one.arn);
    await fixture.ticks(12);
    expect(fixture.inForce(left)).toMatchObject({ apiKey: "first" });
    expect(fixture.revoked()).not.toContain("id-first");
  });

  it("nor while a person's version of the other has the value", async () => {
    const { one, other } = await shared();
    await fixture.rotate(other.arn);
    await fixture.putVersion(other.arn, { apiKey: "first" });
    await fixture.rotate(one.arn);
    await fixture.ticks(6);
    expect(fixture.inForce(other.authConfigId)).toMatchObject({ apiKey: "first" });
    expect(fixture.revoked()).not.toContain("id-first");
  });

  it("nor while the other is deleted with a window, or has lost its tag, which had held it back", async () => {
    const { one, other } = await shared();
    await fixture.rotate(one.arn);
    await fixture.ticks(2);
    await fixture.tag(other.arn, "ringcx:connection");
    await fixture.ticks(2);
    expect(fixture.revoked()).toEqual([]);
    await fixture.secrets.send(new DeleteSecretCommand({ SecretId: other.arn }));
    await fixture.ticks(2);
    expect(fixture.revoked()).toEqual([]);
    await fixture.secrets.send(new RestoreSecretCommand({ SecretId: other.arn }));
    await fixture.secrets.send(new DeleteSecretCommand({ SecretId: other.arn, ForceDeleteWithoutRecovery: true }));
    await fixture.ticks(2);
    expect(fixture.revoked()).toEqual(["id-first"]);
  });

  it.each([
    ["its tag names another", { "ringcx:credential-id": "id-other" }],
    ["its id is another issuer's", { "ringcx:issuer": `${issuerArn}-of-others` }],
  ])("but where %s it is", async (_, othersTags) => {
    const { one } = await shared(othersTags);
    await fixture.rotate(one.arn);
    await fixture.ticks(2);
    expect(fixture.revoked()).toEqual(["id-first"]);
  });

  it("and where the other has another by now, its tag set to what that one is called ends it", async () => {
    const { one, other } = await shared();
    await fixture.putVersion(other.arn, { apiKey: "by-hand" });
    await fixture.rotate(one.arn);
    await fixture.ticks(3);
    expect(fixture.revoked()).toEqual([]);
    // Without a name it may be any, there as here.
    await fixture.tag(other.arn, "ringcx:credential-id");
    await fixture.ticks(3);
    expect(fixture.revoked()).toEqual([]);
    await fixture.tag(other.arn, "ringcx:credential-id", "id-by-hand");
    await fixture.ticks(3);
    expect(fixture.revoked()).toContain("id-first");
  });
});

describe("what is told of the other secret is true of it, and what ends it can be done", () => {
  type Shared = Awaited<ReturnType<typeof shared>>;
  const remove = (arn: string) => fixture.secrets.send(new DeleteSecretCommand({ SecretId: arn }));
  const putAnother = ({ other }: Shared) => fixture.putVersion(other.arn, { apiKey: "by-hand" });
  const states: Record<string, [(one: Shared) => Promise<unknown>, RegExp, (one: Shared) => Promise<unknown>]> = {
    "it rotates": [async () => {}, /rotate that secret, too/, ({ other }) => fixture.rotate(other.arn)],
    "it feeds nothing": [
      ({ other }) => fixture.tag(other.arn, "ringcx:auth-config"),
      /feeds no auth config.*put another credential into it.*set its tag/,
      async (one) => {
        await putAnother(one);
        await fixture.tag(one.other.arn, "ringcx:credential-id", "id-by-hand");
        await fixture.editAuthConfig(one.other.authConfigId);
      },
    ],
    "it has no rotation": [
      async ({ other }) => {
        fixture.store.get(other.arn).rotation.isEnabled = false;
      },
      /has no rotation.*put another credential into it.*set its tag/,
      async (one) => {
        await putAnother(one);
        await fixture.tag(one.other.arn, "ringcx:credential-id", "id-by-hand");
      },
    ],
    "it has another by now": [
      putAnother,
      /by its tag ringcx:credential-id/,
      ({ other }) => fixture.tag(other.arn, "ringcx:credential-id", "id-by-hand"),
    ],
  };

  it.each(Object.entries(states))("%s", async (_, [begin, words, end]) => {
    const both = await shared();
    await begin(both);
    await fixture.ticks(1);
    await fixture.rotate(both.one.arn);
    await fixture.ticks(3);
    expect(fixture.revoked()).toEqual([]);
    // What the other says of its own revocation is another matter.
    const told = notRevoked().filter((summary) => summary.includes(both.one.versionId));
    expect(told).toEqual([expect.stringMatching(words)]);
    expect(told[0]).not.toContain("has the same credential");
    await end(both);
    await fixture.ticks(8);
    expect(fixture.revoked()).toContain("id-first");
  });

  it("it is deleted with a window", async () => {
    const { one, other } = await shared();
    await fixture.rotate(one.arn);
    await fixture.ticks(2);
    await remove(other.arn);
    await fixture.ticks(2);
    const { refused } = await fixture.tick();
    expect(refused).toMatchObject([
      { kind: "NOT_REVOKED", problem: expect.stringContaining("is deleted with a window") },
    ]);
  });

  it("it has lost its tag", async () => {
    const { one, other } = await shared();
    await fixture.rotate(one.arn);
    await fixture.ticks(2);
    await fixture.tag(other.arn, "ringcx:connection");
    await fixture.ticks(2);
    const { refused } = await fixture.tick();
    expect(refused).toContainEqual(
      expect.objectContaining({
        kind: "NOT_REVOKED",
        problem: expect.stringMatching(
          /, which has lost its tag ringcx:connection, names the same credential by its tag/,
        ),
      }),
    );
  });

  it("it has rotated, and its overlap goes on: nothing is to be done", async () => {
    const { one, other } = await shared({ "ringcx:overlap": "2h" });
    await fixture.rotate(other.arn);
    await fixture.rotate(one.arn);
    await fixture.ticks(3);
    expect(notRevoked()).toEqual([expect.stringMatching(/in its overlap.*nothing is to be done/)]);
    await fixture.ticks(30);
    expect(fixture.revoked()).toContain("id-first");
  });
});

it("the credential of a rotation that failed is not revoked where another secret has its id", async () => {
  const { one, other } = await shared({ "ringcx:credential-id": "id-other" });
  const { create } = fixture.issuer;
  fixture.issuer.create = async (...asked) => ({ ...(await create(...asked)), credentialId: "id-other" });
  fixture.issuer.script.verdict = { isValid: false };
  await expect(fixture.rotate(one.arn)).rejects.toMatchObject({ code: "CREDENTIAL_REFUSED" });
  await fixture.ticks(3);
  expect(fixture.inForce(other.authConfigId)).toMatchObject({ apiKey: "first" });
  expect(fixture.revoked()).toEqual([]);
});
