import { messagePartFromItem, messagePartsOf } from "../../shared/records/message-progress.ts";
import type { StateTable } from "../../shared/state/table.ts";
import { isUnreadable } from "../../shared/state/unreadable-item.ts";

/** What has become of a resource of a message that has not ended yet. */
export interface ResourceProgress {
  kind: string;
  name: string;
  result: string;
}

/** The resources of a message that have ended so far. */
export async function readProgress(
  table: StateTable,
  message: { source: string; id: string },
): Promise<ResourceProgress[]> {
  const { pk, sk } = messagePartsOf(message);
  const items = await table.query(pk, sk);
  return items.flatMap((item) => {
    try {
      const ended = messagePartFromItem(item).ended?.outcome;
      return ended ? [{ kind: ended.kind, name: ended.name, result: ended.result }] : [];
    } catch (error) {
      if (isUnreadable(error)) return [];
      throw error;
    }
  });
}
