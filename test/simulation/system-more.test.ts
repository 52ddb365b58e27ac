import { expect, test } from "vitest";
import { historyOf, play, seedsOf } from "./system/run.ts";

test("the second half of the seeds of system.test.ts: the whole system settles", { timeout: 3_600_000 }, async () => {
  for (const seed of seedsOf("second half")) {
    const { violations } = await play(historyOf(seed), seed);
    expect(violations, `npm run simulate -- --seed ${seed} --trace`).toEqual([]);
  }
});
