import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Redacted } from "../../../shared/primitives/redacted.ts";
import { credentials } from "./credentials.ts";
import { type Fixture, issuerArn, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const revoked = () => fixture.issuer.calls.filter(({ action }) => action === "revoke");
const ofFirst = () => revoked().filter(({ credentialId }) => credentialId === "id-first");
const tags = { "ringcx:credential-id": "id-first", "ringcx:overlap": "1m" };

describe("a credential that another version has, too, is not revoked while that one is in use", () => {
  it.each(["APIKEY", "BASIC", "OAUTH", "JWT", "CUSTOM_AUTH"] as const)(
    "%s: a person puts the old value back within the overlap",
    async (authType) => {
      const { arn } = await fixture.rotated(authType, tags);
      await fixture.rotate(arn);
      const third = await fixture.putVersion(arn, credentials[authType].value("first"));
      await fixture.tick();
      await fixture.tick();
      expect(ofFirst()).toEqual([]);
      await fixture.tick();
      const words = fixture.published.map(({ summary }) => summary).join("\n");
      expect(words).toContain("id-first");
      expect(words).toContain(third);
      expect(JSON.stringify([fixture.published, fixture.logs])).not.toContain('"first"');

      // Another one that no issuer made has its own value: what it replaces is revoked, after an overlap that begins now.
      await fixture.putVersion(arn, credentials[authType].value("by-hand"));
      await fixture.tag(arn, "ringcx:credential-id", "id-by-hand");
      await fixture.tick();
      expect(ofFirst()).toEqual([]);
      await fixture.tick();
      await fixture.tick();
      expect(ofFirst()).toHaveLength(1);
    },
  );

  it("overlaps from when RingCX has the version that a person made current, not from when that was seen", async () => {
    const { arn, versionId } = await fixture.rotated("APIKEY", { ...tags, "ringcx:overlap": "5m" });
    const begun = fixture.begin(arn);
    await fixture.step("createSecret", begun);
    await fixture.makeCurrent(arn, begun.token, versionId);
    fixture.script.verifyAtEndpoint = async () => {
      await fixture.clock.sleep(50_000);
      return { kind: "ACCEPTED" };
    };
    for (let run = 0; run < 2; run += 1) await fixture.tick();
    const kept = await fixture.table.get({ pk: `SECRET#${arn}`, sk: `CREDENTIAL#${versionId}` });
    const hasSince =
      fixture.published
        .find(({ status }) => status === "SUCCEEDED")
        ?.cause.id.split("@")
        .at(-1) ?? "";
    expect(kept?.revokeAfter).toBeGreaterThanOrEqual(Date.parse(hasSince) + 5 * 60_000);
  });

  it("overlaps anew when it was put back and replaced before its time was over", async () => {
    const { arn } = await fixture.rotated("APIKEY", { ...tags, "ringcx:overlap": "30m" });
    await fixture.rotate(arn);
    await fixture.putVersion(arn, credentials.APIKEY.value("first"));
    for (let run = 0; run < 4; run += 1) await fixture.tick();
    await fixture.rotate(arn);
    for (let run = 0; run < 5; run += 1) await fixture.tick();
    expect(revoked()).toEqual([]);
    for (let run = 0; run < 2; run += 1) await fixture.tick();
    expect(revoked().map(({ credentialId }) => credentialId)).toContain("id-first");
  });

  it.each([
    ["the same id", "id-first", "has the same credential;"],
    [
      "the same value and another id",
      "id-other",
      "has the same value, although the issuer calls its credential id-other",
    ],
    ["the same value and no id", undefined, "has the same value;"],
  ])("and what is told says how it is the same: by %s", async (_, credentialId, words) => {
    const { arn } = await fixture.rotated("OAUTH", tags);
    await fixture.rotate(arn);
    const value = { ...credentials.OAUTH.value("first"), otherParameters: "audience=crm" };
    const versionId = await fixture.putVersion(arn, value);
    const key = { pk: `SECRET#${arn}`, sk: `CREDENTIAL#${versionId}` };
    if (credentialId)
      await fixture.table.put({ ...key, versionId, credentialId, issuer: issuerArn, authType: "OAUTH" });
    for (let run = 0; run < 3; run += 1) await fixture.tick();
    expect(ofFirst()).toEqual([]);
    const summaries = fixture.published.map(({ summary }) => summary);
    expect(summaries.filter((summary) => summary.includes("id-first"))).toEqual([expect.stringContaining(words)]);
  });

  it("is not revoked where the version that is in use cannot be compared", async () => {
    const { arn } = await fixture.rotated("APIKEY", tags);
    await fixture.rotate(arn);
    await fixture.putVersion(arn, "no JSON");
    for (let run = 0; run < 3; run += 1) await fixture.tick();
    expect(revoked()).toEqual([]);
    expect(fixture.published.map(({ summary }) => summary).join("\n")).toContain("id-first");
  });
});

describe("a version whose credential was revoked is made current", () => {
  it("and what is told names the version to go back to, from which a rotation begins", async () => {
    const { arn, versionId } = await fixture.rotated("APIKEY", tags);
    const second = await fixture.rotate(arn);
    for (let run = 0; run < 2; run += 1) await fixture.tick();
    expect(revoked()).toHaveLength(1);
    await fixture.makeCurrent(arn, versionId, second);
    await fixture.tick();
    expect(fixture.published.at(-1)?.summary).toContain(`Move AWSCURRENT to version ${second}`);
    await expect(fixture.rotate(arn)).rejects.toMatchObject({ code: "ROTATION_NOT_IN_STEP" });
    for (let run = 0; run < 3; run += 1) await fixture.tick();
    const reasons = fixture.published.map(({ details }) => details?.reason);
    expect(reasons.filter((reason) => reason === "CREDENTIAL_REVOKED")).toHaveLength(1);
    expect(reasons).toContain("ROTATION_NOT_IN_STEP");
    await fixture.makeCurrent(arn, second, versionId);
    await fixture.tick();
    await fixture.rotate(arn);
  });
});

describe("a value whose credential was revoked is put again as a new version", () => {
  it.each(["APIKEY", "BASIC", "OAUTH", "JWT", "CUSTOM_AUTH"] as const)("%s: RingCX never gets it", async (authType) => {
    const { arn, authConfigId } = await fixture.rotated(authType, tags);
    await fixture.rotate(arn);
    for (let run = 0; run < 2; run += 1) await fixture.tick();
    expect(ofFirst()).toHaveLength(1);
    const has = fixture.inForce(authConfigId);
    await fixture.putVersion(arn, credentials[authType].value("first"));
    await fixture.tick();
    expect(fixture.inForce(authConfigId)).toEqual(has);
    expect(fixture.published.at(-1)).toMatchObject({ details: { reason: "CREDENTIAL_REVOKED" } });
    const report = await fixture.tick();
    expect(report.lines).toMatchObject([{ failure: "CREDENTIAL_REVOKED" }]);
    await fixture.putVersion(arn, credentials[authType].value("by-hand"));
    await fixture.tick();
    expect(fixture.published.at(-1)).toMatchObject({ status: "SUCCEEDED" });
    for (let run = 0; run < 3; run += 1) await fixture.tick();
    expect(ofFirst()).toHaveLength(1);
  });
});

describe("an issuer that answers with the id of a credential that is in use", () => {
  it("has made no second one: the rotation is refused, and nothing is revoked", async () => {
    const { arn, authConfigId } = await fixture.rotated("APIKEY", tags);
    fixture.issuer.create = async () => ({ credentialId: "id-first", fields: new Redacted({ apiKey: "another" }) });
    await expect(fixture.rotate(arn)).rejects.toMatchObject({ code: "CREDENTIAL_NOT_NEW" });
    for (let run = 0; run < 3; run += 1) await fixture.tick();
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "first" });
    expect(revoked()).toEqual([]);
    const words = fixture.published.map(({ summary }) => summary).join("\n");
    expect(words).toContain("id-first");
    expect(words).not.toContain("not revoked");
  });

  it("or with a secret for an id is refused, and the id is in no record, outcome or log", async () => {
    const { arn } = await fixture.rotated("APIKEY", tags);
    const apiKey = "a-key-and-its-id";
    fixture.issuer.create = async () => ({ credentialId: apiKey, fields: new Redacted({ apiKey }) });
    await expect(fixture.rotate(arn)).rejects.toMatchObject({ code: "ISSUER_FAILED" });
    for (let run = 0; run < 4; run += 1) await fixture.tick();
    expect(revoked()).toMatchObject([{ credentialId: null }]);
    const kept = await fixture.table.query(`SECRET#${arn}`);
    expect(JSON.stringify([kept, fixture.published, fixture.logs])).not.toContain(apiKey);
  });

  it("has what an earlier release took kept: the current version has the id, too", async () => {
    const { arn } = await fixture.rotated("APIKEY", tags);
    const second = await fixture.rotate(arn);
    const key = { pk: `SECRET#${arn}`, sk: `CREDENTIAL#${second}` };
    const item = (await fixture.table.get(key)) ?? expect.fail("no record of the credential");
    await fixture.table.put({ ...item, ...key, credentialId: "id-first" });
    for (let run = 0; run < 3; run += 1) await fixture.tick();
    expect(revoked()).toEqual([]);
    expect(fixture.published.map(({ summary }) => summary).join("\n")).toContain(second);
  });
});

