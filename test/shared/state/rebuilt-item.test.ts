import { describe, expect, test } from "vitest";
import { createBlastRadius } from "../../../functions/fail-over-services/apply/blast-radius.ts";
import { Redacted } from "../../../shared/primitives/redacted.ts";
import { blastRadiusKey } from "../../../shared/records/account/blast-radius.ts";
import { createQuota } from "../../../shared/ringcx/quota/quota.ts";
import { quotaWindowKey } from "../../../shared/ringcx/quota/quota-item.ts";
import { createSession } from "../../../shared/ringcx/session/session.ts";
import { sessionKey } from "../../../shared/ringcx/session/session-item.ts";
import { retryLostWrites } from "../../../shared/state/conditional-write.ts";
import { MemoryStateTable } from "../../../shared/state/memory-table.ts";
import type { Item, Key } from "../../../shared/state/table.ts";
import { seeded, VirtualTime } from "../../support/virtual-time.ts";

const settings = { limit: 120, windowMs: 60_000, guardMs: 700 };
const lookup = (index: number) => ({ accountId: "1", key: `SERVICE#CRM/lookup ${index}` });

/** A table that counts its calls, in virtual time; every call takes a millisecond. */
function world({ losesWrites = false } = {}) {
  const time = new VirtualTime();
  const stored = new MemoryStateTable();
  const calls = { reads: 0, writes: 0 };
  const table = Object.assign(new MemoryStateTable(), {
    get: async (key: Key) => {
      calls.reads += 1;
      await time.sleep(1);
      return stored.get(key);
    },
    put: async (...[item, expected]: Parameters<MemoryStateTable["put"]>) => {
      calls.writes += 1;
      await time.sleep(1);
      return losesWrites ? false : stored.put(item, expected);
    },
  });
  const rebuilt: string[] = [];
  const state = {
    table,
    clock: time.clock(),
    random: seeded(1),
    onUnreadable: ({ message }: Error) => void rebuilt.push(message),
  };
  const far = time.now + 400 * 24 * 3_600_000;
  return { time, stored, calls, rebuilt, state, far };
}

type World = ReturnType<typeof world>;

const quota = ({ state }: World) => createQuota({ scope: "account/1", settings, ...state });
const session = ({ state, time }: World) => {
  const logins: number[] = [];
  const exchange = async () => {
    logins.push(time.now);
    return {
      accessToken: new Redacted("new"),
      refreshToken: new Redacted("refresh"),
      expiresAt: time.now + 300_000,
    };
  };
  return { logins, session: createSession({ connection: "main", login: { exchange, refresh: exchange }, ...state }) };
};
const radius = ({ state }: World) => createBlastRadius({ settings: { share: 0.2, withinMinutes: 15 }, ...state });

/** An item as somebody left it; MemoryStateTable gives it a version, which then may be overwritten with another thing. */
async function leave({ stored }: World, item: Key & Record<string, unknown>): Promise<void> {
  await stored.put(item);
  if (!("version" in item)) return;
  const { get } = stored;
  let isReplaced = false;
  Object.assign(stored, {
    get: async (key: Key) => (isReplaced ? get.call(stored, key) : (structuredClone(item) as Item)),
    put: async (...args: Parameters<MemoryStateTable["put"]>) => {
      // DynamoDB finds no number that equals a text.
      if (!isReplaced && args[1] !== undefined) return false;
      isReplaced = true;
      return MemoryStateTable.prototype.put.apply(stored, args);
    },
  });
}

