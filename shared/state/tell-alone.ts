import { randomUUID } from "node:crypto";
import type { Clock } from "../primitives/clock.ts";
import { boundedKey } from "./bounded-key.ts";
import { acquireLease } from "./lease.ts";
import type { Key, StateTable } from "./table.ts";
import { isUnreadable } from "./unreadable-item.ts";

/** Longest that it takes to say what is new, in milliseconds: afterwards whoever is at it has died. */
const longestMs = 60_000;

/**
 * The right to say what is new about something, for one at a time. Who has it reads again what was said, says the rest and
 * writes that down; whoever saw the same at the same moment leaves it to that one and looks again next time. So what is
 * said once is said once, however many see it; one that dies before it was written down is followed by one that says it.
 */
export class TellingRight {
  readonly #dependencies: { table: StateTable; clock: Clock };
  readonly #key: Key;
  #release: (() => Promise<void>) | undefined;

  /** @param about the item that says what was told */
  constructor(dependencies: { table: StateTable; clock: Clock }, { pk, sk }: Key) {
    this.#dependencies = dependencies;
    this.#key = { pk, sk: boundedKey(`TELLING#${sk}`) };
  }

  /** @returns `had` where this one has it already, `no` where another one does */
  async take(): Promise<"taken" | "had" | "no"> {
    if (this.#release) return "had";
    const deadline = this.#dependencies.clock.now() + longestMs;
    const holding = { holder: randomUUID(), deadline };
    const lease = await acquireLease(this.#dependencies, this.#key, holding).catch(async (error: unknown) => {
      if (!isUnreadable(error)) throw error;
      // Better said twice than never, and nothing else waits for it.
      await this.#dependencies.table.delete(this.#key);
      return { release: async () => {} };
    });
    if (!("release" in lease)) return "no";
    this.#release = lease.release;
    return "taken";
  }

  async giveBack(): Promise<void> {
    await this.#release?.();
    this.#release = undefined;
  }
}

/**
 * Says what is new about something unless another one is at it.
 *
 * @param tell reads what was said, says the rest, and writes that down
 * @returns what `tell` returns, or `undefined` where another one is at it
 */
export async function tellAlone<T>(
  dependencies: { table: StateTable; clock: Clock },
  about: Key,
  tell: () => Promise<T>,
): Promise<T | undefined> {
  const right = new TellingRight(dependencies, about);
  if ((await right.take()) === "no") return undefined;
  try {
    return await tell();
  } finally {
    await right.giveBack();
  }
}
