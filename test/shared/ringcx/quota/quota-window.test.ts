import fc from "fast-check";
import { expect, test } from "vitest";
import type { Priority } from "../../../../shared/ringcx/quota/quota-policy.ts";
import {
  decideCapacity,
  decideClaim,
  emptyWindow,
  paused,
  type QuotaWindow,
  usedUpWindow,
} from "../../../../shared/ringcx/quota/quota-window.ts";
import { runs } from "../../../support/runs.ts";

const settings = { limit: 120, windowMs: 60_000, guardMs: 700 };
const span = settings.windowMs + settings.guardMs;
const patience = 60_000;

/** Claims one after the other at the given times; each answer that came. */
function claims(asked: readonly { afterMs: number; priority: Priority; horizonMs: number }[]) {
  let now = 1_000_000;
  let window: QuotaWindow = emptyWindow;
  const granted: { at: number; askedAt: number; priority: Priority }[] = [];
  for (const { afterMs, priority, horizonMs } of asked) {
    now += afterMs;
    const decision = decideClaim(window, now, priority, settings, horizonMs);
    if (decision.kind === "deferred") continue;
    window = decision.window;
    granted.push({ at: decision.at, askedAt: now, priority });
  }
  return { now, window, granted };
}

const asked = fc.array(
  fc.record({
    afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 70_000 })),
    priority: fc.constantFrom<Priority>("urgent", "rotation", "bulk", "wave"),
    horizonMs: fc.constantFrom(0, 2_000, 60_000),
  }),
  { minLength: 100, maxLength: 500 },
);

test("no alignment of a window ever holds more than the limit", () => {
  fc.assert(
    fc.property(asked, (calls) => {
      const times = claims(calls)
        .granted.map(({ at }) => at)
        .sort((a, b) => a - b);
      return times.every((time, index) => (times[index + settings.limit] ?? Number.POSITIVE_INFINITY) - time >= span);
    }),
    { numRuns: runs(200) },
  );
});

test("a slot is never in the past and never beyond the horizon", () => {
  fc.assert(
    fc.property(asked, (calls) => {
      const horizons = new Map(calls.map((call, index) => [index, call.horizonMs]));
      let now = 1_000_000;
      let window: QuotaWindow = emptyWindow;
      for (const [index, { afterMs, priority }] of calls.entries()) {
        now += afterMs;
        const horizonMs = horizons.get(index) ?? 0;
        const decision = decideClaim(window, now, priority, settings, horizonMs);
        if (decision.kind === "deferred") {
          if (decision.retryAfterMs <= horizonMs / 2) return false;
          continue;
        }
        if (decision.at < now || decision.at > now + horizonMs) return false;
        window = decision.window;
      }
      return true;
    }),
    { numRuns: runs(100) },
  );
});

test("whatever bulk took, two urgent calls go at once and twenty within ten seconds", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 100, maxLength: 400 }),
      fc.integer({ min: 0, max: 5_000 }),
      (steps, laterMs) => {
        const bulk = steps.map((afterMs) => ({ afterMs, priority: "bulk" as const, horizonMs: 0 }));
        let { now, window } = claims(bulk);
        now += laterMs;
        const slots = Array.from({ length: 20 }, () => {
          const decision = decideClaim(window, now, "urgent", settings, patience);
          if (decision.kind === "deferred") return Number.POSITIVE_INFINITY;
          window = decision.window;
          return decision.at - now;
        });
        return slots[1] === 0 && (slots[19] ?? 0) <= 10_000;
      },
    ),
    { numRuns: runs(300) },
  );
});

test("a deferred call is given the time of its slot, and gets it then", () => {
  const wave = Array.from({ length: 200 }, () => ({ afterMs: 0, priority: "bulk" as const, horizonMs: 2_000 }));
  const { now, window, granted } = claims(wave);
  expect(granted).toHaveLength(100); // 120 less what the reserve keeps for the next ten seconds
  const decision = decideClaim(window, now, "bulk", settings, 2_000);
  expect(decision).toEqual({ kind: "deferred", retryAfterMs: span - 11_000 }); // half a horizon before it opens
  expect(decideClaim(window, now + span - 11_000, "bulk", settings, 2_000)).toMatchObject({ at: now + span - 10_000 });
  expect(decideClaim(window, now + span - 10_000, "bulk", settings, 0).kind).toBe("granted");
});

