import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { credentials } from "./credentials.ts";
import { accountId, type Fixture, listRead, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const told = () => fixture.told("ringcx.auth-config");

async function ticks(count: number) {
  for (let tick = 1; tick < count; tick += 1) await fixture.tick();
  return fixture.tick();
}

async function inSync() {
  const bound = await fixture.bind("APIKEY", "secret");
  await ticks(4);
  fixture.published.length = 0;
  fixture.takeAllRequests();
  return bound;
}

const unreachable = { kind: "status", status: 503, times: "always", match: { path: "*authConfigs" } } as const;

describe("an auth config that somebody else changes in RingCX", () => {
  it("is told once, and once that a new version of its secret is in it", async () => {
    const { authConfigId, arn } = await inSync();
    await fixture.editAuthConfig(authConfigId, credentials.APIKEY.value("by hand"));
    expect(await ticks(6)).toMatchObject({ changed: 1, lines: [{ authConfigId, concerns: ["CHANGED"] }] });
    expect(told()).toEqual(["FAILED change begun"]);
    expect(fixture.inForce(authConfigId)).toMatchObject(credentials.APIKEY.value("by hand"));
    await fixture.putVersion(arn, credentials.APIKEY.value("new"));
    expect(await ticks(6)).toMatchObject({ changed: 0 });
    expect(told()).toEqual(["FAILED change begun", "NO_CHANGE change ended"]);
  });

  it("is written again where settings say so, with its age, and once a day", async () => {
    fixture.script.onChange = "rewrite";
    const { authConfigId } = await inSync();
    const { state } = await fixture.record(authConfigId);
    await fixture.editAuthConfig(authConfigId, credentials.APIKEY.value("by hand"));
    expect(await ticks(8)).toMatchObject({ changed: 0, lines: [] });
    expect(fixture.inForce(authConfigId)).toMatchObject(credentials.APIKEY.value("secret"));
    expect((await fixture.record(authConfigId)).state).toEqual(state);
    expect(told()).toEqual(["FAILED change begun", "NO_CHANGE change ended"]);
    await fixture.editAuthConfig(authConfigId, credentials.APIKEY.value("again"));
    await ticks(8);
    expect(fixture.inForce(authConfigId)).toMatchObject(credentials.APIKEY.value("again"));
    await fixture.clock.sleep(24 * 60 * 60_000);
    await ticks(8);
    expect(fixture.inForce(authConfigId)).toMatchObject(credentials.APIKEY.value("secret"));
  });

  it("is told though it was changed before it was ever looked at, since RingCX answered the time of our write", async () => {
    const { authConfigId } = await fixture.bind("APIKEY", "secret");
    const { ringcxFor } = fixture.dependencies();
    await fixture.tick();
    const { lastWrite } = await fixture.record(authConfigId);
    const account = ringcxFor(accountId).account(accountId, {
      priority: "rotation",
      deadline: Number.MAX_SAFE_INTEGER,
    });
    expect(lastWrite?.updatedTime).toBe((await account.authConfigs.get(authConfigId)).updatedTime);
    await fixture.editAuthConfig(authConfigId, credentials.APIKEY.value("by hand"));
    await ticks(6);
    expect(told()).toEqual(["FAILED change begun"]);
  });

  it("keeps no other from being compared when its state cannot be read", async () => {
    const broken = await inSync();
    const { authConfigId } = await inSync();
    await fixture.table.update({ pk: `AUTH#${accountId}/${broken.authConfigId}`, sk: "STATE" }, { status: 7 });
    await fixture.editAuthConfig(authConfigId, credentials.APIKEY.value("by hand"));
    expect(await ticks(6)).toMatchObject({ changed: 1, lines: [{ authConfigId, concerns: ["CHANGED"] }] });
  });

  it("is told as gone when it was deleted", async () => {
    const { authConfigId } = await inSync();
    await fixture.editAuthConfig(authConfigId);
    expect(await ticks(6)).toMatchObject({
      changed: 1,
      lines: [{ problem: expect.stringContaining("has deleted it") }],
    });
    expect(told()).toEqual(["FAILED change begun"]);
  });

  it("is found by one request each 15 minutes, whatever the number of auth configs; our own writes are none", async () => {
    await fixture.bind("BASIC", "other");
    const { arn, authConfigId } = await inSync();
    await ticks(12);
    expect(fixture.takeAllRequests().filter((request) => request === listRead)).toHaveLength(4);
    for (const value of ["a", "b", "c"]) {
      await fixture.putVersion(arn, credentials.APIKEY.value(value));
      await ticks(3);
    }
    expect(fixture.inForce(authConfigId)).toMatchObject(credentials.APIKEY.value("c"));
    expect(told()).toEqual([]);
  });

  it("is compared with what is first seen, where an earlier release wrote it", async () => {
    const { authConfigId } = await inSync();
    const key = { pk: `AUTH#${accountId}/${authConfigId}`, sk: "STATE" };
    await fixture.table.update(key, { lastWrite: undefined });
    expect(await ticks(6)).toMatchObject({ changed: 0 });
    await fixture.editAuthConfig(authConfigId, credentials.APIKEY.value("by hand"));
    expect(await ticks(6)).toMatchObject({ changed: 1 });
  });

  it("neither begins nor ends while RingCX cannot be asked", async () => {
    const { authConfigId } = await inSync();
    await fixture.editAuthConfig(authConfigId, credentials.APIKEY.value("by hand"));
    fixture.simulator.faults.add(unreachable);
    expect(await ticks(6)).toMatchObject({ changed: 0 });
    fixture.simulator.faults.clear();
    expect(await ticks(3)).toMatchObject({ changed: 1 });
    fixture.simulator.faults.add(unreachable);
    expect(await ticks(6)).toMatchObject({ changed: 1 });
    expect(told()).toEqual(["FAILED change begun"]);
  });
});
