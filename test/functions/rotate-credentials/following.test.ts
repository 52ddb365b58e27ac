import { DeleteSecretCommand, RestoreSecretCommand } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { authConfigRecordKey } from "../../../shared/records/account/auth-config.ts";
import { followedAuthConfigKey } from "../../../shared/records/account/followed-auth-config.ts";
import { authConfigStateKey } from "../../../shared/records/credential/auth-config-state.ts";
import type { AuthType } from "../../../shared/ringcx/resources/auth-config.ts";
import { CrashPoint } from "../../support/crash.ts";
import { credentials } from "./credentials.ts";
import { accountId, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const told = () => fixture.told("ringcx.auth-config", "FOLLOWING");

async function minutes(count: number) {
  for (let passed = 5; passed < count; passed += 5) await fixture.tick();
  return fixture.tick();
}

async function inSync(tags: Record<string, string> = {}, authType: AuthType = "APIKEY") {
  const bound = await fixture.bind(authType, "secret", { "ringcx:rotate-within": "1h", ...tags });
  const { name } = fixture.store.get(bound.arn);
  await fixture.tick();
  fixture.published.length = 0;
  return { ...bound, name };
}

type Bound = Awaited<ReturnType<typeof inSync>>;

describe("a secret whose value RingCX has", () => {
  it.each<[string, (bound: Bound) => Promise<unknown>, (bound: Bound) => Promise<unknown>]>([
    [
      "is deleted with a recovery window",
      ({ arn }) => fixture.secrets.send(new DeleteSecretCommand({ SecretId: arn })),
      ({ arn }) => fixture.secrets.send(new RestoreSecretCommand({ SecretId: arn })),
    ],
    [
      "has lost ringcx:connection",
      ({ arn }) => fixture.tag(arn, "ringcx:connection"),
      ({ arn }) => fixture.tag(arn, "ringcx:connection", "main"),
    ],
    [
      "no longer names the account",
      ({ arn }) => fixture.tag(arn, "ringcx:accounts", "none"),
      ({ arn }) => fixture.tag(arn, "ringcx:accounts", "123456"),
    ],
    [
      "no longer names the auth config",
      ({ arn }) => fixture.tag(arn, "ringcx:auth-config"),
      ({ arn, authConfigId }) => fixture.tag(arn, "ringcx:auth-config", authConfigId),
    ],
  ])("that %s is missed: a line, overdue, told once, and once that it ended", async (_what, takeAway, giveBack) => {
    const bound = await inSync();
    await takeAway(bound);
    const report = await minutes(150);
    expect(report).toMatchObject({ overdue: 1, notFollowed: 1 });
    expect(report.lines).toMatchObject([
      { concerns: ["OVERDUE", "NOT_FOLLOWED"], authConfigId: bound.authConfigId, secret: bound.name },
    ]);
    expect(told()).toEqual(["FAILED following begun"]);
    await giveBack(bound);
    expect(await minutes(30)).toMatchObject({ notFollowed: 0 });
    expect(told()).toEqual(["FAILED following begun", "NO_CHANGE following ended"]);
  });

  it("that is deleted for good is missed, and told as ended when another secret feeds the auth config", async () => {
    const { arn, authConfigId } = await inSync();
    await fixture.secrets.send(new DeleteSecretCommand({ SecretId: arn, ForceDeleteWithoutRecovery: true }));
    expect(await minutes(150)).toMatchObject({
      overdue: 1,
      notFollowed: 1,
      lines: [{ problem: expect.stringContaining("deleted for good") }],
    });
    await fixture.createSecret({
      value: credentials.APIKEY.value("second"),
      tags: { "ringcx:auth-config": authConfigId, "ringcx:auth-type": "APIKEY" },
    });
    expect(await minutes(30)).toMatchObject({ notFollowed: 0 });
    expect(told()).toEqual(["FAILED following begun", "NO_CHANGE following ended"]);
  });

  it("that is made again under its name is missed, with the new one's ARN", async () => {
    const { arn, name } = await inSync();
    await fixture.secrets.send(new DeleteSecretCommand({ SecretId: arn, ForceDeleteWithoutRecovery: true }));
    const heir = await fixture.createSecret({ name, value: credentials.APIKEY.value("second") });
    expect(await lookedAt()).toMatchObject([{ problem: expect.stringContaining(heir.arn) }]);
  });

  it("that may not be described is missed, by what the list says of it; one that cannot be asked about is not", async () => {
    const { arn } = await inSync();
    const endDenied = describeFails("AccessDeniedException");
    await fixture.tag(arn, "ringcx:auth-config");
    expect(await lookedAt()).toMatchObject([{ problem: expect.stringContaining("cannot be described") }]);
    await fixture.tag(arn, "ringcx:connection");
    expect(await lookedAt()).toMatchObject([{ problem: expect.stringContaining("lost the tag ringcx:connection") }]);
    expect(told()).toEqual(["FAILED following begun"]);
    endDenied();
    const other = await inSync();
    const endThrottled = describeFails("ThrottlingException");
    await fixture.tag(other.arn, "ringcx:auth-config");
    expect(await lookedAt()).toHaveLength(1);
    endThrottled();
    expect(await lookedAt()).toHaveLength(2);
  });

  it("of another AWS account is told, as a message made it", async () => {
    const { authConfigId } = await inSync();
    const secretArn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:theirs-AbCdEf";
    await fixture.table.put({
      ...authConfigRecordKey(accountId, "CRM"),
      authConfigId,
      secretArn,
      manifest: { authType: "APIKEY" },
    });
    await fixture.tag((await fixture.record(authConfigId)).secretArn ?? "", "ringcx:auth-config");
    await fixture.table.update(authConfigStateKey(accountId, authConfigId), { secretArn });
    expect(await lookedAt()).toMatchObject([{ problem: expect.stringContaining("of AWS account 111122223333") }]);
  });

  it("is found from a message's record alone, when its binding is not there", async () => {
    const { authConfigId, arn } = await inSync();
    await fixture.tag(arn, "ringcx:auth-config");
    await fixture.table.delete(followedAuthConfigKey(accountId, authConfigId));
    const record = { authConfigId, secretArn: arn, manifest: { authType: "APIKEY" } };
    await fixture.table.put({ ...authConfigRecordKey(accountId, "CRM"), ...record });
    expect(await lookedAt()).toMatchObject([{ problem: expect.stringContaining("no longer names it") }]);
    expect(told()).toEqual(["FAILED following begun"]);
  });

  it("is no longer missed when its auth config is deleted in RingCX, retired, or left alone on purpose", async () => {
    const deleted = await inSync();
    const retired = await inSync();
    const unmanaged = await inSync();
    for (const { arn } of [deleted, retired, unmanaged]) await fixture.tag(arn, "ringcx:connection");
    expect(await lookedAt()).toHaveLength(3);
    await fixture.editAuthConfig(deleted.authConfigId);
    await fixture.table.delete(authConfigStateKey(accountId, retired.authConfigId));
    fixture.script.unmanagedAuthConfigs = [`${accountId}/${unmanaged.authConfigId}`];
    expect(await lookedAt()).toEqual([]);
    expect(told().filter((one) => one === "NO_CHANGE following ended")).toHaveLength(3);
    fixture.published.length = 0;
    expect(await minutes(60)).toMatchObject({ notFollowed: 0 });
    await fixture.tag(retired.arn, "ringcx:connection", "main");
    await fixture.tick();
    await fixture.tag(retired.arn, "ringcx:connection");
    expect(await lookedAt()).toHaveLength(1);
    expect(told()).toEqual(["FAILED following begun"]);
  });

  it("is told once though a run dies before or after any of its calls", async () => {
    await inSync();
    for (const when of ["before", "after"] as const) {
      for (let call = 1; ; call += 1) {
        fixture.published.length = 0;
        const { arn } = await inSync();
        for (let tick = 0; tick < 2; tick += 1) await fixture.tick();
        await fixture.tag(arn, "ringcx:connection");
        const crash = new CrashPoint(call, when);
        await fixture.tick(crash).catch(() => undefined);
        await minutes(20);
        const begun = fixture.published.filter(({ cause }) => /^following.*begun$/.test(cause.id));
        expect(begun.length, `${when} call ${call}`).toBeGreaterThan(0);
        expect(new Set(begun.map(({ cause }) => cause.id)).size, `${when} call ${call}`).toBe(1);
        await fixture.retire(arn);
        if (crash.calls < call) break;
      }
    }
  }, 60_000);
});

it.each([
  ["AccessDeniedException", "may not be described"],
  ["ResourceNotFoundException", "cannot be described"],
  ["InvalidRequestException", "cannot be described"],
])(
  "a listed secret that answers %s, and of which RingCX does not have what is current, is told at once and once",
  async (name, words) => {
    const { arn, authConfigId, versionId } = await fixture.rotated("APIKEY");
    const second = await fixture.rotate(arn);
    await fixture.tick();
    fixture.published.length = 0;
    const end = describeFails(name);
    await fixture.makeCurrent(arn, versionId, second);
    await fixture.tick(undefined, 120_000, 5_000);
    expect(fixture.published).toMatchObject([{ status: "FAILED", details: { reason: "SECRET_UNREADABLE" } }]);
    const { summary } = fixture.published[0] ?? {};
    expect(summary).toContain(`is listed, tagged for RingCX, but ${words} (DescribeSecret: ${name})`);
    expect(summary).toContain(`RingCX does not have its current version ${versionId}`);
    expect(summary).not.toContain("create it");
    const { lines } = await fixture.tick(undefined, 120_000, 5_000);
    expect(lines).toMatchObject([{ authConfigId, failure: "SECRET_UNREADABLE", concerns: ["FAILING"] }]);
    await minutes(60);
    expect(fixture.published).toHaveLength(1);
    end();
    await minutes(65);
    expect(fixture.inForce(authConfigId)).toMatchObject({ apiKey: "first" });
    expect((await fixture.tick()).lines).toEqual([]);
  },
);

/** What is said of the auth configs that are not followed, after so many ticks that every account was looked at. */
async function lookedAt() {
  const { lines } = await minutes(15);
  return lines.filter(({ concerns }) => concerns.includes("NOT_FOLLOWED"));
}

/** @returns what ends it */
function describeFails(name: string): () => void {
  let isOn = true;
  fixture.secrets.middlewareStack.add((next, { commandName }) => async (request) => {
    if (isOn && commandName === "DescribeSecretCommand") throw Object.assign(new Error("no"), { name });
    return next(request);
  });
  return () => {
    isOn = false;
  };
}
