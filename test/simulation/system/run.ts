import fc from "fast-check";
import { answersIn } from "../../../infra/local/ringcx-simulator/assumptions/profile.ts";
import { runs } from "../../support/runs.ts";
import { type Happening, history } from "./happenings.ts";
import { violationsIn } from "./invariants.ts";
import { Player } from "./play.ts";
import { System } from "./system.ts";

/** How long after the last fault everything is as it should be, in milliseconds of virtual time: usually, and at the latest. */
const settleMs = { usually: 15 * 60_000, latest: 25 * 60_000 };

/** Seeds in each half that a usual run can afford; `npm run simulate -- --seeds 10000` plays more, and shortens what fails. */
const usual = 20;

/** The seeds of a test run, in two halves that run beside each other. */
export function seedsOf(half: "first half" | "second half"): number[] {
  const count = runs(usual);
  return Array.from({ length: count }, (_, index) => index + 1 + (half === "first half" ? 0 : count));
}

/** What a history came to. */
export interface Run {
  violations: string[];
  trace: string[];
}

/** The history of a seed. */
export function historyOf(seed: number): Happening[] {
  const [found = []] = fc.sample(history, { seed, numRuns: 1 });
  return found;
}

/** Plays a history, lets the world settle, and looks at it. @param seed of everything that the history leaves to chance */
export async function play(happenings: readonly Happening[], seed: number): Promise<Run> {
  const answers = happenings.flatMap((one) => (one.do === "profile" ? [one.answers] : []));
  const system = await System.start(seed, answersIn(Object.assign({}, ...answers)));
  const player = new Player(system);
  try {
    await player.begin();
    for (const one of happenings) await player.play(one);
    await player.heal();
    await system.live(settleMs.usually);
    let violations = await system.time.run(violationsIn(player));
    if (violations.length > 0) {
      await system.live(settleMs.latest - settleMs.usually);
      violations = await system.time.run(violationsIn(player));
    }
    return { violations, trace: system.trace };
  } catch (error) {
    return { violations: [`it cannot go on: ${error instanceof Error ? error.stack : error}`], trace: system.trace };
  } finally {
    await system.stop();
  }
}

/** The shortest history that still fails, found by leaving out what can be left out: halves first, then single happenings. */
export async function shrink(happenings: readonly Happening[], seed: number): Promise<Happening[]> {
  let left = [...happenings];
  for (let size = Math.ceil(left.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < left.length; ) {
      const without = left.toSpliced(at, size);
      if ((await play(without, seed)).violations.length > 0) left = without;
      else at += size;
    }
  }
  return left;
}
