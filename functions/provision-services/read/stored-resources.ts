import { authConfigKey, keyOf, type ResourceKey, type ResourceName } from "../../../shared/contract/resource-key.ts";
import {
  type AuthConfigRecord,
  authConfigRecordFromItem,
  authConfigRecordKey,
} from "../../../shared/records/account/auth-config.ts";
import {
  creationIntentKey,
  resourceRecordKey,
  type Tombstone,
  tombstoneFromItem,
  tombstoneKey,
} from "../../../shared/records/account/resource-markers.ts";
import { type ServiceRecord, serviceRecordFromItem } from "../../../shared/records/account/service.ts";
import { type GroupRecord, groupRecordFromItem } from "../../../shared/records/account/service-group.ts";
import type { Item, StateTable } from "../../../shared/state/table.ts";

/** What the table knows of the resources of a message. */
export interface StoredResources {
  groups: ReadonlyMap<ResourceKey, GroupRecord>;
  authConfigs: ReadonlyMap<ResourceKey, AuthConfigRecord>;
  services: ReadonlyMap<ResourceKey, ServiceRecord>;
  /** Resources that a message deleted. */
  tombstones: ReadonlyMap<ResourceKey, Tombstone>;
  /** Resources whose creation was begun and not seen to end: what is found of them is ours. */
  creationIntents: ReadonlySet<ResourceKey>;
}

/** A resource as far as records are found by it; a manifest may also say what it was called before. */
export type NamedResource = ResourceName & { previousName?: string | undefined; authConfig?: string | undefined };

/**
 * Reads the records of the resources, under their previous names too, and of the auth configs that they refer to.
 *
 * @throws {AutomationError} `ITEM_UNREADABLE`
 */
export async function readStoredResources(
  table: StateTable,
  accountId: string,
  resources: readonly NamedResource[],
): Promise<StoredResources> {
  const stored = {
    groups: new Map<ResourceKey, GroupRecord>(),
    authConfigs: new Map<ResourceKey, AuthConfigRecord>(),
    services: new Map<ResourceKey, ServiceRecord>(),
    tombstones: new Map<ResourceKey, Tombstone>(),
    creationIntents: new Set<ResourceKey>(),
  };
  await Promise.all(
    resources.map(async (resource) => {
      const key = keyOf(resource);
      const [item, intent, tombstone] = await Promise.all([
        firstItem(table, accountId, [resource, ...previousNames(resource, resources)]),
        table.get(creationIntentKey(accountId, resource)),
        table.get(tombstoneKey(accountId, resource)),
      ]);
      if (intent) stored.creationIntents.add(key);
      if (tombstone) stored.tombstones.set(key, tombstoneFromItem(tombstone));
      if (item && resource.kind === "httpServiceGroup") stored.groups.set(key, groupRecordFromItem(item));
      if (item && resource.kind === "authConfig") stored.authConfigs.set(key, authConfigRecordFromItem(item));
      const service = resource.kind === "httpService" ? serviceRecordFromItem(item) : undefined;
      if (service) stored.services.set(key, service);
    }),
  );
  const referred = [...resources, ...[...stored.services.values()].map(({ manifest }) => manifest)].flatMap(
    ({ authConfig }) => (authConfig === undefined ? [] : [authConfig]),
  );
  await Promise.all(
    [...new Set(referred)].map(async (providerName) => {
      const key = authConfigKey(providerName);
      if (stored.authConfigs.has(key)) return;
      const item = await table.get(authConfigRecordKey(accountId, providerName));
      if (item) stored.authConfigs.set(key, authConfigRecordFromItem(item));
    }),
  );
  return stored;
}

async function firstItem(
  table: StateTable,
  accountId: string,
  candidates: readonly ResourceName[],
): Promise<Item | undefined> {
  for (const candidate of candidates) {
    const item = await table.get(resourceRecordKey(accountId, candidate));
    if (item) return item;
  }
  return undefined;
}

/** Where a resource's record may be as long as it has not been renamed. */
function previousNames(resource: NamedResource, resources: readonly NamedResource[]): ResourceName[] {
  const { previousName } = resource;
  if (resource.kind === "authConfig") return [];
  if (resource.kind === "httpServiceGroup") {
    return previousName === undefined ? [] : [{ kind: resource.kind, groupName: previousName }];
  }
  const { kind, groupName, serviceDescription } = resource;
  const group = resources.find((other) => other.kind === "httpServiceGroup" && other.groupName === groupName);
  const groups = [groupName, ...(group?.previousName === undefined ? [] : [group.previousName])];
  const names = [serviceDescription, ...(previousName === undefined ? [] : [previousName])];
  return groups.flatMap((one) => names.map((name) => ({ kind, groupName: one, serviceDescription: name }))).slice(1);
}
