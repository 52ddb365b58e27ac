import { DeleteSecretCommand, RestoreSecretCommand } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AuthType } from "../../../shared/ringcx/resources/auth-config.ts";
import { credentials } from "./credentials.ts";
import { type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const told = () =>
  fixture.published
    .filter(({ cause }) => cause.type === "ringcx.auth-config")
    .map(({ cause, status }) => `${status} ${cause.id.split("/").at(-1)}`);

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
    expect(told()).toEqual(["FAILED begun"]);
    await giveBack(bound);
    expect(await minutes(30)).toMatchObject({ notFollowed: 0 });
    expect(told()).toEqual(["FAILED begun", "NO_CHANGE ended"]);
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
    expect(told()).toEqual(["FAILED begun", "NO_CHANGE ended"]);
  });
});
