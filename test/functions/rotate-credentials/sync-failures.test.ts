import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { QuotaDeferredError } from "../../../shared/ringcx/quota/quota-deferred-error.ts";
import { otherAccountId, type Stage, startStage } from "./fixture.ts";

let stage: Stage;
// A stage of its own for every test: what one leaves failing would be tried again in the next.
beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.stop());

const results = () => stage.published.map(({ details }) => details?.result);

/** One secret that feeds two auth configs, both in step. */
async function bindTwo() {
  const ids = [await stage.createAuthConfig("APIKEY"), await stage.createAuthConfig("APIKEY")].sort();
  const secret = await stage.createSecret({
    value: { apiKey: "old" },
    tags: { "ringcx:auth-config": ids.join(" "), "ringcx:auth-type": "APIKEY" },
  });
  await stage.tick();
  stage.takeRequests();
  stage.published.length = 0;
  return { ids, ...secret };
}

const keysInForce = (ids: string[]) => ids.map((id) => stage.inForce(id)?.apiKey);

describe("a wrong binding", () => {
  it("is refused before any write when the secret does not name the account", async () => {
    const authConfigId = await stage.createAuthConfig("APIKEY", otherAccountId);
    await stage.createSecret({
      value: { apiKey: "stolen" },
      tags: { "ringcx:auth-config": `${otherAccountId}/${authConfigId}`, "ringcx:auth-type": "APIKEY" },
    });
    await stage.tick();
    expect(stage.takeRequests()).toEqual([]);
    expect(stage.inForce(authConfigId, otherAccountId)).toMatchObject({ apiKey: "by-hand" });
    expect(JSON.stringify(stage.logs)).toContain("does not name account 654321");
  });

  it("is refused before any write when the auth config is of another type", async () => {
    const authConfigId = await stage.createAuthConfig("BASIC");
    await stage.createSecret({
      value: { apiKey: "k" },
      tags: { "ringcx:auth-config": authConfigId, "ringcx:auth-type": "APIKEY" },
    });
    await stage.tick();
    expect(stage.takeRequests()).toEqual([`GET ${authConfigId}`]);
    expect(stage.published).toMatchObject([
      { status: "FAILED", details: { result: "REFUSED", reason: "BINDING_WRONG" } },
    ]);
  });

  it("does not keep the auth configs that are rightly bound from moving", async () => {
    const right = await stage.createAuthConfig("APIKEY");
    const gone = "00000000-0000-4000-8000-000000000000";
    await stage.createSecret({
      value: { apiKey: "new" },
      tags: { "ringcx:auth-config": `${gone} ${right}`, "ringcx:auth-type": "APIKEY" },
    });
    await stage.tick();
    expect(stage.inForce(right)).toMatchObject({ apiKey: "new" });
    expect(results().sort()).toEqual(["APPLIED", "REFUSED"]);
  });

  it("of two secrets that claim one auth config, the one that feeds it keeps it", async () => {
    const { authConfigId, versionId } = await stage.bind("APIKEY", "first");
    await stage.tick();
    await stage.createSecret({
      value: { apiKey: "second" },
      tags: { "ringcx:auth-config": authConfigId, "ringcx:auth-type": "APIKEY" },
    });
    await stage.tick();
    await stage.tick();
    expect(stage.inForce(authConfigId)).toMatchObject({ apiKey: "first" });
    expect((await stage.record(authConfigId)).state).toMatchObject({ applied: { versionId } });
  });
});

describe("a secret that does not fit", () => {
  it("is refused by the names of its fields, told once, and applied as soon as it is mended", async () => {
    const { authConfigId, arn } = await stage.bind("OAUTH", "good");
    await stage.tick();
    stage.takeRequests();
    await stage.putVersion(arn, { clientId: "id", clientSecret: "hush-hush", tokenUrl: "https://t.example.com" });
    await stage.tick();
    await stage.tick();
    await stage.tick();
    expect(stage.takeRequests()).toEqual([]);
    const [, refused, ...more] = stage.published;
    expect(more).toEqual([]);
    expect(refused?.summary).toMatch(/secret: .*grantType: .*unknown field "clientSecret" \(did you mean secret\?\)/);
    expect(JSON.stringify([stage.messages, stage.logs])).not.toContain("hush-hush");
    await stage.putVersion(arn, "not json, but hush-hush");
    await stage.tick();
    expect(stage.published.at(-1)?.summary).toContain("it is not a JSON object");
    expect(JSON.stringify([stage.messages, stage.logs])).not.toContain("hush-hush");
    const versionId = await stage.putVersion(arn, {
      clientId: "id",
      secret: "mended",
      tokenUrl: "https://t.example.com",
      grantType: "CLIENT_CREDENTIALS",
    });
    await stage.tick();
    expect(stage.inForce(authConfigId)).toMatchObject({ secret: "mended" });
    expect(stage.published.at(-1)).toMatchObject({ status: "SUCCEEDED", details: { versionId } });
  });
});

