import type { Key } from "../../state/table.ts";
import { accountItemKey } from "../service-name.ts";

/** Who writes to this account at the moment? */
export function accountLeaseKey(accountId: string): Key {
  return accountItemKey(accountId, "LEASE");
}
