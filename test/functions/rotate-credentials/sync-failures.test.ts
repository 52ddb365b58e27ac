import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { authConfigStateKey } from "../../../shared/records/credential/auth-config-state.ts";
import { readRotationReport } from "../../../shared/records/credential/rotation-report.ts";
import { secretsInUse } from "../../../shared/records/credential/secret-intent.ts";
import { QuotaDeferredError } from "../../../shared/ringcx/quota/quota-deferred-error.ts";
import { tokenHost } from "./credentials.ts";
import { accountId, type Fixture, otherAccountId, startFixture } from "./fixture.ts";

let fixture: Fixture;
// A fixture of its own for every test: what one leaves failing would be tried again in the next.
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const results = () => fixture.published.map(({ details }) => details?.result);

/** One secret that is bound to two auth configs, both in sync. */
async function bindTwo() {
  const ids = [await fixture.createAuthConfig("APIKEY"), await fixture.createAuthConfig("APIKEY")].sort();
  const secret = await fixture.createSecret({
    value: { apiKey: "old" },
    tags: { "ringcx:auth-config": ids.join(" "), "ringcx:auth-type": "APIKEY" },
  });
  await fixture.tick();
  fixture.takeRequests();
  fixture.published.length = 0;
  return { ids, ...secret };
}

const keysInForce = (ids: string[]) => ids.map((id) => fixture.inForce(id)?.apiKey);

describe("a wrong binding", () => {
  it("is refused before any write when the secret does not name the account", async () => {
    const authConfigId = await fixture.createAuthConfig("APIKEY", otherAccountId);
    await fixture.createSecret({
      value: { apiKey: "stolen" },
      tags: { "ringcx:auth-config": `${otherAccountId}/${authConfigId}`, "ringcx:auth-type": "APIKEY" },
    });
    await fixture.tick();
    expect(fixture.takeRequests()).toEqual([]);
    expect(fixture.inForce(authConfigId, otherAccountId)).toMatchObject({ apiKey: "by-hand" });
    expect(JSON.stringify(fixture.logs)).toContain("does not name account 654321");
  });

  it("is refused before any write when the auth config is of another type", async () => {
    const authConfigId = await fixture.createAuthConfig("BASIC");
    await fixture.createSecret({
      value: { apiKey: "k" },
      tags: { "ringcx:auth-config": authConfigId, "ringcx:auth-type": "APIKEY" },
    });
    await fixture.tick();
    expect(fixture.takeRequests()).toEqual([`GET ${authConfigId}`]);
    expect(fixture.published).toMatchObject([
      { status: "FAILED", details: { result: "REFUSED", reason: "BINDING_WRONG" } },
    ]);
  });

  it("does not keep the auth configs that are rightly bound from getting the version", async () => {
    const right = await fixture.createAuthConfig("APIKEY");
    const gone = "00000000-0000-4000-8000-000000000000";
    await fixture.createSecret({
      value: { apiKey: "new" },
      tags: { "ringcx:auth-config": `${gone} ${right}`, "ringcx:auth-type": "APIKEY" },
    });
    await fixture.tick();
    expect(fixture.inForce(right)).toMatchObject({ apiKey: "new" });
    expect(results().sort()).toEqual(["APPLIED", "REFUSED"]);
  });

  it.each([403, 404])("is none where RingCX does not show yet what was just made: %i", async (status) => {
    const authConfigId = await fixture.createAuthConfig("APIKEY");
    await fixture.createSecret({
      value: { apiKey: "new" },
      tags: { "ringcx:auth-config": authConfigId, "ringcx:auth-type": "APIKEY" },
    });
    const { quota, clock, simulator } = fixture;
    quota.lastWriteAt = async () => clock.now();
    simulator.faults.add({ kind: "status", status, times: 2, match: { method: "GET", path: `*${authConfigId}` } });
    await fixture.tick();
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "new" });
    expect(results()).toEqual(["APPLIED"]);
  });

  it("of two secrets that claim one auth config, the one whose value it has keeps it", async () => {
    const { authConfigId, versionId } = await fixture.bind("APIKEY", "first");
    await fixture.tick();
    await fixture.createSecret({
      value: { apiKey: "second" },
      tags: { "ringcx:auth-config": authConfigId, "ringcx:auth-type": "APIKEY" },
    });
    await fixture.tick();
    await fixture.tick();
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "first" });
    expect((await fixture.record(authConfigId)).state).toMatchObject({ applied: { versionId } });
  });
});

