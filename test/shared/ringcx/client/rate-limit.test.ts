import { expect, test } from "vitest";
import { classifyResponse } from "../../../../shared/ringcx/client/classify-response.ts";
import { QuotaDeferredError } from "../../../../shared/ringcx/quota/quota-deferred-error.ts";
import { retryAfter } from "../../../../shared/ringcx/transport/send-once.ts";
import { openQuota, testClient } from "../../../support/client-fakes.ts";
import { scriptedServer } from "../../../support/scripted-server.ts";

const limited = { status: 429, headers: { "retry-after": "7" } };
const group = { serviceGroupId: 7, groupName: "CRM enrichment" };

test("a 429 pauses the quota for everybody; an urgent call takes a new place and goes again", async () => {
  await using server = await scriptedServer(limited, { status: 429 }, { status: 200, body: true });
  const { account, quota, clock } = testClient(server.url);
  expect(await account({ priority: "urgent" }).services.setActive(7, 8, false)).toBe(true);
  expect(quota.pauses).toEqual([7000, undefined]);
  expect(quota.claims).toEqual(["urgent", "urgent", "urgent"]);
  expect(clock.slept).toEqual([]); // waiting is the quota's business
});

test.each(["bulk", "rotation"] as const)("a %s call that meets 429 is deferred, also a POST", async (priority) => {
  await using server = await scriptedServer(limited, { status: 200, body: group });
  const { account, quota } = testClient(server.url);
  const failure = await account({ priority })
    .groups.create({ groupName: "CRM" })
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(QuotaDeferredError);
  expect(failure).toMatchObject({ retryAfterMs: 7000, retryable: true, details: { operation: "groups.create" } });
  expect(quota.pauses).toEqual([7000]);
  expect(server.received).toHaveLength(1);
});

test("a deferral lasts as long as the quota says when that is longer", async () => {
  await using server = await scriptedServer({ status: 429 });
  const quota = { ...openQuota(), hasCapacity: async () => ({ fits: false as const, retryAfterMs: 31_000 }) };
  const { account } = testClient(server.url, { quotaFor: () => quota });
  await expect(account().groups.list()).rejects.toMatchObject({ retryAfterMs: 31_000 });
});

test("a call that finds no slot sends nothing and is reported", async () => {
  await using server = await scriptedServer({ status: 200, body: [] });
  const deferred: string[] = [];
  const quota = {
    ...openQuota(),
    claim: async () => {
      throw new QuotaDeferredError({ retryAfterMs: 4000 });
    },
  };
  const { account } = testClient(server.url, {
    quotaFor: () => quota,
    onDeferred: (error, operation) => deferred.push(`${operation} ${error.retryAfterMs}`),
  });
  await expect(account().groups.list()).rejects.toThrow("Try again in 4 s");
  expect(server.received).toEqual([]);
  expect(deferred).toEqual(["groups.list 4000"]);
});

const hour = 3_600_000;

test("Retry-After is seconds or a date, up to a bound; anything else is no statement", () => {
  const now = Date.parse("2030-01-01T00:00:00Z");
  expect(retryAfter("12", now, hour)).toBe(12_000);
  expect(retryAfter("Tue, 01 Jan 2030 00:00:30 GMT", now, hour)).toBe(30_000);
  expect(retryAfter("Mon, 31 Dec 2029 23:59:00 GMT", now, hour)).toBe(0);
  expect(retryAfter("soon", now, hour)).toBeUndefined();
  expect(retryAfter(null, now, hour)).toBeUndefined();
  for (const absurd of ["86400", "9".repeat(300), "Fri, 31 Dec 9999 23:59:59 GMT"]) {
    expect(retryAfter(absurd, now, hour)).toBe(hour);
    const answer = { kind: "answered", status: 429, text: "", retryAfter: absurd } as const;
    expect(classifyResponse("GET", answer, now)).toEqual({ kind: "rate-limited", retryAfterMs: 600_000 });
  }
});
