import { expect, it, test } from "vitest";
import { quotaSettingsSchema, reserveOf } from "../../../../shared/ringcx/quota/quota-policy.ts";

test("what is not set is RingCX's limit, of each account", () => {
  expect(quotaSettingsSchema.parse({})).toEqual({ limit: 120, windowMs: 60_000, guardMs: 700, scope: "account" });
});

it.each([
  { limit: 1, windowMs: 1, guardMs: 0, scope: "account" },
  { limit: 100_000, windowMs: 3_600_000, guardMs: 60_000, scope: "connection" },
] as const)("the bounds themselves are taken: %j", (settings) => {
  expect(quotaSettingsSchema.parse(settings)).toEqual(settings);
});

it.each([
  { limit: 0 },
  { limit: 100_001 },
  { limit: 1.5 },
  { windowMs: 0 },
  { windowMs: 3_600_001 },
  { guardMs: -1 },
  { guardMs: 60_001 },
  { scope: "" },
  { scope: "user" },
  { unknown: 1 },
])("refused: %j", (settings) => {
  expect(quotaSettingsSchema.safeParse(settings).success).toBe(false);
});

it.each([
  ["urgent", 0, []],
  ["rotation", 1, [[10, 10_000]]],
  ["bulk", 2, [[20, 10_000]]],
  [
    "wave",
    2,
    [
      [20, 10_000],
      [30, 15_000],
    ],
  ],
] as const)("%s leaves %i at once, and later %j", (priority, atOnce, soon) => {
  const { soon: left, ...reserve } = reserveOf(priority, { limit: 120, windowMs: 60_000 });
  expect(reserve).toEqual({ atOnce });
  expect(left.map(({ slots, withinMs }) => [slots, withinMs])).toEqual(soon);
});
