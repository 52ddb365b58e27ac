import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { authTypes } from "../../../shared/ringcx/resources/auth-config.ts";
import { credentials } from "./credentials.ts";
import { type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.stop());
beforeEach(() => {
  fixture.published.length = 0;
});

describe("the scheduled sync", () => {
  it.each(authTypes)("writes the current version of a secret to an auth config of type %s", async (authType) => {
    const { authConfigId, versionId } = await fixture.bind(authType, "first");
    await fixture.tick();
    const { shown, path, value } = credentials[authType];
    expect(fixture.inForce(authConfigId)?.[shown]).toEqual(value("first")[shown]);
    expect(fixture.inForce(authConfigId)).toMatchObject({
      providerName: `CRM ${authType}`,
      description: "made by hand",
    });
    expect(fixture.takeRequests()).toEqual([`GET ${authConfigId}`, `PATCH ${path}`]);
    expect(fixture.published).toMatchObject([
      { status: "SUCCEEDED", accountId: "123456", details: { versionId, proof: "metadata", trigger: "MIRROR" } },
    ]);
    expect(await fixture.history(authConfigId)).toMatchObject([{ versionId, result: "APPLIED", proof: "metadata" }]);
    expect((await fixture.record(authConfigId)).state).toMatchObject({ kind: "APPLIED", applied: { versionId } });
  });

  it("makes no call to RingCX and writes nothing when nothing changed", async () => {
    await fixture.bind("APIKEY", "still");
    await fixture.tick();
    fixture.takeRequests();
    const before = await fixture.table.query("AUTH#");
    await fixture.tick();
    expect(fixture.takeRequests()).toEqual([]);
    expect(await fixture.table.query("AUTH#")).toEqual(before);
  });

  it("changes exactly the auth config whose secret changed, once", async () => {
    const changed = await fixture.bind("APIKEY", "old");
    await fixture.bind("BASIC", "untouched");
    await fixture.tick();
    fixture.takeRequests();
    const versionId = await fixture.putVersion(changed.arn, { apiKey: "new" });
    await fixture.tick();
    await fixture.tick();
    expect(fixture.inForce(changed.authConfigId)).toMatchObject({ apiKey: "new" });
    expect(fixture.takeRequests()).toEqual([`GET ${changed.authConfigId}`, "PATCH apiKey"]);
    expect(await fixture.history(changed.authConfigId)).toMatchObject([
      { versionId: changed.versionId },
      { versionId, previousVersionId: changed.versionId },
    ]);
  });

  it("finds the one of hundreds of secrets that changed, over several pages", async () => {
    const { authConfigId, arn } = await fixture.bind("APIKEY", "old");
    await Promise.all(Array.from({ length: 230 }, () => fixture.createSecret({ value: { apiKey: "unbound" } })));
    await fixture.tick();
    fixture.takeRequests();
    await fixture.putVersion(arn, { apiKey: "new" });
    await fixture.tick();
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "new" });
    expect(fixture.takeRequests()).toHaveLength(2);
  });
});
