import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EndpointAnswer } from "../../../shared/proof/verify-at-endpoint.ts";
import { type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture({ isWire: false });
});
afterEach(() => fixture.stop());

const silent: EndpointAnswer = { kind: "COULD_NOT_BE_ASKED", reason: "answered 503" };
const refused: EndpointAnswer = { kind: "REFUSED", reason: "answered 401" };

/** The ways in which a version gets into RingCX that no endpoint could be asked about. */
const ways: Readonly<Record<string, (arn: string, versionId: string) => Promise<void> | void>> = {
  "its time to be proven is over": () => {},
  "a person says so": (arn, versionId) => fixture.tag(arn, "ringcx:accept-unproven", versionId),
  "the environment says so": () => {
    fixture.script.unproven = { couldNotBeAsked: "write", notProvable: "write" };
  },
};

/** RingCX has a version that a person has put and that nobody could be asked about; what is revoked next is the last that works. */
async function withUnproven(write: (arn: string, versionId: string) => Promise<void> | void) {
  const bound = await fixture.rotated("APIKEY", {
    "ringcx:credential-id": "id-first",
    "ringcx:overlap": "1m",
    "ringcx:prove-within": "1m",
  });
  fixture.script.verifyAtEndpoint = async () => ({ kind: "ACCEPTED" });
  const second = await fixture.rotate(bound.arn);
  await fixture.ticks(3);
  fixture.script.verifyAtEndpoint = async () => silent;
  const byHand = await fixture.putVersion(bound.arn, { apiKey: "DEAD" });
  await fixture.tag(bound.arn, "ringcx:credential-id", "id-by-hand");
  await write(bound.arn, byHand);
  await fixture.ticks(4);
  expect(fixture.inForce(bound.authConfigId)).toMatchObject({ apiKey: "DEAD" });
  expect(fixture.revoked()).toEqual(["id-first"]);
  return { ...bound, second, byHand };
}

describe.each(Object.entries(ways))("a version that is written unproven, as %s, revokes nothing", (_, write) => {
  it("until an endpoint has accepted it, and then after the overlap", async () => {
    const { second, byHand, authConfigId } = await withUnproven(write);
    await fixture.ticks(6);
    expect(fixture.revoked()).toEqual(["id-first"]);
    expect(fixture.notRevoked()).toEqual([expect.stringContaining(`version ${byHand}`)]);
    expect(fixture.notRevoked()[0]).toContain("was written unproven");
    // That nobody is to be asked any more proves nothing.
    fixture.script.verifyAtEndpoint = async () => ({ kind: "NOT_PROVABLE", reason: "no live service" });
    await fixture.ticks(3);
    expect(fixture.revoked()).toEqual(["id-first"]);
    fixture.script.verifyAtEndpoint = async () => ({ kind: "ACCEPTED" });
    await fixture.tick();
    expect(fixture.revoked()).toEqual(["id-first"]);
    expect((await fixture.record(authConfigId)).state).toMatchObject({ applied: { verification: "endpoint" } });
    await fixture.tick();
    expect(fixture.revoked()).toEqual(["id-first", `id-${second}`]);
    expect((await fixture.tick()).refused).toEqual([]);
  });

  it("where one refuses it, which is told anew, also once none can be asked again", async () => {
    const { byHand } = await withUnproven(write);
    fixture.script.verifyAtEndpoint = async () => refused;
    await fixture.ticks(2);
    expect(fixture.notRevoked().at(-1)).toContain(`an endpoint refuses version ${byHand}`);
    expect(fixture.notRevoked()).toHaveLength(2);
    fixture.script.verifyAtEndpoint = async () => silent;
    await fixture.ticks(6);
    expect(fixture.notRevoked()).toHaveLength(2);
    expect(fixture.revoked()).toEqual(["id-first"]);
    expect((await fixture.tick()).refused).toMatchObject([{ kind: "NOT_REVOKED" }]);
  });
});

describe("an endpoint that accepted a version is asked once more before the first revocation of a run", () => {
  const acceptedThen = async (answer: EndpointAnswer) => {
    const bound = await fixture.rotated("APIKEY", { "ringcx:credential-id": "id-first", "ringcx:overlap": "1m" });
    fixture.script.verifyAtEndpoint = async () => ({ kind: "ACCEPTED" });
    await fixture.rotate(bound.arn);
    fixture.script.verifyAtEndpoint = async () => answer;
    await fixture.ticks(4);
    expect(fixture.revoked()).toEqual([]);
    return bound;
  };

  it("where it refuses it by now, nothing is revoked, and that is told until it is accepted again", async () => {
    const { arn } = await acceptedThen(refused);
    expect(fixture.notRevoked()).toEqual([expect.stringContaining("an endpoint refuses version")]);
    // Nor does its silence take that back.
    fixture.script.verifyAtEndpoint = async () => silent;
    await fixture.ticks(300);
    expect(fixture.revoked()).toEqual([]);
    expect(fixture.labels(arn).current).toBeDefined();
    fixture.script.verifyAtEndpoint = async () => ({ kind: "ACCEPTED" });
    await fixture.ticks(3);
    expect(fixture.revoked()).toEqual(["id-first"]);
  });

  it("where it cannot be asked, what is due waits a day", async () => {
    await acceptedThen(silent);
    expect(fixture.notRevoked()).toEqual([expect.stringContaining("could not be asked again")]);
    await fixture.ticks(280);
    expect(fixture.revoked()).toEqual([]);
    await fixture.ticks(10);
    expect(fixture.revoked()).toEqual(["id-first"]);
  });

  it("where it cannot be asked, what is due is revoked once it accepts it again", async () => {
    await acceptedThen(silent);
    fixture.script.verifyAtEndpoint = async () => ({ kind: "ACCEPTED" });
    await fixture.ticks(1);
    expect(fixture.revoked()).toEqual(["id-first"]);
    expect((await fixture.tick()).refused).toEqual([]);
  });
});

it("where no service uses what was written unproven, nobody is told to make an endpoint reachable", async () => {
  const { byHand, arn } = await withUnproven(ways["a person says so"] ?? (() => {}));
  fixture.script.verifyAtEndpoint = async () => ({ kind: "NOT_PROVABLE", reason: "no service uses it" });
  await fixture.ticks(3);
  const told = fixture.notRevoked().at(-1) ?? "";
  expect(told).toContain(`version ${byHand}`);
  expect(told).toMatch(/nobody can be asked about it any more \(no service uses it\).*rotate the secret/);
  expect(told).not.toContain("reachable");
  await fixture.rotate(arn);
  await fixture.ticks(4);
  expect((await fixture.tick()).refused).toEqual([]);
  expect(fixture.revoked()).toHaveLength(3);
});

it("nor does a write of the same version again prove it, by whomever", async () => {
  const { second, authConfigId } = await withUnproven(ways["a person says so"] ?? (() => {}));
  fixture.script.verifyAtEndpoint = async () => ({ kind: "NOT_PROVABLE", reason: "no live service" });
  fixture.script.onChange = "rewrite";
  await fixture.editAuthConfig(authConfigId, { apiKey: "theirs" });
  await fixture.ticks(9);
  expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "DEAD" });
  expect(fixture.revoked()).not.toContain(`id-${second}`);
  expect((await fixture.record(authConfigId)).state).toMatchObject({ applied: { proofAnswer: "COULD_NOT_BE_ASKED" } });
});
