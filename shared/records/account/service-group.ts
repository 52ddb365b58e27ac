import type { Key } from "../../state/table.ts";
import { accountItemKey } from "../service-name.ts";

/** What do we know of this group? By the name that a message gave it. */
export function groupRecordKey(accountId: string, groupName: string): Key {
  return accountItemKey(accountId, `GROUP#${groupName}`);
}
