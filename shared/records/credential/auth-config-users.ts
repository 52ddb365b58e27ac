import * as z from "zod";
import type { Key, StateTable } from "../../state/table.ts";
import { parseItem } from "../../state/unreadable-item.ts";
import { type ServiceName, servicePath } from "../service-name.ts";
import { authConfigPartition } from "./auth-config-partition.ts";
import type { SecretBinding } from "./secret-binding.ts";

/** Which services use this auth config? The link from an auth config to one of them. */
export function authConfigUserKey(authConfigId: string, name: ServiceName): Key {
  return { pk: authConfigPartition(name.accountId, authConfigId), sk: `${usersOfAuthConfig}${servicePath(name)}` };
}

/** How the `sk` of every such link begins. */
const usersOfAuthConfig = "SERVICE#";

const itemSchema = z.object({
  accountId: z.string(),
  groupName: z.string(),
  serviceDescription: z.string(),
  /** RingCX's ids when the link was written: only a cache. */
  serviceGroupId: z.number().optional(),
  serviceId: z.number().optional(),
});

/** A service that uses an auth config, as its manifest says. */
export type AuthConfigUser = z.output<typeof itemSchema>;

/** Writes down that a service uses an auth config. Repeating it changes nothing. */
export async function linkService(table: StateTable, authConfigId: string, service: AuthConfigUser): Promise<void> {
  const { accountId, groupName, serviceDescription, serviceGroupId, serviceId } = service;
  const attributes = { accountId, groupName, serviceDescription, serviceGroupId, serviceId };
  await table.update(authConfigUserKey(authConfigId, service), attributes);
}

/** Deletes the link: the service uses another auth config, has another name, or is no more. */
export async function unlinkService(table: StateTable, authConfigId: string, name: ServiceName): Promise<void> {
  await table.delete(authConfigUserKey(authConfigId, name));
}

/**
 * The services that use an auth config, in the order of their names.
 *
 * @throws {AutomationError} `ITEM_UNREADABLE`
 */
export async function readAuthConfigUsers(
  table: StateTable,
  { accountId, authConfigId }: Pick<SecretBinding, "accountId" | "authConfigId">,
): Promise<AuthConfigUser[]> {
  const items = await table.query(authConfigPartition(accountId, authConfigId), usersOfAuthConfig);
  return items.map((item) => parseItem(itemSchema, item));
}
