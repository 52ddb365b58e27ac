import { describe, expect, test } from "vitest";
import { kinds, measure } from "../../bench/large-message.ts";
import { isLongRun } from "../../support/runs.ts";

/** So many times the fewest requests that can do it, at most. */
const most = 1.3;

const counts = isLongRun ? [1, 40, 100, 200] : [40];
const cases = kinds.flatMap((kind) =>
  counts.flatMap((count) => (isLongRun ? [false, true] : [false]).map((isBeside) => ({ kind, count, isBeside }))),
);

describe("a large message takes hardly more requests than it needs, and none is refused", () => {
  test.for(cases.map((one) => ({ ...one, what: one.kind.what })))(
    "$what: $count, beside others: $isBeside",
    { timeout: 120_000 },
    async ({ kind, count, isBeside }) => {
      const { requests, least, limited } = await measure(kind, count, isBeside);
      expect(requests / least).toBeLessThanOrEqual(most);
      expect(limited).toBe(0);
    },
  );
});
