import { isDeepStrictEqual } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import type { Profile } from "../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { singleAlternatives } from "../../infra/local/ringcx-simulator/assumptions/profile.ts";
import { isLongRun } from "../support/runs.ts";
import { coveringArray } from "./covering-array.ts";
import { startDeployedWorld } from "./deployed-world.ts";
import { failuresOf, faultsOf, faultsUnder, runStory, type StoryResult, tell } from "./run-story.ts";

/** Some seconds of work, and where reads are old minutes of waiting; much more where others have the machine. */
const options = { timeout: 1_200_000 };

/** The limit is never reached here, so it makes no difference how it counts. */
const alternatives = isLongRun ? singleAlternatives().filter(({ name }) => !name.startsWith("rate.")) : [];
const rows = isLongRun ? coveringArray() : [];

async function deployed(profile: Partial<Profile>): Promise<StoryResult> {
  return tell(await startDeployedWorld(profile));
}

/**
 * The same story through the template's queues, roles and bundles: under each alternative that makes a difference to what
 * RingCX is asked, which the story in one process shows, and under each profile of the covering array. Most of a story is
 * waiting, so some are told side by side (vitest's `maxConcurrency`), each with a host of its own.
 */
describe.runIf(isLongRun).concurrent("the story through the deployed form", () => {
  let usual: StoryResult;
  let inOneProcess: StoryResult;
  beforeAll(async () => {
    usual = await deployed({});
    inOneProcess = await runStory({});
  }, options.timeout);

  test("by default it comes to the end that it has in one process", () => {
    expect([...usual.harm, ...usual.stuck, ...failuresOf(usual)]).toEqual([]);
    expect(usual.states).toEqual(inOneProcess.states);
  });

  test.for(alternatives)("$name: $answer", options, async ({ name, answer }, { skip }) => {
    const profile = { [name]: answer };
    const { requests } = await runStory(profile);
    if (isDeepStrictEqual(requests, inOneProcess.requests)) skip("RingCX is asked the same as by default");
    expect(faultsOf(await deployed(profile), usual, `${name}: ${answer}`)).toEqual([]);
  });

  test.for(rows.map((profile, index) => ({ index, profile })))("row $index", options, async ({ profile }) => {
    expect(faultsUnder(await deployed(profile), usual)).toEqual([]);
  });
});

// A usual run has the story in one process; the file is not empty then.
test.skipIf(isLongRun)("runs in npm run test:long", () => {
  expect([...alternatives, ...rows]).toEqual([]);
});
