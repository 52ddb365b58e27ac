import { type HistoryEntry, readEndOf } from "../../../shared/records/credential/rotation-history.ts";
import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import type { StateTable } from "../../../shared/state/table.ts";

/** How the rotation to a version ended, at the first auth config whose history tells it. */
export async function endOfRotation(
  table: StateTable,
  bindings: readonly SecretBinding[],
  versionId: string,
): Promise<HistoryEntry | undefined> {
  const ends = await Promise.all(bindings.map((binding) => readEndOf(table, binding, versionId)));
  return ends.find((end) => end !== undefined);
}
