import { DeleteSecretCommand } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { authConfigStateKey } from "../../../shared/records/credential/auth-config-state.ts";
import { readRotationCalendar } from "../../../shared/records/credential/rotation-report.ts";
import { CrashPoint } from "../../support/crash.ts";
import { credentials } from "./credentials.ts";
import { accountId, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const stranger = "60629848-0ddf-4757-8868-de5b76d54bb7";

const told = () =>
  fixture.published
    .filter(({ cause }) => ["ringcx.secret", "ringcx.auth-config"].includes(cause.type))
    .map(({ cause, status, details }) => `${status} ${details?.kind} ${cause.id.split("/").at(-1)}`);

async function ticks(count: number) {
  for (let tick = 1; tick < count; tick += 1) await fixture.tick();
  return fixture.tick();
}

async function inSync(tags: Record<string, string> = {}) {
  const bound = await fixture.bind("APIKEY", "secret", tags);
  await fixture.tick();
  fixture.published.length = 0;
  return bound;
}

type Bound = Awaited<ReturnType<typeof inSync>>;
type Deed = (bound: Bound) => unknown;

const tag =
  (key: string, value?: string): Deed =>
  ({ arn }) =>
    fixture.tag(arn, key, value);

describe("what is wrong about a secret has one line, is told once and once that it ended, and is counted", () => {
  it.each<[string, Deed, Deed, RegExp]>([
    ["TAG_WRONG", tag("ringcx:rotate-every", "monthly"), tag("ringcx:rotate-every"), /rotate-every says "monthly"/],
    ["TAG_WRONG", tag("ringcx:rotate-within", "1 month"), tag("ringcx:rotate-within", "90d"), /rotate-within says/],
    ["TAG_WRONG", tag("ringcx:prove-within", "soon"), tag("ringcx:prove-within", "5m"), /prove-within says "soon"/],
    ["TAG_WRONG", tag("ringcx:overlap", "none"), tag("ringcx:overlap"), /overlap says "none"/],
    ["TAG_WRONG", tag("ringcx:accept-unproven", "yes"), tag("ringcx:accept-unproven"), /no version/],
    [
      "NOT_ROTATED",
      tag("ringcx:rotate-every", "30d"),
      ({ arn }) => {
        fixture.store.get(arn).rotation = { isEnabled: true, functionArn: "arn:aws:lambda:::function:r" };
      },
      /has no rotation function/,
    ],
    [
      "NOT_ROTATED",
      async ({ arn }) => {
        await fixture.tag(arn, "ringcx:rotate-every", "30d");
        fixture.store.get(arn).primaryRegion = "us-east-1";
      },
      tag("ringcx:rotate-every"),
      /is a replica/,
    ],
    [
      "BINDING_REFUSED",
      ({ arn, authConfigId }) => fixture.tag(arn, "ringcx:auth-config", `123456/${authConfigId} 999999/${stranger}`),
      ({ arn, authConfigId }) => fixture.tag(arn, "ringcx:auth-config", authConfigId),
      /does not name account 999999/,
    ],
    [
      "BINDING_REFUSED",
      async ({ authConfigId }) => {
        const tags = { "ringcx:auth-config": authConfigId, "ringcx:auth-type": "APIKEY" };
        await fixture.createSecret({ name: "rival", value: credentials.APIKEY.value("rival"), tags });
      },
      () => fixture.tag("rival", "ringcx:auth-config"),
      /another secret claims it too: (crm|rival|\w)/,
    ],
  ])("%s: %#", async (kind, damage, mend, message) => {
    const bound = await inSync();
    await damage(bound);
    const report = await ticks(8);
    expect(report).toMatchObject({ notFollowed: 1, lines: [] });
    expect(report.refused).toMatchObject([
      { kind, problem: expect.stringMatching(message), since: expect.any(String) },
    ]);
    expect(told()).toEqual([`FAILED ${kind} begun`]);
    expect(fixture.published[0]?.summary).toMatch(message);
    await mend(bound);
    expect(await ticks(8)).toMatchObject({ notFollowed: 0, refused: [] });
    expect(told()).toEqual([`FAILED ${kind} begun`, `NO_CHANGE ${kind} ended`]);
  });

  it("names another version than the one that waits to be proven", async () => {
    const { arn, versionId } = await inSync({ "ringcx:prove-within": "90d" });
    fixture.script.verifyAtEndpoint = async () => ({ kind: "COULD_NOT_BE_ASKED", reason: "503" });
    await fixture.tag(arn, "ringcx:accept-unproven", versionId);
    expect(await ticks(4)).toMatchObject({ refused: [] });
    const next = await fixture.putVersion(arn, credentials.APIKEY.value("next"));
    expect((await ticks(4)).refused).toMatchObject([{ kind: "TAG_WRONG", problem: expect.stringContaining(next) }]);
    await fixture.tag(arn, "ringcx:accept-unproven", next);
    expect(await ticks(4)).toMatchObject({ refused: [], failing: 0 });
    expect(told()).toEqual(["FAILED TAG_WRONG begun", "NO_CHANGE TAG_WRONG ended"]);
  });

  it("names no version while one waits: that alone is told", async () => {
    const { arn } = await inSync({ "ringcx:prove-within": "90d" });
    fixture.script.verifyAtEndpoint = async () => ({ kind: "COULD_NOT_BE_ASKED", reason: "503" });
    await fixture.putVersion(arn, credentials.APIKEY.value("next"));
    await fixture.tag(arn, "ringcx:accept-unproven", "AWSCURRENT");
    expect((await ticks(4)).refused).toMatchObject([
      { kind: "TAG_WRONG", problem: expect.stringMatching(/no version/) },
    ]);
    expect(told()).toEqual(["FAILED TAG_WRONG begun"]);
  });

  it("names the version that waits, but in capitals: it is written", async () => {
    const { arn, authConfigId } = await inSync({ "ringcx:prove-within": "90d" });
    fixture.script.verifyAtEndpoint = async () => ({ kind: "COULD_NOT_BE_ASKED", reason: "503" });
    const next = await fixture.putVersion(arn, credentials.APIKEY.value("next"));
    await fixture.tick();
    await fixture.tag(arn, "ringcx:accept-unproven", next.toUpperCase());
    expect(await ticks(4)).toMatchObject({ refused: [], failing: 0 });
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "next" });
    expect(told()).toEqual([]);
  });

  it("ends when the secret is deleted: its auth config tells of that", async () => {
    const { arn } = await inSync();
    await fixture.tag(arn, "ringcx:overlap", "none");
    await ticks(4);
    await fixture.secrets.send(new DeleteSecretCommand({ SecretId: arn }));
    expect(await ticks(4)).toMatchObject({ notFollowed: 1, refused: [], lines: [{ concerns: ["NOT_FOLLOWED"] }] });
    expect(told()).toEqual(["FAILED TAG_WRONG begun", "NO_CHANGE TAG_WRONG ended", "FAILED DELETED begun"]);
  });

  it("is told by the auth config that has its value, where it is refused to it, and by nothing else", async () => {
    const { arn } = await inSync();
    await fixture.tag(arn, "ringcx:accounts", "none");
    expect(await ticks(8)).toMatchObject({ notFollowed: 1, refused: [], lines: [{ concerns: ["NOT_FOLLOWED"] }] });
    expect(told()).toEqual(["FAILED NOT_PERMITTED begun"]);
  });

  it("is told of one secret though another cannot be read", async () => {
    const { arn } = await inSync();
    const unreadable = await inSync();
    await fixture.table.update(authConfigStateKey(accountId, unreadable.authConfigId), { status: "NONE" });
    await fixture.tag(arn, "ringcx:overlap", "none");
    const { refused } = await ticks(8);
    expect(refused.map(({ kind }) => kind).sort()).toEqual(["ITEM_UNREADABLE", "TAG_WRONG"]);
    expect(told().sort()).toEqual(["FAILED ITEM_UNREADABLE begun", "FAILED TAG_WRONG begun"]);
  });

  it("is told once though a run dies before or after any of its calls", async () => {
    for (const when of ["before", "after"] as const) {
      for (let call = 1; ; call += 1) {
        const { arn } = await inSync();
        await fixture.tag(arn, "ringcx:overlap", "none");
        const crash = new CrashPoint(call, when);
        await fixture.tick(crash).catch(() => undefined);
        await ticks(2);
        const begun = fixture.published.filter(({ cause }) => cause.type === "ringcx.secret");
        expect(new Set(begun.map(({ cause }) => cause.id)).size, `${when} call ${call}`).toBe(1);
        await fixture.retire(arn);
        await fixture.tick();
        if (crash.calls < call) break;
      }
    }
  }, 60_000);
});

