import { beforeAll, expect, test } from "vitest";
import { type AssumptionName, answersOf } from "../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { singleAlternatives } from "../../infra/local/ringcx-simulator/assumptions/profile.ts";
import { isChosen } from "../support/runs.ts";
import { noticed } from "./noticed.ts";
import { failuresOf, faultsOf, runStory, type StoryResult } from "./run-story.ts";

/** A story takes half a second, and much more where others have the machine. */
/**
 * The story under each single alternative of some areas: every step ends as by default, or what failed was told, with the
 * assumption that it failed by, and nothing came to harm.
 *
 * @param isWhole every alternative; otherwise one of every second assumption, and all that must be noticed
 */
export function testSingles(areas: readonly string[], { isWhole }: { isWhole: boolean }): void {
  let usual: StoryResult;
  beforeAll(async () => {
    usual = await runStory({});
    expect(failuresOf(usual)).toEqual([]);
  });

  const isTried = ({ name, answer }: { name: AssumptionName; answer: string }) =>
    isWhole || answer === answersOf(name)[1] || `${name}: ${answer}` in noticed;
  const alternatives = singleAlternatives()
    .filter(({ name }) => areas.includes(name.split(".")[0] ?? ""))
    .filter(isTried)
    .filter(({ name, answer }, index) => isChosen(index, 9) || `${name}: ${answer}` in noticed);
  test.each(alternatives)("$name: $answer", async ({ name, answer }) => {
    const result = await runStory({ [name]: answer });
    expect(faultsOf(result, usual, `${name}: ${answer}`)).toEqual([]);
  });
}
