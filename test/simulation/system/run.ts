import fc from "fast-check";
import { answersIn } from "../../../infra/local/ringcx-simulator/assumptions/profile.ts";
import { runs } from "../../support/runs.ts";
import { type Happening, longHistory, shortHistory } from "./happenings.ts";
import { violationsIn } from "./invariants.ts";
import { Player } from "./play.ts";
import { System } from "./system.ts";

/**
 * How long after the last fault the world is looked at, in milliseconds of virtual time. It is settled where nothing is wrong:
 * at the first look of a short history, at the second of a long one, at the latest at the last.
 */
const looksMs = [6 * 60_000, 15 * 60_000, 25 * 60_000];

/** Seeds in each half that a usual run can afford; `npm run simulate -- --seeds 10000` plays more, and shortens what fails. */
const usual = 150;

/** One seed in so many has a long history, which costs as much as five short ones. What happens and what fails is the same. */
const longOneIn = 10;

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
  const [found = []] = fc.sample(isLong(seed) ? longHistory : shortHistory, { seed, numRuns: 1 });
  return found;
}

function isLong(seed: number): boolean {
  return seed % longOneIn === 0;
}

/** Plays a history, lets the world settle, and looks at it. @param seed of everything that the history leaves to chance */
export async function play(happenings: readonly Happening[], seed: number): Promise<Run> {
  const answers = happenings.flatMap((one) => (one.do === "profile" ? [one.answers] : []));
  const system = await System.start(seed, answersIn(Object.assign({}, ...answers)));
  const player = new Player(system);
  try {
    await player.begin({ isEmpty: happenings.some((one) => one.do === "from nothing") });
    for (const one of happenings) await player.play(one);
    await player.heal();
    const healedAt = system.time.now;
    let violations: string[] = [];
    for (const lookMs of looksMs.slice(isLong(seed) ? 1 : 0)) {
      await system.live(healedAt + lookMs - system.time.now);
      violations = await system.time.run(violationsIn(player));
      if (violations.length === 0) break;
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
