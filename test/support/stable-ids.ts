import { deepStrictEqual } from "node:assert";
import type { Outcome } from "../../shared/contract/outcome.ts";

/**
 * Watches what is published: an id that comes again must say the same, at the same time. Subscribers drop what they have
 * seen, so another thing under the same id would never be heard.
 */
export class StableIds {
  readonly #seen = new Map<string, Pick<Outcome, "time" | "data">>();
  readonly #reused: Error[] = [];

  see({ id, time, data }: Pick<Outcome, "id" | "time" | "data">): void {
    const before = this.#seen.get(id);
    const now = JSON.parse(JSON.stringify({ time, data })) as Pick<Outcome, "time" | "data">;
    this.#seen.set(id, before ?? now);
    try {
      if (before) deepStrictEqual(now, before, `the id ${id} was used for something else`);
    } catch (error) {
      this.#reused.push(error as Error);
    }
  }

  /** @throws the first reuse of an id */
  check(): void {
    const [first] = this.#reused;
    if (first) throw first;
  }
}
