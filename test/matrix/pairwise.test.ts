import { beforeAll, describe, expect, test } from "vitest";
import { isLongRun } from "../support/runs.ts";
import { allPairs, coveringArray, pairsIn } from "./covering-array.ts";
import { faultsUnder, runStory, type StoryResult } from "./run-story.ts";

const rows = isLongRun ? coveringArray() : [];

test.runIf(isLongRun)("every pair of answers is in one of the profiles", () => {
  const covered = new Set(rows.flatMap((row) => pairsIn(row)));
  expect([...allPairs()].filter((pair) => !covered.has(pair))).toEqual([]);
});

describe.runIf(isLongRun)("the story under a profile of the covering array", () => {
  let usual: StoryResult;
  beforeAll(async () => {
    usual = await runStory({});
  });

  test.for(rows.map((profile, index) => ({ index, profile })))(
    "$index does no harm, ends, and ends as usual or says what it could not do",
    async ({ profile }) => {
      expect(faultsUnder(await runStory(profile), usual)).toEqual([]);
    },
  );
});

// A usual run has the singles; the file is not empty then.
test.skipIf(isLongRun)("runs in npm run test:long", () => {
  expect(rows).toEqual([]);
});
