import * as z from "zod";
import type { Key, StateTable } from "../../state/table.ts";
import { type ServiceName, servicePath } from "../service-name.ts";
import { authConfigPartition } from "./auth-config-partition.ts";
import type { SecretBinding } from "./secret-binding.ts";

/** The link from an auth config to a service that uses it. */
export function authConfigUserKey(authConfigId: string, name: ServiceName): Key {
  return { pk: authConfigPartition(name.accountId, authConfigId), sk: `SERVICE#${servicePath(name)}` };
}

const dependentSchema = z.object({ accountId: z.string(), groupName: z.string(), serviceDescription: z.string() });

/** The services that use an auth config, as their manifests say. */
export async function dependentsOf(
  table: StateTable,
  { accountId, authConfigId }: Pick<SecretBinding, "accountId" | "authConfigId">,
): Promise<ServiceName[]> {
  const items = await table.query(authConfigPartition(accountId, authConfigId), "SERVICE#");
  return items.map((item) => dependentSchema.parse(item));
}
