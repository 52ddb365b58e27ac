import type { Profile } from "../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { noticed } from "./noticed.ts";
import { harmIn, stateOf } from "./state.ts";
import { type StoryWorld, steps, type Told } from "./story.ts";
import { startWorld, type WorldOptions } from "./world.ts";

/** What a step of the story came to that is more than a success. */
export interface StoryResult {
  /** What RingCX holds after each step. */
  states: Record<string, string[]>;
  /** What must never be, after whichever step. */
  harm: string[];
  /** Steps that threw, and messages that did not end. */
  stuck: string[];
  /** Everything that was told, by step. */
  told: { step: string; outcome: Told }[];
  /** What RingCX was asked, and what it answered: operation and status. */
  requests: string[];
}

/** The whole story under a profile, in one process. @param plant see {@link startWorld} */
export async function runStory(profile: Partial<Profile>, plant?: WorldOptions["plant"]): Promise<StoryResult> {
  return tell(await startWorld(profile, { plant }));
}

/** The whole story in a world, which it ends. */
export async function tell(world: StoryWorld): Promise<StoryResult> {
  const result: StoryResult = { states: {}, harm: [], stuck: [], told: [], requests: [] };
  try {
    for (const [name, step] of Object.entries(steps)) {
      const before = world.told.length;
      await step(world).catch((error: unknown) => void result.stuck.push(`${name}: ${String(error)}`));
      const open = await world.open();
      if (open > 0) result.stuck.push(`${name}: ${open} messages have not ended`);
      result.harm.push(...harmIn(world).map((harm) => `${name}: ${harm}`));
      result.states[name] = stateOf(world);
      result.told.push(...world.told.slice(before).map((outcome) => ({ step: name, outcome })));
    }
    result.requests = world.simulator.requests.map(({ operation, status }) => `${operation} ${status}`);
    return result;
  } finally {
    await world.stop();
  }
}

/** Outcomes that say that something was not done. */
export function failuresOf({ told }: StoryResult): string[] {
  return told
    .filter(({ outcome }) => !["SUCCEEDED", "NO_CHANGE", "PLANNED"].includes(outcome.status))
    .map(({ step, outcome }) => `${step} ${outcome.status}: ${outcome.summary} ${JSON.stringify(outcome)}`);
}

/**
 * What is wrong with a story under one alternative: nothing, where each step ended as by default, or where what failed was
 * told with the assumption that it failed by; and in neither case came anything to harm.
 *
 * @param alternative as `noticed` names it: `services.born: active`
 */
export function faultsOf(result: StoryResult, usual: StoryResult, alternative: string): string[] {
  const failures = failuresOf(result);
  const because = noticed[alternative];
  if (because !== undefined) {
    // Whatever differs from the usual end was told.
    const isTold = because.test(failures.join("\n"));
    return [...result.harm, ...result.stuck, ...(isTold ? [] : [`nothing was told that matches ${because}`])];
  }
  return [...result.harm, ...result.stuck, ...failures, ...differing(result, usual)];
}

/** What is wrong with a story under a whole profile: it may end otherwise than usual where it says what it could not do. */
export function faultsUnder(result: StoryResult, usual: StoryResult): string[] {
  const silently = failuresOf(result).length === 0 ? differing(result, usual) : [];
  return [...result.harm, ...result.stuck, ...silently];
}

/** How the states of a story differ from the usual ones. */
function differing(result: StoryResult, usual: StoryResult): string[] {
  return Object.entries(usual.states).flatMap(([step, lines]) => {
    const found = result.states[step] ?? [];
    return [
      ...lines.filter((line) => !found.includes(line)).map((line) => `${step}: there is no ${line}`),
      ...found.filter((line) => !lines.includes(line)).map((line) => `${step}: there must be no ${line}`),
    ];
  });
}
