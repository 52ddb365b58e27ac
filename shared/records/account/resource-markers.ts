import * as z from "zod";
import type { ResourceName } from "../../contract/resource-key.ts";
import type { Item, Key, NewItem } from "../../state/table.ts";
import { parseItem } from "../../state/unreadable-item.ts";
import { type Generation, generationSchema } from "../generation.ts";
import { accountItemKey } from "../service-name.ts";
import { authConfigRecordKey, authConfigsOfAccount } from "./auth-config.ts";
import { serviceRecordKey, servicesOfAccount } from "./service.ts";
import { groupRecordKey, groupsOfAccount } from "./service-group.ts";

/** Where the record of a resource is, whatever its kind. */
export function resourceRecordKey(accountId: string, resource: ResourceName): Key {
  switch (resource.kind) {
    case "httpServiceGroup":
      return groupRecordKey(accountId, resource.groupName);
    case "authConfig":
      return authConfigRecordKey(accountId, resource.providerName);
    case "httpService":
      return serviceRecordKey({ accountId, ...resource });
  }
}

/** How the `sk` of all items begins that the keys of this file and of the records lead to. */
export const resourceItems = [
  groupsOfAccount,
  authConfigsOfAccount,
  servicesOfAccount,
  "CREATING#",
  "RETIRED#",
] as const;

/** How the `sk` of the creation intent of every service of an account begins. */
export const serviceCreationsOfAccount = `CREATING#${servicesOfAccount}`;

/** Is this resource being created? What is found of it then is ours, also after a crash or a lost answer. */
export function creationIntentKey(accountId: string, resource: ResourceName): Key {
  return accountItemKey(accountId, `CREATING#${resourceRecordKey(accountId, resource).sk}`);
}

/** An auth config that RingCX made under an id of its own instead of the one that it was sent. */
export interface ReplacedAuthConfig {
  authConfigId: string;
  /** Epoch milliseconds. */
  madeAt: number;
}

/** What is known of a creation that was begun. */
export interface CreationProgress {
  /** What came of it, where RingCX did not keep an auth config's id. */
  replaced?: ReplacedAuthConfig | undefined;
  /** When the POST was made whose end nobody saw, epoch milliseconds: what it made may not be shown yet. */
  unseenSince?: number | undefined;
  /** What a copy makes it of, see `ServiceRecord`. */
  copiedFrom?: string | undefined;
  /** For how long a service was active that was born so, in milliseconds: it is deactivated, and that is not told yet. */
  activeForMs?: number | undefined;
}

const creationIntentSchema = z.object({
  replaced: z.object({ authConfigId: z.string(), madeAt: z.number() }).optional(),
  unseenSince: z.number().optional(),
  activeForMs: z.number().optional(),
  copiedFrom: z.string().optional(),
  // Of the message that makes it.
  message: generationSchema.optional().catch(undefined),
});

/** Who makes a resource, and of what: what is being made is that message's as much as what it has made. */
export interface CreationIntent {
  generation: Generation | undefined;
  copiedFrom?: string | undefined;
}

/** @throws {AutomationError} `ITEM_UNREADABLE` */
export function creationIntentFromItem(item: Item): CreationIntent {
  const { message: generation, copiedFrom } = parseItem(creationIntentSchema, item);
  return { generation, copiedFrom };
}

/** The item that is written before a resource is created. */
export function creationIntentItem(
  accountId: string,
  resource: ResourceName,
  said: { generation: Generation; expiresAt: number } & CreationProgress,
): NewItem {
  const { generation, expiresAt, replaced, unseenSince, copiedFrom } = said;
  const key = creationIntentKey(accountId, resource);
  return {
    ...key,
    message: generation,
    expiresAt,
    ...(replaced && { replaced: { ...replaced } }),
    ...(unseenSince !== undefined && { unseenSince }),
    ...(copiedFrom !== undefined && { copiedFrom }),
  };
}

/** @throws {AutomationError} `ITEM_UNREADABLE` */
export function creationProgressOf(item: Item | undefined): CreationProgress {
  return item ? parseItem(creationIntentSchema, item) : {};
}

/** Was it deleted, and by which message? An older message must not bring it back. */
export function tombstoneKey(accountId: string, resource: ResourceName): Key {
  return accountItemKey(accountId, `${tombstonesOfAccount}${resourceRecordKey(accountId, resource).sk}`);
}

/** How the `sk` of every tombstone of an account begins. */
export const tombstonesOfAccount = "RETIRED#";

const tombstoneSchema = z.object({ stamp: generationSchema.optional() });

/** What is left of a resource that a message deleted. */
export interface Tombstone {
  generation: Generation | undefined;
}

/** @throws {AutomationError} `ITEM_UNREADABLE` */
export function tombstoneFromItem(item: Item): Tombstone {
  return { generation: parseItem(tombstoneSchema, item).stamp };
}

/** The item that is written when a resource is deleted. @param expiresAt epoch seconds */
export function tombstoneItem(
  accountId: string,
  resource: ResourceName,
  { generation, expiresAt }: { generation: Generation; expiresAt: number },
): NewItem {
  return { ...tombstoneKey(accountId, resource), stamp: generation, expiresAt };
}
