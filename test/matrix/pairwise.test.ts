import { beforeAll, describe, expect, test } from "vitest";
import type { Profile } from "../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { defaultProfile } from "../../infra/local/ringcx-simulator/assumptions/profile.ts";
import { isLongRun } from "../support/runs.ts";
import { allPairs, coveringArray, pairsIn } from "./covering-array.ts";
import { failuresOf, runStory, type StoryResult } from "./run-story.ts";

const rows = isLongRun ? coveringArray() : [];

test.runIf(isLongRun)("every pair of answers is in one of the profiles", () => {
  const covered = new Set(rows.flatMap((row) => pairsIn(row)));
  expect([...allPairs()].filter((pair) => !covered.has(pair))).toEqual([]);
});

/**
 * Where RingCX chooses the ids of auth configs, answers a creation with nothing, and its lists are old as well, sending a
 * message again within seconds makes another auth config: nothing that could be asked shows the first one, or that its id is
 * another. It is told each time, and no service uses it.
 */
function isKnown(harm: string, profile: Profile): boolean {
  return (
    /second auth config/.test(harm) &&
    profile["authConfigs.id"] === "replaced" &&
    profile["authConfigs.answer"] === "nothing" &&
    profile["consistency.lists"] === "stale"
  );
}

describe.runIf(isLongRun)("the story under a profile of the covering array", () => {
  let usual: StoryResult;
  beforeAll(async () => {
    usual = await runStory({});
  });

  test.for(rows.map((profile, index) => ({ index, profile })))(
    "$index does no harm, ends, and ends as usual or says what it could not do",
    async ({ profile }) => {
      const result = await runStory(profile);
      const differing = Object.entries(profile).filter(([name, answer]) => defaultProfile[name as never] !== answer);
      const context = JSON.stringify(Object.fromEntries(differing));
      expect(
        result.harm.filter((harm) => !isKnown(harm, profile)),
        context,
      ).toEqual([]);
      expect(result.stuck, context).toEqual([]);
      if (failuresOf(result).length === 0) expect(result.states, context).toEqual(usual.states);
    },
  );
});

// A usual run has the singles; the file is not empty then.
test.skipIf(isLongRun)("runs in npm run test:long", () => {
  expect(rows).toEqual([]);
});
