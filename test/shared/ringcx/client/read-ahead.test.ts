import { expect, test } from "vitest";
import { Redacted } from "../../../../shared/primitives/redacted.ts";
import { createQuota } from "../../../../shared/ringcx/quota/quota.ts";
import { quotaWindowKey } from "../../../../shared/ringcx/quota/quota-item.ts";
import type { Login } from "../../../../shared/ringcx/session/login.ts";
import { createSession } from "../../../../shared/ringcx/session/session.ts";
import { sessionKey, toItem } from "../../../../shared/ringcx/session/session-item.ts";
import { MemoryStateTable } from "../../../../shared/state/memory-table.ts";
import type { Key } from "../../../../shared/state/table.ts";
import { testClock } from "../../../support/client-fakes.ts";

const settings = { limit: 2, windowMs: 60_000, guardMs: 700 };

/** A table that counts what is asked of it. */
function world() {
  const asked: string[] = [];
  class CountingTable extends MemoryStateTable {
    override get(key: Key) {
      asked.push("get");
      return super.get(key);
    }
    override put(...args: Parameters<MemoryStateTable["put"]>) {
      asked.push("put");
      return super.put(...args);
    }
  }
  const clock = testClock();
  const state = { table: new CountingTable(), clock, random: () => 0.5 };
  const quota = () => createQuota({ scope: "account/1", settings, ...state });
  const logins: string[] = [];
  const pair = (name: string) => ({
    accessToken: new Redacted(name),
    refreshToken: new Redacted(name),
    expiresAt: clock.now() + 300_000,
  });
  const login: Login = {
    exchange: async () => {
      logins.push("exchange");
      return pair("new");
    },
    refresh: async () => {
      logins.push("refresh");
      return pair("new");
    },
  };
  const session = () => createSession({ connection: "main", login, ...state });
  const storeSession = () =>
    state.table.put({ ...sessionKey("main"), ...toItem({ pair: pair("stored"), leaseUntil: 0, exchanges: [] }) });
  return { ...state, asked, quota, logins, session, storeSession };
}

test("a claim after the quota was read ahead is one write, the next one reads again", async () => {
  const { quota, asked } = world();
  const one = quota();
  await one.prepare();
  asked.length = 0;
  await one.claim("urgent");
  expect(asked).toEqual(["put"]);
  await one.claim("urgent");
  expect(asked).toEqual(["put", "get", "put"]);
});

test("what others have claimed since it was read ahead is seen", async () => {
  const { quota, clock } = world();
  const one = quota();
  await one.prepare();
  for (const _ of [1, 2]) await quota().claim("urgent");
  const before = clock.now();
  await one.claim("urgent", { deadline: before + 120_000 });
  expect(clock.now() - before).toBeGreaterThan(59_000);
});

test("no call is put off by what was read ahead: others may have left room since", async () => {
  const { quota, table } = world();
  for (const _ of [1, 2]) await quota().claim("urgent");
  const one = quota();
  await one.prepare();
  await table.delete(quotaWindowKey("account/1"));
  await one.claim("bulk");
});

test("what was read ahead long ago is read again, so that no write is lost for it", async () => {
  const { quota, asked, clock } = world();
  const one = quota();
  await one.prepare();
  await quota().claim("urgent");
  await clock.sleep(1_000);
  asked.length = 0;
  await one.claim("urgent");
  expect(asked).toEqual(["get", "put"]);
});

test("a token that lives and was read ahead is there without a trip", async () => {
  const { session, asked, storeSession } = world();
  await storeSession();
  const one = session();
  await one.prepare();
  asked.length = 0;
  expect((await one.accessToken()).reveal()).toBe("stored");
  await one.prepare();
  expect(asked).toEqual([]);
});

test("reading ahead logs in for nobody, and renews nothing", async () => {
  const { session, logins, storeSession, clock } = world();
  const one = session();
  await one.prepare();
  await storeSession();
  await clock.sleep(250_000);
  await one.prepare();
  expect(logins).toEqual([]);
  expect((await one.accessToken()).reveal()).toBe("new");
  expect(logins).toEqual(["refresh"]);
});
