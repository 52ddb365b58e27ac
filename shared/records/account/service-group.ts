import type { GroupManifest } from "../../contract/apply.ts";
import type { Key } from "../../state/table.ts";
import type { Generation } from "../generation.ts";
import { accountItemKey } from "../service-name.ts";

/** What do we know of this group? By the name that a message gave it. */
export function groupRecordKey(accountId: string, groupName: string): Key {
  return accountItemKey(accountId, `GROUP#${groupName}`);
}

/** What the table knows of a group that a message made or took over. */
export interface GroupRecord {
  serviceGroupId: number;
  manifest: GroupManifest;
  stamp: Generation;
}