describe("what is wrong with the credential of an auth config", () => {
  it("that is overdue is told once, and once that it ended", async () => {
    const { arn } = await inSync({ "ringcx:rotate-within": "1h" });
    expect(await ticks(20)).toMatchObject({ overdue: 1, notFollowed: 0, lines: [{ concerns: ["OVERDUE"] }] });
    expect(told()).toEqual(["FAILED OVERDUE begun"]);
    await fixture.putVersion(arn, credentials.APIKEY.value("next"));
    expect(await ticks(8)).toMatchObject({ overdue: 0 });
    expect(told()).toEqual(["FAILED OVERDUE begun", "NO_CHANGE OVERDUE ended"]);
  });

  it("whose version is refused ends when a person goes back to the one that works", async () => {
    const { arn, versionId } = await inSync();
    fixture.script.verifyAtEndpoint = async (_, credential) =>
      credential.versionId === versionId ? { kind: "ACCEPTED" } : { kind: "REFUSED", reason: "401" };
    const bad = await fixture.putVersion(arn, credentials.APIKEY.value("bad"));
    expect(await ticks(8)).toMatchObject({ failing: 1, lines: [{ failure: "CREDENTIAL_REFUSED" }] });
    await fixture.makeCurrent(arn, versionId, bad);
    expect(await ticks(8)).toMatchObject({ failing: 0, lines: [] });
    expect(told()).toEqual(["NO_CHANGE CREDENTIAL_REFUSED ended"]);
  });

  it("is said of the version that fails now, and a problem of one that is no longer current is none any more", async () => {
    const { arn } = await inSync({ "ringcx:prove-within": "90d" });
    fixture.script.verifyAtEndpoint = async () => ({ kind: "REFUSED", reason: "401" });
    const first = await fixture.putVersion(arn, credentials.APIKEY.value("bad"));
    const refused = await ticks(8);
    expect(refused.lines).toMatchObject([{ failure: "CREDENTIAL_REFUSED", problem: expect.stringContaining(first) }]);
    fixture.script.verifyAtEndpoint = async () => ({ kind: "COULD_NOT_BE_ASKED", reason: "503" });
    const second = await fixture.putVersion(arn, credentials.APIKEY.value("next"));
    await fixture.tick();
    for (let tick = 0; tick < 8; tick += 1) {
      const { lines } = await fixture.tick();
      expect(lines).toMatchObject([{ failure: "PROOF_PENDING", problem: expect.stringContaining(second) }]);
      expect(lines[0]?.problem).toContain("PROOF_PENDING");
      expect(lines[0]?.since).not.toBe(refused.lines[0]?.since);
    }
    await fixture.tag(arn, "ringcx:accept-unproven", second);
    expect(await ticks(8)).toMatchObject({ lines: [] });
    expect(told()).toEqual([]);
  });

  it("that RingCX has no auth config for is told by the attempt, and as ended when the binding is withdrawn", async () => {
    const { arn, authConfigId } = await inSync();
    await fixture.tag(arn, "ringcx:auth-config", `${authConfigId} ${stranger}`);
    expect(await ticks(8)).toMatchObject({ failing: 1, lines: [{ failure: "BINDING_WRONG" }] });
    expect(fixture.published.map(({ details }) => details?.reason)).toEqual(["BINDING_WRONG"]);
    await fixture.tag(arn, "ringcx:auth-config", authConfigId);
    expect(await ticks(8)).toMatchObject({ failing: 0, notFollowed: 0, lines: [], refused: [] });
    expect(told()).toEqual(["NO_CHANGE BINDING_WRONG ended"]);
  });
});

