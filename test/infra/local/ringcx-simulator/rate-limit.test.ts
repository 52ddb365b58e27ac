import fc from "fast-check";
import { expect, test } from "vitest";
import type { RateLimit } from "../../../../infra/local/ringcx-simulator/access/limit.ts";
import { createRateLimit } from "../../../../infra/local/ringcx-simulator/access/rate-limit.ts";
import { converse } from "./conversation.ts";

const gaps = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 200 });

function admittedTimes(limit: RateLimit, steps: readonly number[]): { admitted: number[]; refused: number[] } {
  let now = 0;
  const admitted: number[] = [];
  const refused: number[] = [];
  for (const step of steps) {
    now += step;
    (limit.admit(now).isAdmitted ? admitted : refused).push(now);
  }
  return { admitted, refused };
}

test("sliding: a request is refused exactly when the window before it is full", () => {
  fc.assert(
    fc.property(gaps, fc.integer({ min: 1, max: 8 }), (steps, most) => {
      const { admitted, refused } = admittedTimes(createRateLimit({ limit: most, windowMs: 100 }), steps);
      const inWindow = (at: number) => admitted.filter((t) => t > at - 100 && t <= at).length;
      expect(admitted.every((at) => inWindow(at) <= most)).toBe(true);
      expect(refused.every((at) => inWindow(at) === most)).toBe(true);
    }),
  );
});

test("fixed: each window has its own places, whatever its phase", () => {
  fc.assert(
    fc.property(gaps, fc.integer({ min: 0, max: 99 }), (steps, fixedPhaseMs) => {
      const limit = createRateLimit({ limit: 3, windowMs: 100, kind: { fixedPhaseMs } });
      const { admitted, refused } = admittedTimes(limit, steps);
      const windowOf = (at: number) => Math.floor((at - fixedPhaseMs) / 100);
      const inWindow = (at: number) => admitted.filter((t) => windowOf(t) === windowOf(at)).length;
      expect(admitted.every((at) => inWindow(at) <= 3)).toBe(true);
      expect(refused.every((at) => inWindow(at) === 3)).toBe(true);
    }),
  );
});

test("the time that a refusal names is the earliest that is admitted", () => {
  fc.assert(
    fc.property(gaps, fc.constantFrom("sliding" as const, "bucket" as const, { fixedPhaseMs: 30 }), (steps, kind) => {
      const limit = createRateLimit({ limit: 3, windowMs: 100, kind });
      let now = 0;
      for (const step of steps) {
        now += step;
        limit.admit(now);
      }
      const verdict = limit.admit(now);
      if (verdict.isAdmitted) return;
      expect(limit.admit(now + verdict.retryAfterMs - 1).isAdmitted).toBe(false);
      expect(limit.admit(now + verdict.retryAfterMs).isAdmitted).toBe(true);
    }),
  );
});

test("another client uses up no more places than are left", () => {
  const limit = createRateLimit({ limit: 5, windowMs: 100 });
  limit.useUp(50, 0);
  expect(limit.admit(99)).toEqual({ isAdmitted: false, retryAfterMs: 1 });
  expect(limit.admit(100)).toEqual({ isAdmitted: true, remaining: 4 });
});

test("120 requests in any 60 seconds over HTTP, then 429 with Retry-After", async () => {
  let now = 5_000_000;
  const { v1, simulator } = await converse({ now: () => now, accounts: ["1", "2"] });
  const list = () => v1("GET", "/httpServiceGroups");
  for (let i = 0; i < 120; i++) expect((await list()).status).toBe(200);
  now += 20_500;
  const refused = await list();
  expect(refused).toMatchObject({ status: 429, body: { generalMessage: expect.any(String) } });
  expect(refused.headers.get("retry-after")).toBe("40");
  now += 39_500;
  expect((await list()).status).toBe(200);
  expect(simulator.requests.filter(({ status }) => status === 429)).toHaveLength(1);
});

test("each sub-account has its own limit, or the user has one for all", async () => {
  for (const [scope, expected] of [
    ["account", 200],
    ["user", 429],
  ] as const) {
    const { v1, send, simulator } = await converse({
      limit: 1,
      profile: { "rate.scope": scope },
      accounts: ["1", "2"],
    });
    await v1("GET", "/httpServiceGroups");
    expect((await v1("GET", "/httpServiceGroups")).status).toBe(429);
    const other = "/voice/api/v1/admin/accounts/2/httpServiceGroups";
    expect((await send("GET", other, { token: simulator.accessToken })).status).toBe(expected);
  }
});

test("the headers about the limit are a matter of the profile", async () => {
  const all = await converse({ limit: 1, profile: { "rate.headers": "present" } });
  const { headers } = await all.v1("GET", "/httpServiceGroups");
  expect(headers.get("x-rate-limit-limit")).toBe("1");
  expect(headers.get("x-rate-limit-remaining")).toBe("0");
  expect(headers.get("x-rate-limit-window")).toBe("60");
  const none = await converse({ limit: 1, profile: { "rate.retryAfter": "absent" } });
  await none.v1("GET", "/httpServiceGroups");
  const refused = await none.v1("GET", "/httpServiceGroups");
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, null]);
});

test("requests that RingCX refuses for another reason count too; those without a valid token do not", async () => {
  const { v1, send } = await converse({ limit: 2 });
  await send("GET", "/voice/api/v1/admin/accounts/123456/httpServiceGroups", { token: "unknown" });
  expect((await v1("GET", "/httpServiceGroups/1")).status).toBe(404);
  expect((await v1("POST", "/httpServiceGroups", {})).status).toBe(400);
  expect((await v1("GET", "/httpServiceGroups")).status).toBe(429);
});
