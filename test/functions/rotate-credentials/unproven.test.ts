import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Probe, ProbeResult } from "../../../shared/probe/probe.ts";
import { createEndpointVerifier, type EndpointAnswer } from "../../../shared/proof/verify-at-endpoint.ts";
import { activationKey } from "../../../shared/records/account/activation.ts";
import { serviceRecordKey } from "../../../shared/records/account/service.ts";
import { linkService } from "../../../shared/records/credential/auth-config-users.ts";
import { accountId, type Fixture, rotationSteps, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

/** What a probe finds at the endpoint of a service, for each credential. */
type Probed = (apiKey: string) => ProbeResult;

const found: Readonly<Record<string, ProbeResult>> = {
  ACCEPTED: { passed: true, ms: 1 },
  REFUSED: { passed: false, kind: "REFUSED", because: "answered 401" },
  UNREACHABLE: { passed: false, kind: "UNREACHABLE", because: "answered 503" },
  DIFFERENT: { passed: false, kind: "DIFFERENT", because: "answered 404" },
  FORBIDDEN: { passed: false, kind: "FORBIDDEN", because: "settings" },
  UNTESTABLE: { passed: false, kind: "UNTESTABLE", because: "the key cannot sign" },
  BY_NATURE: { passed: false, kind: "UNTESTABLE", because: "runs inside RingCX", isByNature: true },
};
const silent = found.UNREACHABLE as ProbeResult;

/** A service that uses the auth config and declares how to ask, live or held inactive; the endpoint is what a test says. */
async function declareService(authConfigId: string, isLive: boolean, probed: Probed) {
  const service = { accountId, groupName: "CRM", serviceDescription: "Look-up" };
  const { table, clock } = fixture;
  await linkService(table, authConfigId, service);
  const validation = { credential: { in: "HEADER", name: "X-Api-Key" }, expect: { status: 200 } };
  const url = "https://crm.example.com/look-up";
  await table.put({ ...serviceRecordKey(service), manifest: { ...service, httpServiceConfig: { url }, validation } });
  if (!isLive)
    await table.put({ ...activationKey(service), MANUAL: { kind: "MANUAL", since: "2026-01-01T00:00:00Z" } });
  const destination = { connection: "main", accountId, url };
  const probe = {
    check: async (_: unknown, presented?: Parameters<Probe["check"]>[1]) =>
      probed(String(presented?.credential.fields.apiKey?.reveal(destination, clock.now()))),
  };
  fixture.script.verifyAtEndpoint = createEndpointVerifier({ table, clock, probe });
}

const bindInSync = async (isLive: boolean, probed: Probed, tags: Record<string, string> = {}) => {
  const bound = await fixture.rotated("APIKEY", { "ringcx:hosts": "crm.example.com", ...tags });
  await declareService(bound.authConfigId, isLive, probed);
  return bound;
};

const minutes = async (count: number) => {
  for (let passed = 0; passed < count; passed += 5) await fixture.tick();
};

/** What each answer does, by the sync at once and after its time, and by Secrets Manager's own rotation. */
describe.each([
  ["ACCEPTED", true, "ACCEPTED", "new", "new", "new"],
  ["REFUSED", true, "REFUSED", "old", "old", "old"],
  ["UNREACHABLE", true, "COULD_NOT_BE_ASKED", "old", "new", "old"],
  ["DIFFERENT", true, "COULD_NOT_BE_ASKED", "old", "new", "old"],
  ["FORBIDDEN", true, "COULD_NOT_BE_ASKED", "old", "new", "old"],
  ["UNTESTABLE", true, "COULD_NOT_BE_ASKED", "old", "new", "old"],
  ["BY_NATURE", true, "NOT_PROVABLE", "new", "new", "new"],
  ["ACCEPTED", false, "ACCEPTED", "new", "new", "new"],
  ["REFUSED", false, "REFUSED", "old", "old", "old"],
  ["UNREACHABLE", false, "NOT_PROVABLE", "new", "new", "new"],
  ["DIFFERENT", false, "NOT_PROVABLE", "new", "new", "new"],
  ["BY_NATURE", false, "NOT_PROVABLE", "new", "new", "new"],
] as const)(
  "an endpoint that answers %s, its service live: %s",
  (answer, isLive, proofAnswer, atOnce, later, rotated) => {
    const result = found[answer] as ProbeResult;

    it(`the sync has the ${atOnce} credential at once, the ${later} one after half an hour`, async () => {
      const { authConfigId, arn } = await bindInSync(isLive, () => result);
      await fixture.putVersion(arn, { apiKey: "new" });
      const has = () => (fixture.inForce(authConfigId)?.apiKey === "new" ? "new" : "old");
      await fixture.tick();
      expect(has()).toBe(atOnce);
      await minutes(20);
      expect(has()).toBe(atOnce);
      await minutes(20);
      expect(has()).toBe(later);
      expect(fixture.published.at(-1)?.details).toMatchObject({ proofAnswer });
      if (later === "old") {
        expect((await fixture.tick()).lines).toMatchObject([{ authConfigId, concerns: ["FAILING"] }]);
      }
    });

    it(`Secrets Manager's own rotation leaves the ${rotated} credential, and never promotes what is unproven`, async () => {
      const { authConfigId, arn, versionId } = await bindInSync(isLive, () => result);
      const rotation = fixture.begin(arn);
      for (const step of rotationSteps) await fixture.step(step, rotation).catch(() => {});
      await minutes(40);
      const current = rotated === "new" ? rotation.token : versionId;
      expect(fixture.labels(arn)).toMatchObject({ current, pending: undefined });
      expect(fixture.inForce(authConfigId)).toMatchObject({
        apiKey: rotated === "new" ? `issued-${current}` : "first",
      });
    });
  },
);

describe("a current version that no endpoint could be asked about", () => {
  it("waits, says until when, once, and in the report; then is written, and says that it is unproven", async () => {
    const { authConfigId, arn } = await bindInSync(true, () => silent);
    const versionId = await fixture.putVersion(arn, { apiKey: "new" });
    await fixture.tick();
    const until = new Date(fixture.clock.now() + 30 * 60_000).toISOString();
    const report = await fixture.tick();
    expect(report.lines).toMatchObject([{ authConfigId, concerns: ["PROOF_PENDING"], failure: "PROOF_PENDING" }]);
    expect(fixture.published).toMatchObject([
      {
        status: "FAILED",
        details: { versionId, proof: "none", proofAnswer: "COULD_NOT_BE_ASKED", reason: "PROOF_PENDING" },
      },
    ]);
    expect(fixture.published[0]?.summary).toContain(until.slice(0, 15));
    expect((await fixture.record(authConfigId)).proofWait).toMatchObject({ versionId });
    await minutes(30);
    expect(fixture.published.slice(1)).toMatchObject([
      { status: "SUCCEEDED", details: { proof: "metadata", proofAnswer: "COULD_NOT_BE_ASKED" } },
    ]);
    expect(fixture.published[1]?.summary).toContain("no endpoint could be asked");
    expect((await fixture.record(authConfigId)).proofWait).toBeUndefined();
  });

  it("waits as long as its secret says", async () => {
    const { authConfigId, arn } = await bindInSync(true, () => silent, { "ringcx:prove-within": "2h" });
    await fixture.putVersion(arn, { apiKey: "new" });
    await minutes(120);
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "first" });
    await minutes(10);
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "new" });
  });

  it("is written as soon as an endpoint accepts it", async () => {
    let answer = silent;
    const { authConfigId, arn } = await bindInSync(true, () => answer);
    await fixture.putVersion(arn, { apiKey: "new" });
    await minutes(10);
    answer = found.ACCEPTED as ProbeResult;
    await fixture.tick();
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "new" });
    expect(fixture.published.at(-1)?.details).toMatchObject({ proof: "endpoint", proofAnswer: "ACCEPTED" });
  });

  it("does not replace a credential that was accepted meanwhile, until a person wants it", async () => {
    const { authConfigId, arn } = await bindInSync(true, (apiKey) =>
      apiKey === "first" ? (found.ACCEPTED as ProbeResult) : silent,
    );
    const versionId = await fixture.putVersion(arn, { apiKey: "new" });
    await minutes(60);
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "first" });
    expect(fixture.published.map(({ details }) => details?.reason)).toEqual(["PROOF_PENDING", "CREDENTIAL_UNPROVEN"]);
    await fixture.tag(arn, "ringcx:accept-unproven", versionId);
    await fixture.tick();
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "new" });
  });

  it("replaces at once a credential that an endpoint refuses", async () => {
    const { authConfigId, arn } = await bindInSync(true, (apiKey) =>
      apiKey === "first" ? (found.REFUSED as ProbeResult) : silent,
    );
    await fixture.putVersion(arn, { apiKey: "new" });
    await fixture.tick();
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "new" });
  });

  it("is written at once where a person says so, that version and no other", async () => {
    const { authConfigId, arn } = await bindInSync(true, () => silent);
    const versionId = await fixture.putVersion(arn, { apiKey: "new" });
    await fixture.tag(arn, "ringcx:accept-unproven", versionId);
    await fixture.tick();
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "new" });
    await fixture.putVersion(arn, { apiKey: "newer" });
    await fixture.tick();
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "new" });
  });

  it("is not written when it was refused before", async () => {
    let answer = found.REFUSED as ProbeResult;
    const { authConfigId, arn } = await bindInSync(true, (apiKey) => (apiKey === "first" ? silent : answer));
    await fixture.putVersion(arn, { apiKey: "new" });
    await fixture.tick();
    answer = silent;
    await minutes(180);
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "first" });
  });
});

