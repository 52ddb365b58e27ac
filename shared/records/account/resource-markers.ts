import type { Key } from "../../state/table.ts";
import { accountItemKey } from "../service-name.ts";

/** Is this resource being created? What is found of it then is ours. `resource` is the `sk` of its own record. */
export function creationIntentKey(accountId: string, resource: string): Key {
  return accountItemKey(accountId, `CREATING#${resource}`);
}

/** When was it deleted, and by which message? An older message must not bring it back. */
export function tombstoneKey(accountId: string, resource: string): Key {
  return accountItemKey(accountId, `RETIRED#${resource}`);
}
