import type { Outcomes } from "../../../shared/outcomes/outcome-publisher.ts";
import { saveHistoryEntry } from "../../../shared/records/credential/rotation-history.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import type { LeasedRecord } from "../record/leased-record.ts";
import { rotationOutcome } from "./rotation-outcome.ts";

/** What publishing stands on. */
export interface PublishDependencies {
  table: StateTable;
  outcomes: Outcomes;
}

/**
 * Puts what happened into the history and publishes it, at least once: an entry is written together with the state
 * that it is about, and leaves the record only when it has been published.
 */
export async function publishHistory(leased: LeasedRecord, { table, outcomes }: PublishDependencies): Promise<void> {
  const { unpublished } = leased.record;
  if (unpublished.length === 0) return;
  for (const entry of unpublished) {
    await saveHistoryEntry(table, entry);
    await outcomes.publish(rotationOutcome(entry), entry.at);
  }
  await leased.save((record) => ({ ...record, unpublished: [] }));
}
