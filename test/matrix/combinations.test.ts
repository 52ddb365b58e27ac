import { expect, test } from "vitest";
import type { Profile } from "../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { failuresOf, runStory } from "./run-story.ts";

const combinations: Partial<Profile>[] = [
  { "inputs.save": "replaces", "errors.missing": "forbidden", "consistency.lists": "stale" },
];

/** Where several answers hide what was done, each of which alone does not: what is old must not be told as refused. */
test.each(combinations)("what is provisioned and changed is done, and not said to be refused (%j)", async (profile) => {
  const result = await runStory(profile);
  const failures = failuresOf(result).filter((one) => /^(provision|again|change|rename) /.test(one));
  expect([...failures, ...result.harm, ...result.stuck]).toEqual([]);
});