describe("an issuer that answers create with a credential that is out of use", () => {
  const types = ["APIKEY", "BASIC", "OAUTH", "JWT", "CUSTOM_AUTH"] as const;
  const answers = types.flatMap((authType) => [
    { authType, what: "its value under a new id", credentialId: "id-again", value: "first" },
    { authType, what: "its id with a new value", credentialId: "id-first", value: "another" },
  ]);
  const states = [
    { state: "within its overlap", ticks: 0, words: /is out of use/ },
    { state: "revoked", ticks: 3, words: /was revoked/ },
  ];
  // An issuer that has two places for credentials calls them by these: the id of a revoked one may come again.
  const cases = states
    .flatMap((one) => answers.map((answer) => ({ ...one, ...answer })))
    .filter(({ state, value }) => state !== "revoked" || value === "first");

  it.each(cases)("$authType, $what, $state: is refused, and what is in use stays valid", async (one) => {
    const { authType, credentialId, value } = one;
    const { arn, authConfigId } = await fixture.rotated(authType, tags);
    const second = await fixture.rotate(arn);
    for (let run = 0; run < one.ticks; run += 1) await fixture.tick();
    expect(ofFirst()).toHaveLength(one.ticks === 0 ? 0 : 1);
    const has = fixture.inForce(authConfigId);
    const { shown } = credentials[authType];
    fixture.issuer.create = async () => ({
      credentialId,
      fields: new Redacted({ [shown]: credentials[authType].value(value)[shown] }),
    });
    await expect(fixture.rotate(arn)).rejects.toMatchObject({
      code: "CREDENTIAL_NOT_NEW",
      message: expect.stringMatching(one.words),
    });
    for (let run = 0; run < 4; run += 1) await fixture.tick();
    expect(fixture.inForce(authConfigId)).toEqual(has);
    expect(revoked().map((call) => call.credentialId)).toEqual(["id-first"]);
    expect(fixture.issuer.valid.has(`id-${second}`)).toBe(true);
  });
});

it("a credential whose revocation its issuer has failed so far is not said to be revoked", async () => {
  const { arn } = await fixture.rotated("APIKEY", tags);
  await fixture.rotate(arn);
  fixture.issuer.script.fail = "revoke";
  for (let run = 0; run < 3; run += 1) await fixture.tick();
  fixture.issuer.create = async () => ({ credentialId: "id-again", fields: new Redacted({ apiKey: "first" }) });
  const asked = fixture.rotate(arn);
  await expect(asked).rejects.toThrow(/is to be revoked: its issuer was asked for it/);
  await expect(asked).rejects.toMatchObject({ code: "CREDENTIAL_NOT_NEW" });
});