it("a rotation that is asked for meanwhile says until when it waits, and how it may be written sooner", async () => {
  const { arn } = await bindInSync(true, () => silent, { "ringcx:prove-within": "2h" });
  const versionId = await fixture.putVersion(arn, { apiKey: "new" });
  await fixture.tick();
  const until = new Date(fixture.clock.now() + 2 * 3_600_000).toISOString().slice(0, 15);
  const asked = fixture.rotate(arn);
  await expect(asked).rejects.toThrow(`${versionId}, which waits for an endpoint that accepts it, until ${until}`);
  await expect(asked).rejects.toThrow(`ringcx:accept-unproven=${versionId}`);
  await expect(asked).rejects.toMatchObject({ code: "ROTATION_NOT_IN_STEP" });
});

describe("settings", () => {
  it.each([
    [{ couldNotBeAsked: "write", notProvable: "write" }, silent, "new"],
    [{ couldNotBeAsked: "keep", notProvable: "write" }, silent, "first"],
    [{ couldNotBeAsked: "wait", notProvable: "keep" }, found.BY_NATURE as ProbeResult, "first"],
  ] as const)("%j: what becomes of a version", async (unproven, result, expected) => {
    const { authConfigId, arn } = await bindInSync(true, () => result);
    fixture.script.unproven = unproven;
    await fixture.putVersion(arn, { apiKey: "new" });
    await minutes(90);
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: expected });
    if (expected === "first")
      expect(fixture.published.at(-1)?.details).toMatchObject({ reason: "CREDENTIAL_UNPROVEN" });
  });
});

