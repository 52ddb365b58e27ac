import type { Key } from "../../state/table.ts";
import { accountItemKey, type ServiceName, servicePath } from "../service-name.ts";

/** Why is this service inactive? One record, three writers. */
export function activationKey(name: ServiceName): Key {
  return accountItemKey(name.accountId, `${activationsOfAccount}${servicePath(name)}`);
}

/** How the `sk` of every activation record of an account begins. */
export const activationsOfAccount = "ACTIVATION#";
