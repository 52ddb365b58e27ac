import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import { fromItem, outcomeKey, type StoredOutcome } from "../../../shared/records/outcome.ts";
import type { BaseDependencies } from "../../../shared/runtime/dependencies.ts";
import { isUnreadable } from "../../../shared/state/unreadable-item.ts";

type Dependencies = Pick<BaseDependencies, "outcomes" | "table">;

/**
 * Publishes what became of a change. A command has one outcome, under its own id: one that was told as done, and that a person
 * undid before that was noted, is not told as overtaken. What was told is told again, because whoever stored it may have
 * died before it was published.
 *
 * @param time ISO 8601
 */
export async function publishChange(dependencies: Dependencies, outcome: OutcomeData, time: string): Promise<void> {
  const stored = await toldBefore(dependencies, outcome);
  // As it was published, by whichever version.
  await (stored
    ? dependencies.outcomes.publish(stored.data as OutcomeData, stored.time)
    : dependencies.outcomes.publish(outcome, time));
}

async function toldBefore({ table }: Dependencies, { status, cause }: OutcomeData): Promise<StoredOutcome | undefined> {
  if (status !== "SUPERSEDED" || cause.type !== "ringcx.command.v1") return undefined;
  const item = await table.get(outcomeKey(cause.source, cause.id));
  try {
    return item && fromItem(item);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return undefined;
  }
}