describe("a quota window that cannot be read counts as just used up", () => {
  test.each<[string, (far: number) => Record<string, unknown>]>([
    ["grants of another form", () => ({ grants: { of: "tomorrow" } })],
    ["a pause without end", (far) => ({ pausedUntil: far })],
    ["a slot in the far future", (far) => ({ grants: far.toString(36) })],
    ["a version that is no number", () => ({ grants: 7, version: "seven" })],
  ])("%s", async (_, broken) => {
    const it = world();
    await leave(it, { ...quotaWindowKey("account/1"), ...broken(it.far) });
    const since = it.time.now;
    await it.time.run(quota(it).claim("urgent", { deadline: since + 120_000 }));
    expect(it.time.now - since).toBeGreaterThan(60_000);
    expect(it.time.now - since).toBeLessThan(62_000);
    expect(it.rebuilt).toEqual([expect.stringMatching(/QUOTA#account\/1.*WINDOW/)]);
    expect(it.calls.reads + it.calls.writes).toBeLessThan(10);
    await it.time.run(quota(it).claim("urgent"));
  });
});

describe("a session that cannot be read is replaced by a new login", () => {
  test.each<[string, (far: number) => Record<string, unknown>]>([
    ["a lease that is no number", () => ({ leaseUntil: "soon", accessToken: "old", refreshToken: "old" })],
    ["a lease without end", (far) => ({ leaseUntil: far })],
    ["exchanges in the far future", (far) => ({ exchanges: [far, far, far, far, far] })],
    ["a version that is no number", () => ({ leaseUntil: [], version: "seven" })],
  ])("%s", async (_, broken) => {
    const it = world();
    await leave(it, { ...sessionKey("main"), ...broken(it.far) });
    const { logins, session: one } = session(it);
    expect((await it.time.run(one.accessToken())).reveal()).toBe("new");
    expect(logins).toHaveLength(1);
    expect(it.rebuilt).toEqual([expect.stringMatching(/CONNECTION#main.*SESSION/)]);
  });
});

describe("a blast radius that cannot be read counts as full until all its places would be free", () => {
  test.each<[string, (far: number) => Record<string, unknown>]>([
    ["places of another form", () => ({ services: 20, places: ["of tomorrow"] })],
    ["a place that is never free", (far) => ({ services: 20, places: { a: far } })],
    ["a version that is no number", () => ({ services: 20, version: "seven" })],
  ])("%s", async (_, broken) => {
    const it = world();
    await leave(it, { ...blastRadiusKey("1"), ...broken(it.far) });
    const one = radius(it);
    const claim = () => it.time.run(one.claim(lookup(1)));
    expect(await claim()).toBe(false);
    await it.time.run(one.refresh("1", 20, "all"));
    await it.time.run(it.time.sleep(14 * 60_000));
    expect(await claim()).toBe(false);
    await it.time.run(it.time.sleep(2 * 60_000));
    expect(await claim()).toBe(true);
    expect(it.rebuilt).toEqual([expect.stringMatching(/ACCOUNT#1.*BLASTRADIUS/)]);
    expect(it.calls.reads + it.calls.writes).toBeLessThan(20);
  });
});

describe("no loop on a conditional write is endless: with writes that are always lost", () => {
  const broken = { grants: 7, leaseUntil: "soon", places: 7 };
  const users: [string, (it: World) => Promise<unknown>, string][] = [
    ["the quota", (it) => quota(it).claim("bulk"), "QUOTA_DEFERRED"],
    ["the quota's pause", (it) => quota(it).pause(), "WRITE_CONTENDED"],
    ["the session", (it) => session(it).session.accessToken(), "LOGIN_UNAVAILABLE"],
    ["the blast radius", (it) => radius(it).claim(lookup(1)), "WRITE_CONTENDED"],
    ["the blast radius's count", (it) => radius(it).refresh("1", 5, "all"), "WRITE_CONTENDED"],
  ];
  const inTable = [quotaWindowKey("account/1"), sessionKey("main"), blastRadiusKey("1")];

  test.each(users)("%s ends with an error, after few reads", async (_, use, code) => {
    const it = world({ losesWrites: true });
    const since = it.time.now;
    await expect(it.time.run(use(it))).rejects.toMatchObject({ code });
    expect(it.calls.reads).toBeLessThan(500);
    expect(it.time.now - since).toBeLessThan(60_000);
  });

  test.each(users)("%s does so on an item that cannot be read, too", async (_, use) => {
    const it = world({ losesWrites: true });
    for (const key of inTable) await it.stored.put({ ...key, ...broken });
    await expect(it.time.run(use(it))).rejects.toMatchObject({ code: "WRITE_CONTENDED" });
    expect(it.calls.reads).toBeLessThan(500);
  });
});

test("the wait between two attempts grows, and patience ends them", async () => {
  const { time, state } = world();
  const at: number[] = [];
  const lost = retryLostWrites({ ...state, random: () => 0.999, patienceMs: 1_000 }, async () => {
    at.push(time.now);
    return undefined;
  });
  expect(await time.run(lost)).toBeUndefined();
  const waits = at.slice(1).map((moment, index) => moment - (at[index] ?? 0));
  expect(waits.slice(0, 6)).toEqual([10, 20, 40, 80, 160, 160]);
  expect((at.at(-1) ?? 0) - (at[0] ?? 0)).toBeLessThan(1_200);
});
