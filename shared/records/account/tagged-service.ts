import type { Key } from "../../state/table.ts";
import { accountItemKey, type ServiceName, servicePath } from "../service-name.ts";

/** Which alarms name this service by a tag? */
export function taggedServiceKey(name: ServiceName): Key {
  return accountItemKey(name.accountId, `${taggedServicesOfAccount}${servicePath(name)}`);
}

/** How the `sk` of every tagged service of an account begins. */
export const taggedServicesOfAccount = "TAGGED#";
