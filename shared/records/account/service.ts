import type { Key } from "../../state/table.ts";
import { accountItemKey, type ServiceName, servicePath } from "../service-name.ts";

/** What do we know of this service? */
export function serviceRecordKey(name: ServiceName): Key {
  return accountItemKey(name.accountId, `${servicesOfAccount}${servicePath(name)}`);
}

/** How the `sk` of every service of an account begins. */
export const servicesOfAccount = "SERVICE#";
