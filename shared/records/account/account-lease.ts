import type { Key } from "../../state/table.ts";
import { accountItemKey } from "../service-name.ts";

/** Who writes to this account at the moment? The item is a lease and nothing else: see `state/lease`. */
export function accountLeaseKey(accountId: string): Key {
  return accountItemKey(accountId, "LEASE");
}