describe("testSecret whose endpoint cannot be asked", () => {
  const rotateTo = async (answers: EndpointAnswer[]) => {
    const bound = await fixture.rotated("APIKEY");
    fixture.script.verifyAtEndpoint = async () => ({ kind: "ACCEPTED" });
    const rotation = fixture.begin(bound.arn);
    await fixture.step("createSecret", rotation);
    await fixture.step("setSecret", rotation);
    const [last] = answers.slice(-1);
    fixture.script.verifyAtEndpoint = async () => answers.shift() ?? (last as EndpointAnswer);
    return { ...bound, rotation };
  };
  const unasked: EndpointAnswer = { kind: "COULD_NOT_BE_ASKED", reason: "503" };

  it("fails for now, and succeeds when it is repeated", async () => {
    const { rotation, authConfigId } = await rotateTo([unasked, unasked, unasked, { kind: "ACCEPTED" }]);
    await expect(fixture.step("testSecret", rotation)).rejects.toThrow(/cannot be asked/);
    expect(fixture.published).toEqual([]);
    await fixture.step("testSecret", rotation);
    await fixture.step("finishSecret", rotation);
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: `issued-${rotation.token}` });
  });

  it("never promotes: finishSecret refuses, and the schedule goes back to the current version", async () => {
    const { rotation, authConfigId, arn, versionId } = await rotateTo([unasked]);
    await expect(fixture.step("testSecret", rotation)).rejects.toThrow(/cannot be asked/);
    await minutes(25);
    expect(fixture.labels(arn)).toMatchObject({ current: versionId, pending: undefined });
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "first" });
    await expect(fixture.step("finishSecret", rotation)).rejects.toThrow(/has ended \(ROTATION_DIED\)/);
  });
});

it("a refusal says that what RingCX has is refused, too, and that a person's tag does not count for it", async () => {
  const { arn, authConfigId } = await fixture.rotated("APIKEY");
  fixture.script.verifyAtEndpoint = async () => ({ kind: "REFUSED", reason: "answered 403" });
  const versionId = await fixture.putVersion(arn, { apiKey: "second" });
  await fixture.tag(arn, "ringcx:accept-unproven", versionId);
  await fixture.tick();
  expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "first" });
  const summary = fixture.published.find(({ details }) => details?.reason === "CREDENTIAL_REFUSED")?.summary;
  expect(summary).toContain("It refuses what RingCX has, too");
  expect(summary).toContain("ringcx:accept-unproven does not count");
});