describe("a credential that is no longer needed and not revoked", () => {
  /** A secret that feeds two auth configs, and was rotated when one of them was not named any more. */
  async function heldBack() {
    const bound = await fixture.rotated("APIKEY", { "ringcx:overlap": "1m" });
    const second = await fixture.createAuthConfig("APIKEY");
    await fixture.tag(bound.arn, "ringcx:auth-config", `${bound.authConfigId} ${second}`);
    await fixture.tick();
    await fixture.rotate(bound.arn);
    await fixture.tag(bound.arn, "ringcx:auth-config", bound.authConfigId);
    await fixture.rotate(bound.arn);
    fixture.published.length = 0;
    return { ...bound, second };
  }

  it("is told with the auth config that holds it back, and ends when that gets the current version", async () => {
    const { arn, authConfigId, second } = await heldBack();
    const { refused } = await ticks(10);
    expect(refused).toMatchObject([{ kind: "NOT_REVOKED", problem: expect.stringContaining(second) }]);
    expect(told()).toEqual(["FAILED UNBOUND begun", "FAILED NOT_REVOKED begun"]);
    expect(fixture.issuer.valid.size).toBe(2);
    await fixture.tag(arn, "ringcx:auth-config", `${authConfigId} ${second}`);
    expect(await ticks(10)).toMatchObject({ refused: [], lines: [] });
    expect(told().slice(2).sort()).toEqual(["NO_CHANGE NOT_REVOKED ended", "NO_CHANGE UNBOUND ended"]);
    expect(fixture.issuer.valid.size).toBe(1);
  });

  it("is revoked once the auth config that held it back is deleted in RingCX", async () => {
    const { second } = await heldBack();
    await ticks(10);
    await fixture.editAuthConfig(second);
    expect(await ticks(10)).toMatchObject({ refused: [], lines: [] });
    expect(fixture.issuer.valid.size).toBe(1);
  });

  it("is told where its issuer does not revoke it", async () => {
    const { arn } = await fixture.rotated("APIKEY", { "ringcx:overlap": "1m" });
    await fixture.rotate(arn);
    fixture.published.length = 0;
    fixture.issuer.script.fail = "revoke";
    expect((await ticks(10)).refused).toMatchObject([{ kind: "NOT_REVOKED" }]);
    fixture.issuer.script.fail = undefined;
    expect(await ticks(4)).toMatchObject({ refused: [] });
    expect(told()).toEqual(["FAILED NOT_REVOKED begun", "NO_CHANGE NOT_REVOKED ended"]);
  });
});

describe("the calendar of rotations", () => {
  it.each<[string, Deed]>([
    ["is deleted", ({ arn }) => fixture.secrets.send(new DeleteSecretCommand({ SecretId: arn }))],
    [
      "is deleted for good",
      ({ arn }) => fixture.secrets.send(new DeleteSecretCommand({ SecretId: arn, ForceDeleteWithoutRecovery: true })),
    ],
    ["has lost ringcx:connection", tag("ringcx:connection")],
    ["names no auth config any more", tag("ringcx:auth-config")],
  ])("has a secret whose value RingCX has though it %s, with that", async (_, takeAway) => {
    const bound = await inSync({ "ringcx:rotate-within": "90d" });
    await fixture.tick();
    const [before] = await readRotationCalendar(fixture.table);
    const { name } = fixture.store.get(bound.arn);
    await takeAway(bound);
    await ticks(4);
    const { lines } = await fixture.tick();
    expect(await readRotationCalendar(fixture.table)).toEqual([
      { ...before, secret: name, problem: lines[0]?.problem },
    ]);
    expect(lines[0]?.problem).toBeDefined();
  });
});