test("a wave leaves what an outage needs, and ten places more for small messages", () => {
  const wave = Array.from({ length: 200 }, () => ({ afterMs: 0, priority: "wave" as const, horizonMs: 0 }));
  const { now, window, granted } = claims(wave);
  expect(granted).toHaveLength(90);
  let after = window;
  for (let call = 0; call < 10; call += 1) {
    const decision = decideClaim(after, now, "bulk", settings, 0);
    expect(decision.kind).toBe("granted");
    if (decision.kind === "granted") after = decision.window;
  }
  expect(decideClaim(after, now, "bulk", settings, 0).kind).toBe("deferred");
});

test("urgent has the whole limit, then the very moment at which the first place opens", () => {
  const { now, window, granted } = claims(
    Array.from({ length: 120 }, () => ({ afterMs: 1, priority: "urgent" as const, horizonMs: 0 })),
  );
  expect(granted).toHaveLength(120);
  const first = granted[0]?.at ?? 0;
  const decision = decideClaim(window, now, "urgent", settings, span);
  expect(decision).toMatchObject({ kind: "granted", at: first + span });
});

test("an urgent call passes reservations that bulk holds for later", () => {
  const { window } = claims([{ afterMs: 0, priority: "bulk", horizonMs: 0 }]);
  const reserved: QuotaWindow = { ...window, grants: [...window.grants, 1_001_500, 1_001_900] };
  expect(decideClaim(reserved, 1_000_100, "urgent", settings, patience)).toMatchObject({
    kind: "granted",
    at: 1_000_100,
  });
});

test("the window stays bounded: what can no longer matter is dropped", () => {
  const steps = Array.from({ length: 2_000 }, () => ({ afterMs: 500, priority: "urgent" as const, horizonMs: 60_000 }));
  // What is reserved lies at most a horizon ahead, so at most twice the limit is ever kept.
  expect(claims(steps).window.grants.length).toBeLessThanOrEqual(2 * settings.limit);
});

test("the smallest limits leave something to everybody", () => {
  for (const limit of [1, 2, 3, 10]) {
    for (const priority of ["urgent", "rotation", "bulk", "wave"] as const) {
      const decision = decideClaim(emptyWindow, 1_000_000, priority, { ...settings, limit }, 0);
      expect(decision.kind, `${priority} at a limit of ${limit}`).toBe("granted");
    }
  }
});

test("would so many calls fit? As many as would be granted, and no number is hopeless", () => {
  expect(decideCapacity(emptyWindow, 0, 50, "bulk", settings, 2_000)).toEqual({ fits: true });
  expect(decideCapacity(emptyWindow, 0, 10_000, "bulk", settings, 2_000)).toEqual({ fits: true });
  const { now, window } = claims(
    Array.from({ length: 90 }, () => ({ afterMs: 0, priority: "bulk" as const, horizonMs: 0 })),
  );
  expect(decideCapacity(window, now, 10, "bulk", settings, 2_000)).toEqual({ fits: true });
  expect(decideCapacity(window, now, 11, "bulk", settings, 2_000)).toEqual({
    fits: false,
    retryAfterMs: span - 11_000,
  });
});

test("a 429 pauses everybody for Retry-After", () => {
  const after = paused(emptyWindow, 5_000, 7_000, 0.5, settings);
  for (const priority of ["urgent", "rotation", "bulk", "wave"] as const) {
    expect(decideClaim(after, 6_000, priority, settings, patience)).toMatchObject({ kind: "granted", at: 12_000 });
  }
});

test("without Retry-After the pause doubles with every 429 in a row, with jitter, up to a window", () => {
  let window = emptyWindow;
  let now = 1_000_000;
  const pauses = Array.from({ length: 9 }, () => {
    window = paused(window, now, undefined, 0.999, settings);
    const pauseMs = window.pausedUntil - now;
    now = window.pausedUntil;
    return pauseMs;
  });
  expect(pauses).toEqual([600, 1200, 2399, 4798, 9596, 19191, 38381, 59970, 59970]);
  const quiet = paused(window, now + settings.windowMs, undefined, 0, settings);
  expect(quiet.pausedUntil - now - settings.windowMs).toBe(300);
});

test("429s of requests that were under way together are one: the pause does not grow", () => {
  let window = paused(emptyWindow, 1_000_000, undefined, 0.999, settings);
  const { pausedUntil } = window;
  for (let ms = 1; ms < 10; ms += 1) window = paused(window, 1_000_000 + ms, undefined, 0.999, settings);
  expect(window).toMatchObject({ pausedUntil, refusals: 1 });
});

test("a 429 long after a short pause begins with a short pause again", () => {
  const first = paused(emptyWindow, 1_000_000, undefined, 0.999, settings);
  const second = paused(first, first.pausedUntil + 6_000, undefined, 0.999, settings);
  expect(second.pausedUntil - first.pausedUntil - 6_000).toBe(600);
});

