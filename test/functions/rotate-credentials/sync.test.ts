import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { authTypes } from "../../../shared/ringcx/resources/auth-config.ts";
import { credentials } from "./credentials.ts";
import { type Stage, startStage } from "./fixture.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.stop());
beforeEach(() => {
  stage.published.length = 0;
});

describe("the scheduled mirror", () => {
  it.each(authTypes)("puts the current version of a secret into an auth config of type %s", async (authType) => {
    const { authConfigId, versionId } = await stage.bind(authType, "first");
    await stage.tick();
    const { shown, path, value } = credentials[authType];
    expect(stage.inForce(authConfigId)?.[shown]).toEqual(value("first")[shown]);
    expect(stage.inForce(authConfigId)).toMatchObject({ providerName: `CRM ${authType}`, description: "made by hand" });
    expect(stage.takeRequests()).toEqual([`GET ${authConfigId}`, `PATCH ${path}`]);
    expect(stage.published).toMatchObject([
      { status: "SUCCEEDED", accountId: "123456", details: { versionId, proof: "metadata", trigger: "MIRROR" } },
    ]);
    expect(await stage.history(authConfigId)).toMatchObject([{ versionId, result: "APPLIED", proof: "metadata" }]);
    expect((await stage.record(authConfigId)).state).toMatchObject({ kind: "APPLIED", applied: { versionId } });
  });

  it("makes no call to RingCX and writes nothing when nothing changed", async () => {
    await stage.bind("APIKEY", "still");
    await stage.tick();
    stage.takeRequests();
    const before = await stage.table.query("AUTH#");
    await stage.tick();
    expect(stage.takeRequests()).toEqual([]);
    expect(await stage.table.query("AUTH#")).toEqual(before);
  });

  it("changes exactly the auth config whose secret changed, once", async () => {
    const changed = await stage.bind("APIKEY", "old");
    await stage.bind("BASIC", "untouched");
    await stage.tick();
    stage.takeRequests();
    const versionId = await stage.putVersion(changed.arn, { apiKey: "new" });
    await stage.tick();
    await stage.tick();
    expect(stage.inForce(changed.authConfigId)).toMatchObject({ apiKey: "new" });
    expect(stage.takeRequests()).toEqual([`GET ${changed.authConfigId}`, "PATCH apiKey"]);
    expect(await stage.history(changed.authConfigId)).toMatchObject([
      { versionId: changed.versionId },
      { versionId, previousVersionId: changed.versionId },
    ]);
  });

  it("finds the one of hundreds of secrets that changed, over several pages", async () => {
    const { authConfigId, arn } = await stage.bind("APIKEY", "old");
    await Promise.all(Array.from({ length: 230 }, () => stage.createSecret({ value: { apiKey: "unbound" } })));
    await stage.tick();
    stage.takeRequests();
    await stage.putVersion(arn, { apiKey: "new" });
    await stage.tick();
    expect(stage.inForce(authConfigId)).toMatchObject({ apiKey: "new" });
    expect(stage.takeRequests()).toHaveLength(2);
  });
});
