import type { Key } from "../../state/table.ts";
import { type ServiceName, servicePath } from "../service-name.ts";
import { authConfigPartition } from "./auth-config-state.ts";

/** The link from an auth config to a service that uses it. */
export function authConfigUserKey(authConfigId: string, name: ServiceName): Key {
  return { pk: authConfigPartition(name.accountId, authConfigId), sk: `SERVICE#${servicePath(name)}` };
}