describe("when RingCX refuses one of several auth configs that a secret feeds", () => {
  it("all of them have the old version again", async () => {
    const { ids, arn, versionId } = await bindTwo();
    await stage.putVersion(arn, { apiKey: "new" });
    stage.simulator.faults.add({ kind: "status", status: 400, after: 1, match: { method: "PATCH" } });
    await stage.tick();
    expect(keysInForce(ids)).toEqual(["old", "old"]);
    expect(results()).toEqual(expect.arrayContaining(["APPLIED", "PUT_BACK", "REFUSED"]));
    for (const id of ids) {
      expect((await stage.record(id)).state).toMatchObject({ kind: "APPLIED", applied: { versionId } });
    }
    await stage.tick();
    expect(keysInForce(ids)).toEqual(["new", "new"]);
  });

  it("says that it does not know when the way back fails too, and the next run repairs", async () => {
    const { ids, arn } = await bindTwo();
    await stage.putVersion(arn, { apiKey: "new" });
    stage.simulator.faults.add(
      { kind: "status", status: 403, after: 1, match: { method: "PATCH" } },
      { kind: "status", status: 403, after: 1, match: { method: "PATCH" } },
    );
    await stage.tick();
    const kinds = await Promise.all(ids.map(async (id) => (await stage.record(id)).state.kind));
    expect(kinds).toEqual(["DIVERGED", "APPLIED"]);
    expect(results()).toContain("DIVERGED");
    await stage.tick();
    await stage.tick();
    expect(keysInForce(ids)).toEqual(["new", "new"]);
  });
});

describe("what may pass by itself", () => {
  it("an endless 5xx leaves the rest to the next run, which goes on where this one stopped", async () => {
    const { ids, arn } = await bindTwo();
    await stage.putVersion(arn, { apiKey: "new" });
    stage.simulator.faults.add({ kind: "status", status: 503, after: 1, times: 4, match: { method: "PATCH" } });
    await stage.tick();
    expect(keysInForce(ids)).toEqual(["new", "old"]);
    expect(results()).toEqual(["APPLIED"]);
    stage.takeRequests();
    await stage.tick();
    expect(keysInForce(ids)).toEqual(["new", "new"]);
    expect(stage.takeRequests()).toEqual([`GET ${ids[1]}`, "PATCH apiKey"]);
  });

  it("a lost answer is followed by the same version again, and only then is it applied", async () => {
    const { ids, arn } = await bindTwo();
    const versionId = await stage.putVersion(arn, { apiKey: "new" });
    stage.simulator.faults.add({ kind: "lost-answer", times: 4, match: { method: "PATCH" } });
    await stage.tick();
    expect((await stage.record(ids[0] ?? "")).state).toMatchObject({ kind: "APPLYING", versionId });
    await stage.tick();
    expect(keysInForce(ids)).toEqual(["new", "new"]);
    expect((await stage.record(ids[0] ?? "")).state).toMatchObject({ kind: "APPLIED" });
  });

  it("no place in the quota is no failure: nothing is spent, nothing told, the next run does it", async () => {
    const { ids, arn } = await bindTwo();
    await stage.putVersion(arn, { apiKey: "new" });
    const { hasCapacity, claim } = stage.quota;
    stage.quota.hasCapacity = async () => ({ fits: false, retryAfterMs: 1000 });
    await stage.tick();
    expect(stage.takeRequests()).toEqual([]);
    stage.quota.hasCapacity = hasCapacity;
    stage.quota.claim = async () => {
      throw new QuotaDeferredError({ retryAfterMs: 1000 });
    };
    await stage.tick();
    expect(stage.published).toEqual([]);
    expect((await stage.record(ids[0] ?? "")).failure).toBeUndefined();
    stage.quota.claim = claim;
    await stage.tick();
    expect(keysInForce(ids)).toEqual(["new", "new"]);
  });

  it("a run whose time is up leaves the rest to the next", async () => {
    const { ids, arn } = await bindTwo();
    await stage.putVersion(arn, { apiKey: "new" });
    await stage.tick(undefined, 10_000);
    expect(keysInForce(ids)).toEqual(["old", "old"]);
    await stage.tick();
    expect(keysInForce(ids)).toEqual(["new", "new"]);
  });
});

describe("the endpoint's word", () => {
  it("a credential that the endpoint refuses does not reach RingCX", async () => {
    const { ids, arn } = await bindTwo();
    await stage.putVersion(arn, { apiKey: "new" });
    stage.script.prove = async () => ({ kind: "REFUSED", reason: "status 401" });
    await stage.tick();
    expect(keysInForce(ids)).toEqual(["old", "old"]);
    expect(results()).toEqual(["REFUSED", "REFUSED"]);
    expect(stage.takeRequests().some((request) => request.startsWith("PATCH"))).toBe(false);
  });

  it("a credential that the endpoint accepts is proven at the endpoint; one that cannot be asked keeps nothing out", async () => {
    const { ids, arn } = await bindTwo();
    await stage.putVersion(arn, { apiKey: "new" });
    stage.script.prove = async ({ binding: { authConfigId } }) =>
      authConfigId === ids[0] ? { kind: "ACCEPTED" } : { kind: "UNKNOWN", reason: "no answer" };
    await stage.tick();
    expect(stage.published.map(({ details }) => details?.proof)).toEqual(["endpoint", "metadata"]);
  });
});

describe("going back on purpose", () => {
  it("a person who makes the previous version current again is followed", async () => {
    const { authConfigId, arn, versionId } = await stage.bind("APIKEY", "one");
    await stage.tick();
    const second = await stage.putVersion(arn, { apiKey: "two" });
    await stage.tick();
    expect(stage.inForce(authConfigId)).toMatchObject({ apiKey: "two" });
    await stage.makeCurrent(arn, versionId, second);
    await stage.tick();
    expect(stage.inForce(authConfigId)).toMatchObject({ apiKey: "one" });
  });
});