test("a 429 says that somebody else used the rest: bulk leaves the first places that open to urgent", () => {
  const { now, window } = claims(
    Array.from({ length: 80 }, () => ({ afterMs: 100, priority: "bulk" as const, horizonMs: 0 })),
  );
  const after = paused(window, now, undefined, 0, settings);
  const claim = (priority: Priority) => decideClaim(after, after.pausedUntil, priority, settings, patience);
  const [urgent, bulk] = [claim("urgent"), claim("bulk")];
  if (urgent.kind !== "granted" || bulk.kind !== "granted") throw new Error("nothing granted");
  expect(urgent.at - now).toBeLessThan(3_000); // 40 places of somebody else leave the window one by one
  expect(bulk.at).toBeGreaterThan(urgent.at);
  expect(after.grants.filter((grant) => grant > now - settings.windowMs)).toHaveLength(settings.limit);
});

test("however many 429s there are, the window stays bounded", () => {
  fc.assert(
    fc.property(asked, fc.array(fc.integer({ min: 1, max: 20_000 }), { maxLength: 50 }), (calls, steps) => {
      let { now, window } = claims(calls);
      for (const afterMs of steps) {
        now += afterMs;
        const claim = decideClaim(window, now, "urgent", settings, 2_000);
        if (claim.kind === "granted") window = claim.window;
        window = paused(window, now, undefined, 0, settings);
      }
      const { grants } = window;
      const isAscending = grants.every((grant, index) => grant >= (grants[index - 1] ?? 0));
      return isAscending && grants.length <= 3 * settings.limit;
    }),
    { numRuns: runs(50) },
  );
});

test("a later 429 never shortens a pause", () => {
  const long = paused(emptyWindow, 0, 30_000, 0, settings);
  expect(paused(long, 1_000, 1_000, 0, settings).pausedUntil).toBe(30_000);
});

test("of a scope of which nothing is known, nobody sends for a whole window", () => {
  const now = 1_000_000;
  const window = usedUpWindow(now, settings);
  expect(window).toEqual({ ...emptyWindow, grants: Array(120).fill(now), wroteAt: now });
  expect(decideClaim(window, now, "urgent", settings, patience * 2)).toMatchObject({ at: now + span });
});

test("a slot is not before the lead that a call asks for", () => {
  expect(decideClaim(emptyWindow, 1_000_000, "urgent", settings, patience, 500)).toMatchObject({ at: 1_000_500 });
});

test("as many calls as a window holds are asked for at once, the reserve left out, and half of that at most", () => {
  const used = (count: number): QuotaWindow => ({ ...emptyWindow, grants: Array(count).fill(1_000_000) });
  const asked = (count: number, calls: number, horizonMs = 0) =>
    decideCapacity(used(count), 1_000_000, calls, "bulk", settings, horizonMs);
  // 100 places are bulk's: 50 are asked for, however many calls there are.
  expect(asked(50, 1_000)).toEqual({ fits: true });
  expect(asked(51, 1_000)).toMatchObject({ fits: false });
  // The 50th is there when the first grant no longer counts in ten seconds: then, and not a millisecond before.
  expect(asked(51, 1_000, span - 10_000)).toEqual({ fits: true });
  expect(asked(51, 1_000, span - 10_001)).toMatchObject({ fits: false });
});

test("a pause that RingCX asks for is taken in also during another one, and 429s one soon after the other are a row", () => {
  const now = 1_000_000;
  const first = paused(emptyWindow, now, 1_000, 0, settings);
  expect(first).toMatchObject({ refusals: 1, pausedUntil: now + 1_000 });
  expect(paused(first, now + 10, 5_000, 0, settings)).toMatchObject({ refusals: 2, pausedUntil: now + 5_010 });
  // A twelfth of a window after the pause, or as long as the next back-off where that is longer.
  expect(paused(first, now + 5_999, undefined, 0, settings).refusals).toBe(2);
  expect(paused(first, now + 6_000, undefined, 0, settings).refusals).toBe(1);
});

test("after a 429 others have had what is not ours, evenly over the last window", () => {
  const now = 1_000_000;
  const small = { limit: 4, windowMs: 1_000, guardMs: 0 };
  const ours = [now - 1_500, now - 100, now - 50, now + 20];
  const { grants } = paused({ ...emptyWindow, grants: ours }, now, undefined, 0, small);
  expect(grants).toEqual([now - 1_500, now - 750, now - 250, now - 100, now - 50, now + 20]);
});
