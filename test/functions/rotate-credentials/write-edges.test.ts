import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { linkService } from "../../../shared/records/credential/auth-config-users.ts";
import { accountId, type Fixture, rotationSteps, startFixture, treeRead } from "./fixture.ts";

const hosts = { "ringcx:hosts": "crm.example.com" };
const right = "https://crm.example.com/lookup";
const wrong = "https://other.example.net/lookup";
const reasons = (fixture: Fixture) => fixture.published.map(({ details }) => details?.reason ?? details?.result);

describe.each([true, false])("a version on its way into RingCX, whose v1 shows links: %s", (v1AuthLink) => {
  let fixture: Fixture;
  beforeEach(async () => {
    fixture = await startFixture({ v1AuthLink });
  });
  afterEach(() => fixture.stop());

  it("is not written where a service is linked whose host the secret does not name; RingCX keeps what it has", async () => {
    const { authConfigId } = await fixture.bind("APIKEY", "secret", hosts);
    await fixture.addService("strayed", wrong, authConfigId);
    await fixture.tick();
    await fixture.tick();
    await fixture.tick();
    expect(fixture.inForce(authConfigId)?.apiKey).toBe("by-hand");
    const refusals = fixture.published.filter(({ details }) => details?.reason !== undefined);
    expect(refusals).toMatchObject([
      { status: "FAILED", details: { result: "REFUSED", reason: "EDGE_NOT_PERMITTED" } },
    ]);
    const [{ summary } = { summary: "" }] = refusals;
    for (const word of [
      "group of strayed/strayed",
      "other.example.net",
      "ringcx:hosts names crm.example.com",
      "can add",
    ]) {
      expect(summary).toContain(word);
    }
  });

  it("is written where its hosts are named, with one look at the account", async () => {
    const first = await fixture.bind("APIKEY", "one", hosts);
    const second = await fixture.bind("BASIC", "two", hosts);
    await fixture.addService("lookup", right, first.authConfigId);
    await fixture.addService("order", right, second.authConfigId);
    await fixture.tick();
    expect(fixture.inForce(first.authConfigId)?.apiKey).toBe("one");
    expect(fixture.inForce(second.authConfigId)?.password).toBe("two");
    const reads = fixture.simulator.requests.filter(({ path }) => /withChildren|\/v2\//.test(path));
    expect(reads).toHaveLength(v1AuthLink ? 1 : 3);
  });

  it("moves when a person moves the service back, or the owner adds the host to the tag", async () => {
    const { authConfigId, arn } = await fixture.bind("APIKEY", "old", hosts);
    const service = await fixture.addService("lookup", right, authConfigId);
    await fixture.tick();
    service.move(wrong);
    await fixture.putVersion(arn, { apiKey: "new" });
    await fixture.tick();
    expect(fixture.inForce(authConfigId)?.apiKey).toBe("old");
    await fixture.tag(arn, "ringcx:hosts", "crm.example.com other.example.net");
    await fixture.tick();
    expect(fixture.inForce(authConfigId)?.apiKey).toBe("new");
    await fixture.tag(arn, "ringcx:hosts", "crm.example.com");
    await fixture.putVersion(arn, { apiKey: "newer" });
    await fixture.tick();
    expect(fixture.inForce(authConfigId)?.apiKey).toBe("new");
    service.move(right);
    await fixture.tick();
    expect(fixture.inForce(authConfigId)?.apiKey).toBe("newer");
  });

  it("is kept from one auth config by its wrong edge, and from no other", async () => {
    const ids = [await fixture.createAuthConfig("APIKEY"), await fixture.createAuthConfig("APIKEY")];
    const tags = { "ringcx:auth-config": ids.join(" "), "ringcx:auth-type": "APIKEY", ...hosts };
    await fixture.createSecret({ value: { apiKey: "new" }, tags });
    await fixture.addService("lookup", right, ids[0]);
    await fixture.addService("strayed", wrong, ids[1]);
    await fixture.tick();
    expect(ids.map((id) => fixture.inForce(id)?.apiKey)).toEqual(["new", "by-hand"]);
    expect(reasons(fixture).slice(0, 2).sort()).toEqual(["APPLIED", "EDGE_NOT_PERMITTED"]);
  });
});

describe("a version on its way into RingCX", () => {
  let fixture: Fixture;
  beforeEach(async () => {
    fixture = await startFixture();
  });
  afterEach(() => fixture.stop());

  it("is not written where only the table knows that a service at another host uses the auth config", async () => {
    const { authConfigId } = await fixture.bind("APIKEY", "secret", hosts);
    const { name } = await fixture.addService("strayed", wrong);
    await linkService(fixture.table, authConfigId, name);
    await fixture.tick();
    expect(fixture.inForce(authConfigId)?.apiKey).toBe("by-hand");
    expect(reasons(fixture)).toEqual(["EDGE_NOT_PERMITTED"]);
  });

  it("waits while the account cannot be read, and is written as soon as it can be", async () => {
    const { authConfigId } = await fixture.bind("APIKEY", "secret", hosts);
    fixture.simulator.faults.add({ kind: "status", status: 503, times: "always", match: { path: "*withChildren" } });
    await fixture.tick();
    expect(fixture.takeRequests().some((request) => request.startsWith("PATCH"))).toBe(false);
    fixture.simulator.faults.clear();
    await fixture.tick();
    expect(fixture.inForce(authConfigId)?.apiKey).toBe("secret");
  });

  it("of a rotation is refused as a whole before anything is written", async () => {
    const { arn, authConfigId } = await fixture.rotated("APIKEY", hosts);
    const second = await fixture.createAuthConfig("APIKEY");
    await fixture.tag(arn, "ringcx:auth-config", `${authConfigId} ${second}`);
    await fixture.addService("lookup", right, authConfigId);
    const strayed = await fixture.addService("strayed", right, second);
    await fixture.clock.sleep(120_000);
    await fixture.tick();
    strayed.move(wrong);
    fixture.takeRequests();
    fixture.published.length = 0;
    const begun = fixture.begin(arn);
    await fixture.step(rotationSteps[0], begun);
    await expect(fixture.step(rotationSteps[1], begun)).rejects.toThrow(/strayed.*other\.example\.net/);
    expect(fixture.takeAllRequests()).toEqual([treeRead]);
    expect([authConfigId, second].map((id) => fixture.inForce(id)?.apiKey)).toEqual(["first", "first"]);
    expect(fixture.labels(arn).pending).toBeUndefined();
    expect(new Set(reasons(fixture))).toEqual(new Set(["EDGE_NOT_PERMITTED"]));
  });

  it("is rolled back whatever the edges are by then: the auth config has a value of the secret either way", async () => {
    const { arn, authConfigId } = await fixture.rotated("APIKEY", hosts);
    const service = await fixture.addService("lookup", right, authConfigId);
    const begun = fixture.begin(arn);
    await fixture.step(rotationSteps[0], begun);
    await fixture.step(rotationSteps[1], begun);
    service.move(wrong);
    fixture.script.verifyAtEndpoint = async () => ({ kind: "REFUSED", reason: "401" });
    await expect(fixture.step(rotationSteps[2], begun)).rejects.toThrow("refuses");
    expect(fixture.inForce(authConfigId)?.apiKey).toBe("first");
    expect((await fixture.record(authConfigId, accountId)).state.kind).toBe("APPLIED");
  });
});
