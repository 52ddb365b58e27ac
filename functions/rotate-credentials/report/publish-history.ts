import type { Outcomes } from "../../../shared/outcomes/outcome-publisher.ts";
import { rotationHistoryKey } from "../../../shared/records/credential/rotation-history.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import type { Held } from "../record/leased-record.ts";
import { outcomeOf } from "./rotation-outcome.ts";

/** What publishing stands on. */
export interface PublishDependencies {
  table: StateTable;
  outcomes: Outcomes;
}

/**
 * Puts what happened into the history and publishes it, at least once: an entry is written together with the
 * state that it tells of, and leaves the record only when it has been told.
 */
export async function tell(held: Held, { table, outcomes }: PublishDependencies): Promise<void> {
  const { untold } = held.record;
  if (untold.length === 0) return;
  for (const entry of untold) {
    // One version can come and go within a millisecond.
    const when = `${entry.at}#${entry.versionId}#${entry.result}`;
    await table.put({ ...rotationHistoryKey(entry.accountId, entry.authConfigId, when), ...entry });
    await outcomes.publish(outcomeOf(entry));
  }
  await held.save((record) => ({ ...record, untold: [] }));
}
