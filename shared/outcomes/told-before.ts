import type { Cause, OutcomeData } from "../contract/outcome.ts";
import { correlatedWith } from "../records/noted-outcome.ts";
import { fromItem, outcomeKey } from "../records/outcome.ts";
import type { StateTable } from "../state/table.ts";
import { isUnreadable } from "../state/unreadable-item.ts";
import type { Outcomes } from "./outcome-publisher.ts";

/** Whether this very outcome is stored. One that cannot be read is not known to be. */
export async function isStored(table: StateTable, { cause, status, summary }: OutcomeData): Promise<boolean> {
  const stored = await readStored(table, cause);
  return stored?.data.status === status && stored.data.summary === summary;
}

/**
 * Tells what was told of a cause before, as it was and with its time. An outcome is stored before it is published: that it is
 * there does not say that anybody has heard of it, and whoever has drops it by its id.
 *
 * @returns whether anything was; one that cannot be read is told anew
 */
export async function tellAsBefore(
  { table, outcomes }: { table: StateTable; outcomes: Outcomes },
  cause: Pick<Cause, "source" | "id">,
): Promise<boolean> {
  const stored = await readStored(table, cause);
  if (!stored) return false;
  // Before outcomes said for which events they were made, these were their cause's.
  await outcomes.publish(correlatedWith(stored.data as OutcomeData, cause.id), stored.time);
  return true;
}

/**
 * Opens again what was refused and is moved back: the refusal is no answer to the delivery that follows it.
 *
 * @param sentAt when SQS took that delivery in, epoch milliseconds; what was refused since then stays told
 */
export async function reopen(
  { table }: { table: StateTable },
  cause: Pick<Cause, "source" | "id">,
  sentAt: number,
): Promise<void> {
  const stored = await readStored(table, cause);
  const isRefusal = stored?.data.status === "REJECTED" || stored?.data.status === "FAILED";
  if (isRefusal && Date.parse(stored.time) < sentAt) await table.delete(outcomeKey(cause.source, cause.id));
}

/** @returns `undefined` for one that cannot be read, too */
async function readStored(table: StateTable, { source, id }: Pick<Cause, "source" | "id">) {
  const item = await table.get(outcomeKey(source, id));
  if (!item) return undefined;
  try {
    return fromItem(item);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return undefined;
  }
}
