import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import type { Outcomes } from "../../../shared/outcomes/outcome-publisher.ts";
import type { Told } from "../../../shared/records/account/told.ts";

/** The outcome of something wrong: that it has begun, with what is wrong; or that it has ended. */
export type ToldOutcome<One extends Told> = (
  told: One,
  what: "begun" | "ended",
  problem?: { message: string; hint: string },
) => OutcomeData;

/**
 * Publishes what began and what ended, as it was noted: noted first, then published, then marked as published. So after a
 * crash the same is said again with the same id, time and words, and nothing is lost.
 */
export async function publishTold<One extends Told>(
  outcomes: Outcomes,
  all: readonly One[],
  outcomeOf: ToldOutcome<One>,
): Promise<void> {
  for (const told of all) {
    const { unpublished, since, endedAt } = told;
    if (unpublished) await outcomes.publish(outcomeOf(told, "begun", unpublished), since);
    if (endedAt !== undefined) await outcomes.publish(outcomeOf(told, "ended"), endedAt);
  }
}

/** What is left once all of it has been published. */
export function publishedTold<One extends Told>(all: readonly One[]): One[] {
  return all.flatMap(({ unpublished: _published, ...told }) => (told.endedAt === undefined ? [told as One] : []));
}

/** Whether there is anything to publish. */
export function hasUnpublished(all: readonly Told[]): boolean {
  return all.some(({ unpublished, endedAt }) => unpublished !== undefined || endedAt !== undefined);
}
