import { DeleteSecretCommand, RestoreSecretCommand } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EndpointAnswer } from "../../../shared/proof/verify-at-endpoint.ts";
import { type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture({ isWire: false });
});
afterEach(() => fixture.stop());

const tags = { "ringcx:credential-id": "id-first", "ringcx:overlap": "1m" };

/** Two secrets that have one credential; what a person puts into the other, no endpoint has accepted. */
async function withHeld(answer: EndpointAnswer) {
  const one = await fixture.rotated("APIKEY", tags);
  const other = await fixture.rotated("APIKEY", tags);
  fixture.script.verifyAtEndpoint = async ({ authConfigId }) =>
    authConfigId === other.authConfigId ? answer : { kind: "ACCEPTED" };
  const byHand = await fixture.putVersion(other.arn, { apiKey: "DEAD" });
  await fixture.tag(other.arn, "ringcx:credential-id", "id-by-hand");
  await fixture.tag(other.arn, "ringcx:accept-unproven", byHand);
  await fixture.ticks(4);
  expect(fixture.inForce(other.authConfigId)).toMatchObject({ apiKey: "DEAD" });
  return { one, other, byHand };
}

const silent: EndpointAnswer = { kind: "COULD_NOT_BE_ASKED", reason: "answered 503" };

describe("what another secret holds back as the last that works is not revoked for this one", () => {
  it("while no endpoint has accepted what that one has, nor once one refuses it", async () => {
    const { one, other, byHand } = await withHeld(silent);
    await fixture.rotate(one.arn);
    await fixture.ticks(4);
    expect(fixture.revoked()).toEqual([]);
    const told = fixture
      .notRevoked()
      .filter((summary) => summary.startsWith(`Secret ${fixture.store.get(one.arn).name}:`));
    expect(told).toEqual([
      expect.stringContaining(`version ${byHand} of the secret ${fixture.store.get(other.arn).name}`),
    ]);
    fixture.script.verifyAtEndpoint = async ({ authConfigId }) =>
      authConfigId === other.authConfigId ? { kind: "REFUSED", reason: "answered 401" } : { kind: "ACCEPTED" };
    await fixture.ticks(4);
    expect(fixture.revoked()).toEqual([]);
    fixture.script.verifyAtEndpoint = async () => ({ kind: "ACCEPTED" });
    await fixture.ticks(5);
    expect(new Set(fixture.revoked())).toEqual(new Set(["id-first"]));
    expect((await fixture.tick()).refused).toEqual([]);
  });

  it("nor while that one is deleted with a window", async () => {
    const { one, other } = await withHeld(silent);
    await fixture.secrets.send(new DeleteSecretCommand({ SecretId: other.arn }));
    await fixture.rotate(one.arn);
    await fixture.ticks(4);
    expect(fixture.revoked()).toEqual([]);
  });
});

describe("a revocation counts in every secret that has the id", () => {
  /** The other has replaced it, too. */
  const withReplaced = async () => {
    const one = await fixture.rotated("APIKEY", tags);
    const other = await fixture.rotated("APIKEY", tags);
    fixture.script.verifyAtEndpoint = async () => ({ kind: "ACCEPTED" });
    const second = await fixture.rotate(other.arn);
    return { one, other, second };
  };

  it("so that its version is not written there once somebody goes back to it", async () => {
    const { one, other, second } = await withReplaced();
    await fixture.rotate(one.arn);
    // It alone is revoked for the other: that is noted here before it comes to its own.
    await fixture.tag(other.arn, "ringcx:overlap", "2h");
    await fixture.ticks(25);
    expect(fixture.revoked()).toEqual(["id-first"]);
    fixture.published.length = 0;
    for (const [secret, next] of [
      [other, second],
      [one, fixture.labels(one.arn).current ?? ""],
    ] as const) {
      await fixture.makeCurrent(secret.arn, secret.versionId, next);
      await fixture.ticks(2);
      expect(fixture.inForce(secret.authConfigId)).not.toMatchObject({ apiKey: "first" });
    }
    const told = { status: "FAILED", details: { reason: "CREDENTIAL_REVOKED" } };
    expect(fixture.published).toMatchObject([told, told]);
  });

  it("and one that is deleted with a window holds it back, and tells of none that was revoked once it is restored", async () => {
    const { one, other } = await withReplaced();
    await fixture.ticks(0);
    await fixture.secrets.send(new DeleteSecretCommand({ SecretId: other.arn }));
    await fixture.rotate(one.arn);
    await fixture.ticks(4);
    expect(fixture.revoked()).toEqual([]);
    expect(fixture.notRevoked()[0]).toMatch(/deleted with a window; restore that secret/);
    await fixture.secrets.send(new RestoreSecretCommand({ SecretId: other.arn }));
    await fixture.ticks(6);
    expect(new Set(fixture.revoked())).toEqual(new Set(["id-first"]));
    expect((await fixture.tick()).refused).toEqual([]);
  });
});