describe("a secret that does not fit", () => {
  it("is refused by the names of its fields, published once, and applied as soon as it is mended", async () => {
    const { authConfigId, arn } = await fixture.bind("OAUTH", "good");
    await fixture.tick();
    fixture.takeRequests();
    await fixture.putVersion(arn, { clientId: "id", clientSecret: "hush-hush", tokenUrl: `https://${tokenHost}` });
    await fixture.tick();
    await fixture.tick();
    await fixture.tick();
    expect(fixture.takeRequests()).toEqual([]);
    const [, refused, ...more] = fixture.published;
    expect(more).toEqual([]);
    expect(refused?.summary).toMatch(/secret: .*grantType: .*unknown field "clientSecret" \(did you mean secret\?\)/);
    expect(JSON.stringify([fixture.messages, fixture.logs])).not.toContain("hush-hush");
    await fixture.putVersion(arn, "not json, but hush-hush");
    await fixture.tick();
    expect(fixture.published.at(-1)?.summary).toContain("it is plain text, not JSON");
    expect(JSON.stringify([fixture.messages, fixture.logs])).not.toContain("hush-hush");
    const versionId = await fixture.putVersion(arn, {
      clientId: "id",
      secret: "mended",
      tokenUrl: `https://${tokenHost}`,
      grantType: "CLIENT_CREDENTIALS",
    });
    await fixture.tick();
    expect(fixture.inForce(authConfigId)).toMatchObject({ secret: "mended" });
    expect(fixture.published.at(-1)).toMatchObject({ status: "SUCCEEDED", details: { versionId } });
  });
});

describe("when RingCX refuses one of several auth configs that a secret is bound to", () => {
  it("the others stand in the report as kept back, as long as they wait for it", async () => {
    const { ids, arn } = await bindTwo();
    await fixture.putVersion(arn, { apiKey: "new" });
    const match = { method: "PATCH", path: `*${ids[0]}*` };
    fixture.simulator.faults.add({ kind: "status", status: 400, times: "always", match });
    for (let tick = 0; tick < 3; tick += 1) await fixture.tick();
    expect(keysInForce(ids)).toEqual(["old", "old"]);
    const report = await readRotationReport(fixture.table);
    expect(report?.failing).toBe(2);
    expect(report?.lines.map(({ authConfigId, failure }) => [authConfigId, failure])).toEqual(
      expect.arrayContaining([
        [ids[0], "RINGCX_BAD_REQUEST"],
        [ids[1], "KEPT_BACK"],
      ]),
    );
  });

  it("all of them are rolled back to the old version", async () => {
    const { ids, arn, versionId } = await bindTwo();
    await fixture.putVersion(arn, { apiKey: "new" });
    fixture.simulator.faults.add({ kind: "status", status: 400, after: 1, match: { method: "PATCH" } });
    await fixture.tick();
    expect(keysInForce(ids)).toEqual(["old", "old"]);
    expect(results()).toEqual(expect.arrayContaining(["APPLIED", "PUT_BACK", "REFUSED"]));
    for (const id of ids) {
      expect((await fixture.record(id)).state).toMatchObject({ kind: "APPLIED", applied: { versionId } });
    }
    await fixture.tick();
    expect(keysInForce(ids)).toEqual(["new", "new"]);
  });

  it("says that it does not know when the roll-back fails too, and the next run repairs", async () => {
    const { ids, arn } = await bindTwo();
    await fixture.putVersion(arn, { apiKey: "new" });
    fixture.simulator.faults.add(
      { kind: "status", status: 403, after: 1, match: { method: "PATCH" } },
      { kind: "status", status: 403, after: 1, match: { method: "PATCH" } },
    );
    await fixture.tick();
    const kinds = await Promise.all(ids.map(async (id) => (await fixture.record(id)).state.kind));
    expect(kinds).toEqual(["DIVERGED", "APPLIED"]);
    expect(results()).toContain("DIVERGED");
    await fixture.tick();
    await fixture.tick();
    expect(keysInForce(ids)).toEqual(["new", "new"]);
  });
});

