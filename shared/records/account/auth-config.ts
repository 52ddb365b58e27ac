import type { Key } from "../../state/table.ts";
import { accountItemKey } from "../service-name.ts";

/** What do we know of this auth config? By the name that a message gave it. */
export function authConfigRecordKey(accountId: string, providerName: string): Key {
  return accountItemKey(accountId, `AUTHCONFIG#${providerName}`);
}
