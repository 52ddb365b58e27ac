import { afterEach, beforeEach, expect, it } from "vitest";
import { type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture({ isWire: false });
});
afterEach(() => fixture.stop());

/** A secret in sync that has had four versions, made by an issuer or put by a person. */
async function withVersions(by: "issuer" | "person") {
  const bound = by === "issuer" ? await fixture.rotated("APIKEY") : await fixture.bind("APIKEY", "first");
  await fixture.tick();
  const versions = [bound.versionId];
  while (versions.length < 4) {
    if (by === "issuer") versions.push(await fixture.rotate(bound.arn));
    else versions.push(await fixture.putVersion(bound.arn, { apiKey: `put-${versions.length}` }));
    await fixture.tick();
  }
  fixture.published.length = 0;
  return { ...bound, versions };
}

const keyOf = (arn: string, versionId: string) =>
  JSON.parse(fixture.store.get(arn).versions.get(versionId)?.value?.string ?? "{}").apiKey;

const overlapMs = 61 * 60_000;
const cases = (["issuer", "person"] as const).flatMap((by) =>
  [1, 2].flatMap((back) => [true, false].map((isValid) => ({ by, back, isValid }))),
);

it.each(cases)(
  "a person makes an older version current again (made by $by, $back back, works: $isValid): RingCX has it by the next run, or a line says why not",
  async ({ by, back, isValid }) => {
    const { arn, authConfigId, versions } = await withVersions(by);
    const newest = versions.at(-1) ?? "";
    const older = versions.at(-1 - back) ?? "";
    if (!isValid && by === "issuer") {
      await fixture.clock.sleep(overlapMs);
      await fixture.tick();
    }
    if (!isValid && by === "person") {
      fixture.script.verifyAtEndpoint = async (_, { versionId }) =>
        versionId === older ? { kind: "REFUSED", reason: "401" } : { kind: "ACCEPTED" };
    }
    await fixture.makeCurrent(arn, older, newest);
    await fixture.tick();
    expect(fixture.inForce(authConfigId)?.apiKey).toBe(keyOf(arn, isValid ? older : newest));
    const failure = by === "issuer" ? "CREDENTIAL_REVOKED" : "CREDENTIAL_REFUSED";
    // The report is of what a run has found.
    expect((await fixture.tick()).lines).toMatchObject(isValid ? [] : [{ authConfigId, failure }]);
    // It stays so, also past the overlap of what is current by now, and is told once.
    for (let tick = 0; tick < 2; tick += 1) await fixture.tick();
    await fixture.clock.sleep(overlapMs);
    await fixture.tick();
    expect(fixture.inForce(authConfigId)?.apiKey).toBe(keyOf(arn, isValid ? older : newest));
    if (by === "issuer") expect(fixture.issuer.valid.has(`id-${isValid ? older : newest}`)).toBe(true);
    expect(fixture.published.map(({ status }) => status)).toEqual([isValid ? "SUCCEEDED" : "FAILED"]);
    // And forward again: what the issuer made and nobody has used for its overlap is revoked by now.
    await fixture.makeCurrent(arn, newest, older);
    await fixture.tick();
    await fixture.tick();
    const isRevoked = by === "issuer" && isValid;
    if (isRevoked) expect(fixture.issuer.valid.has(`id-${newest}`)).toBe(false);
    expect(fixture.inForce(authConfigId)?.apiKey).toBe(keyOf(arn, isRevoked ? older : newest));
    const lines = isRevoked ? [{ authConfigId, failure: "CREDENTIAL_REVOKED" }] : [];
    expect((await fixture.tick()).lines).toMatchObject(lines);
  },
);

it("a credential that a person went back to overlaps anew with the one that takes its place", async () => {
  const { arn, versions } = await withVersions("issuer");
  const [older = "", newest = ""] = versions.slice(-2);
  await fixture.makeCurrent(arn, older, newest);
  await fixture.clock.sleep(overlapMs);
  await fixture.tick();
  await fixture.makeCurrent(arn, newest, older);
  await fixture.tick();
  await fixture.tick();
  expect(fixture.issuer.valid.has(`id-${older}`)).toBe(true);
  await fixture.clock.sleep(overlapMs);
  await fixture.tick();
  expect(fixture.issuer.valid.has(`id-${older}`)).toBe(false);
  expect(fixture.issuer.valid.has(`id-${newest}`)).toBe(true);
});

it.each([1, 2])(
  "a write of the version that a person went back to, and that fails (%i back), is tried again after its back-off",
  async (back) => {
    const { arn, authConfigId, versions } = await withVersions("issuer");
    const [newest = "", older = ""] = [versions.at(-1), versions.at(-1 - back)];
    await fixture.makeCurrent(arn, older, newest);
    fixture.simulator.faults.add({ kind: "drop", times: 4, match: { method: "PATCH" } });
    await fixture.tick(undefined, 120_000, 5_000);
    const { state, failure } = await fixture.record(authConfigId);
    expect(state).toMatchObject({ kind: "APPLYING", versionId: older });
    expect(failure?.retryAt).toBeLessThanOrEqual(fixture.clock.now() + 60_000);
    await fixture.tick(undefined, 120_000, 61_000);
    expect(fixture.inForce(authConfigId)?.apiKey).toBe(keyOf(arn, older));
  },
);