describe("what may pass by itself", () => {
  it.each([
    ["GET", "reading"],
    ["PATCH", "writing"],
  ])(
    "an auth config at which RingCX fails keeps no other from the version, and has its own next try (%s)",
    async (method) => {
      const { ids, arn } = await bindTwo();
      await fixture.putVersion(arn, { apiKey: "new" });
      const match = { method, path: `*${ids[0]}*` };
      fixture.simulator.faults.add({ kind: "status", status: 503, times: "always", match });
      await fixture.tick();
      expect(keysInForce(ids)).toEqual(["old", "new"]);
      const fourth = await fixture.putVersion(arn, { apiKey: "newer" });
      await fixture.tick();
      expect(keysInForce(ids)).toEqual(["old", "newer"]);
      fixture.simulator.faults.clear();
      for (let tick = 0; tick < 4; tick += 1) await fixture.tick();
      expect(keysInForce(ids)).toEqual(["newer", "newer"]);
      expect((await fixture.record(ids[0] ?? "")).state).toMatchObject({
        kind: "APPLIED",
        applied: { versionId: fourth },
      });
    },
  );

  it("a lost answer is followed by the same version again, and only then is it applied", async () => {
    const { ids, arn } = await bindTwo();
    const versionId = await fixture.putVersion(arn, { apiKey: "new" });
    fixture.simulator.faults.add({ kind: "lost-answer", times: 4, match: { method: "PATCH" } });
    await fixture.tick();
    expect((await fixture.record(ids[0] ?? "")).state).toMatchObject({ kind: "APPLYING", versionId });
    await fixture.tick();
    expect(keysInForce(ids)).toEqual(["new", "new"]);
    expect((await fixture.record(ids[0] ?? "")).state).toMatchObject({ kind: "APPLIED" });
  });

  it("no place in the quota is no failure: nothing is spent, nothing published, the next run does it", async () => {
    const { ids, arn } = await bindTwo();
    await fixture.putVersion(arn, { apiKey: "new" });
    const { hasCapacity, claim } = fixture.quota;
    fixture.quota.hasCapacity = async () => ({ fits: false, retryAfterMs: 1000 });
    await fixture.tick();
    expect(fixture.takeRequests()).toEqual([]);
    fixture.quota.hasCapacity = hasCapacity;
    fixture.quota.claim = async () => {
      throw new QuotaDeferredError({ retryAfterMs: 1000 });
    };
    await fixture.tick();
    expect(fixture.published).toEqual([]);
    expect((await fixture.record(ids[0] ?? "")).failure).toBeUndefined();
    fixture.quota.claim = claim;
    await fixture.tick();
    expect(keysInForce(ids)).toEqual(["new", "new"]);
  });

  it("a run whose time is up leaves the rest to the next", async () => {
    const { ids, arn } = await bindTwo();
    await fixture.putVersion(arn, { apiKey: "new" });
    await fixture.tick(undefined, 10_000);
    expect(keysInForce(ids)).toEqual(["old", "old"]);
    await fixture.tick();
    expect(keysInForce(ids)).toEqual(["new", "new"]);
  });
});

describe("the endpoint's word", () => {
  it("a credential that the endpoint refuses does not reach RingCX", async () => {
    const { ids, arn } = await bindTwo();
    await fixture.putVersion(arn, { apiKey: "new" });
    fixture.script.verifyAtEndpoint = async () => ({ kind: "REFUSED", reason: "status 401" });
    await fixture.tick();
    expect(keysInForce(ids)).toEqual(["old", "old"]);
    expect(results()).toEqual(["REFUSED", "REFUSED"]);
    expect(fixture.takeRequests().some((request) => request.startsWith("PATCH"))).toBe(false);
  });

  it("a credential that the endpoint accepts is verified at the endpoint; one that cannot be proven by its nature is not kept out", async () => {
    const { ids, arn } = await bindTwo();
    await fixture.putVersion(arn, { apiKey: "new" });
    fixture.script.verifyAtEndpoint = async ({ authConfigId }) =>
      authConfigId === ids[0] ? { kind: "ACCEPTED" } : { kind: "NOT_PROVABLE", reason: "no live service" };
    await fixture.tick();
    expect(fixture.published.map(({ details }) => [details?.proof, details?.proofAnswer])).toEqual([
      ["endpoint", "ACCEPTED"],
      ["metadata", "NOT_PROVABLE"],
    ]);
  });
});

describe("going back on purpose", () => {
  it("a person who makes the previous version current again is followed", async () => {
    const { authConfigId, arn, versionId } = await fixture.bind("APIKEY", "one");
    await fixture.tick();
    const second = await fixture.putVersion(arn, { apiKey: "two" });
    await fixture.tick();
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "two" });
    await fixture.makeCurrent(arn, versionId, second);
    await fixture.tick();
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "one" });
  });
});

describe("a message that was about to send another secret's value and gave up, its answers lost", () => {
  it("leaves it to the sync to put the secret's own value back, an hour later", async () => {
    const { authConfigId, arn } = await fixture.bind("APIKEY", "own");
    await fixture.tick();
    await fixture.editAuthConfig(authConfigId, { apiKey: "another secret's" });
    const at = new Date(fixture.clock.now()).toISOString();
    await fixture.table.update(authConfigStateKey(accountId, authConfigId), {
      intendedSecretArn: "arn:aws:secretsmanager:eu-central-1:000000000000:secret:another",
      intendedAt: at,
    });
    await fixture.tick();
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "another secret's" });
    await fixture.clock.sleep(61 * 60_000);
    await fixture.tick();
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "own" });
    expect(secretsInUse(await fixture.table.get(authConfigStateKey(accountId, authConfigId)))).toEqual([arn]);
    fixture.takeRequests();
    await fixture.tick();
    expect(fixture.takeRequests().filter((request) => request.startsWith("PATCH"))).toEqual([]);
  });
});
