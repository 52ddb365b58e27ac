import type { Manifest } from "../../../shared/contract/apply.ts";
import { authConfigKey, keyOf, type ResourceKey, type ResourceName } from "../../../shared/contract/resource-key.ts";
import { type AuthConfigRecord, authConfigRecordKey } from "../../../shared/records/account/auth-config.ts";
import { creationIntentKey, tombstoneKey } from "../../../shared/records/account/resource-markers.ts";
import { type ServiceRecord, serviceRecordKey } from "../../../shared/records/account/service.ts";
import { type GroupRecord, groupRecordKey } from "../../../shared/records/account/service-group.ts";
import type { Generation } from "../../../shared/records/generation.ts";
import type { Item, Key, StateTable } from "../../../shared/state/table.ts";

/** What the table knows of the resources of a message. */
export interface StoredResources {
  groups: ReadonlyMap<ResourceKey, GroupRecord>;
  authConfigs: ReadonlyMap<ResourceKey, AuthConfigRecord>;
  services: ReadonlyMap<ResourceKey, ServiceRecord>;
  /** Resources that a message deleted. */
  tombstones: ReadonlyMap<ResourceKey, { stamp: Generation }>;
  /** Resources whose creation was begun and not seen to end: what is found of them is ours. */
  creationIntents: ReadonlySet<ResourceKey>;
}

/** Reads the records of the resources, under their previous names too, and of the auth configs that they refer to. */
export async function readStoredResources(
  table: StateTable,
  accountId: string,
  resources: readonly ResourceName[],
): Promise<StoredResources> {
  const stored = {
    groups: new Map<ResourceKey, GroupRecord>(),
    authConfigs: new Map<ResourceKey, AuthConfigRecord>(),
    services: new Map<ResourceKey, ServiceRecord>(),
    tombstones: new Map<ResourceKey, { stamp: Generation }>(),
    creationIntents: new Set<ResourceKey>(),
  };
  // The items were written by us in these shapes, and by nobody else.
  await Promise.all(
    resources.map(async (resource) => {
      const key = keyOf(resource);
      const [item, intent, tombstone] = await Promise.all([
        firstItem(table, accountId, [resource, ...previousNames(resource, resources)]),
        table.get(creationIntentKeyOf(accountId, resource)),
        table.get(tombstoneKeyOf(accountId, resource)),
      ]);
      if (intent) stored.creationIntents.add(key);
      if (tombstone) stored.tombstones.set(key, tombstone as Item & { stamp: Generation });
      if (item && resource.kind === "httpServiceGroup") stored.groups.set(key, item as Item & GroupRecord);
      if (item && resource.kind === "authConfig") stored.authConfigs.set(key, item as Item & AuthConfigRecord);
      if (item && resource.kind === "httpService") stored.services.set(key, item as Item & ServiceRecord);
    }),
  );
  const referred = [...resources, ...[...stored.services.values()].map(({ manifest }) => manifest)].flatMap(
    (resource) => ("authConfig" in resource && typeof resource.authConfig === "string" ? [resource.authConfig] : []),
  );
  await Promise.all(
    [...new Set(referred)].map(async (providerName) => {
      const key = authConfigKey(providerName);
      if (stored.authConfigs.has(key)) return;
      const item = await table.get(authConfigRecordKey(accountId, providerName));
      if (item) stored.authConfigs.set(key, item as Item & AuthConfigRecord);
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
    const item = await table.get(recordKeyOf(accountId, candidate));
    if (item) return item;
  }
  return undefined;
}

/** Where a resource's record is as long as it has not been renamed. */
export function previousNames(resource: ResourceName, resources: readonly ResourceName[]): ResourceName[] {
  const previousName =
    "previousName" in resource ? (resource as Manifest & { previousName?: string }).previousName : undefined;
  if (resource.kind === "authConfig") return [];
  if (resource.kind === "httpServiceGroup") {
    return previousName === undefined ? [] : [{ kind: resource.kind, groupName: previousName }];
  }
  const { groupName, serviceDescription } = resource;
  const group = resources.find((other) => other.kind === "httpServiceGroup" && other.groupName === groupName);
  const groups = [
    groupName,
    ...(group ? previousNames(group, []) : []).flatMap((old) => ("groupName" in old ? [old.groupName] : [])),
  ];
  const names = [serviceDescription, ...(previousName === undefined ? [] : [previousName])];
  return groups
    .flatMap((one) => names.map((name) => ({ kind: resource.kind, groupName: one, serviceDescription: name })))
    .slice(1);
}

export function recordKeyOf(accountId: string, resource: ResourceName): Key {
  switch (resource.kind) {
    case "httpServiceGroup":
      return groupRecordKey(accountId, resource.groupName);
    case "authConfig":
      return authConfigRecordKey(accountId, resource.providerName);
    case "httpService":
      return serviceRecordKey({ accountId, ...resource });
  }
}

/** Written before a POST: what is found after a crash or a lost answer is ours. */
export function creationIntentKeyOf(accountId: string, resource: ResourceName): Key {
  return creationIntentKey(accountId, recordKeyOf(accountId, resource).sk);
}

/** Kept after a deletion, so that an older message does not bring the resource back. */
export function tombstoneKeyOf(accountId: string, resource: ResourceName): Key {
  return tombstoneKey(accountId, recordKeyOf(accountId, resource).sk);
}
