import {
  authConfigKey,
  displayName,
  keyOf,
  type ResourceKey,
  type ResourceName,
} from "../../../shared/contract/resource-key.ts";
import { isSameName, namedAlike } from "../../../shared/primitives/same-name.ts";
import {
  type AuthConfigRecord,
  authConfigRecordFromItem,
  authConfigRecordKey,
  authConfigsOfAccount,
} from "../../../shared/records/account/auth-config.ts";
import {
  type CreationIntent,
  creationIntentFromItem,
  creationIntentKey,
  resourceItems,
  resourceRecordKey,
  type Tombstone,
  tombstoneFromItem,
  tombstoneKey,
  tombstonesOfAccount,
} from "../../../shared/records/account/resource-markers.ts";
import { type ServiceRecord, serviceRecordFromItem } from "../../../shared/records/account/service.ts";
import { type GroupRecord, groupRecordFromItem } from "../../../shared/records/account/service-group.ts";
import { accountPartition } from "../../../shared/records/service-name.ts";
import type { Item, Key, StateTable } from "../../../shared/state/table.ts";
import type { NamedResource } from "./named-resource.ts";
import { readSwapped, swapPartner } from "./swapped-names.ts";

/** What the table knows of the resources of a message. */
export interface StoredResources {
  groups: ReadonlyMap<ResourceKey, GroupRecord>;
  authConfigs: ReadonlyMap<ResourceKey, AuthConfigRecord>;
  services: ReadonlyMap<ResourceKey, ServiceRecord>;
  /** Resources that a message deleted. */
  tombstones: ReadonlyMap<ResourceKey, Tombstone>;
  /** Services that swap their names in the message, and have begun to: which id is to have the name. */
  swapped: ReadonlyMap<ResourceKey, number>;
  /** Names by which the table knows services that RingCX shows under a name of the message, by RingCX's ids, where they differ. */
  madeAs: ReadonlyMap<number, string>;
  /** Services that a message has begun to make under their previous name, of which nothing but that is known. */
  begunAs: ReadonlyMap<ResourceKey, string>;
  /** Resources whose creation was begun and not seen to end: what is found of them is ours. */
  creationIntents: ReadonlyMap<ResourceKey, CreationIntent>;
}

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
  const get = await itemsOfAccount(table, accountId, resources.length);
  const stored = {
    groups: new Map<ResourceKey, GroupRecord>(),
    authConfigs: new Map<ResourceKey, AuthConfigRecord>(),
    services: new Map<ResourceKey, ServiceRecord>(),
    tombstones: new Map<ResourceKey, Tombstone>(),
    swapped: new Map<ResourceKey, number>(),
    madeAs: new Map<number, string>(),
    begunAs: new Map<ResourceKey, string>(),
    creationIntents: new Map<ResourceKey, CreationIntent>(),
  };
  // Services refer to auth configs by name, and what may be sent where is checked before RingCX says how it is spelled.
  const authConfigs = new ItemsAlike(table, get, accountId, authConfigsOfAccount);
  const tombstones = new ItemsAlike(table, get, accountId, tombstonesOfAccount);
  const itemByName = async (resource: NamedResource) => {
    const partner = swapPartner(resource, resources);
    if (!partner || resource.kind !== "httpService")
      return firstItem(get, accountId, [resource, ...previousNames(resource, resources)]);
    const groupNames = groupNamesOf(resource, resources);
    const { item, serviceId } = await readSwapped({ table, get }, accountId, {
      service: resource,
      partner,
      groupNames,
    });
    if (serviceId !== undefined) stored.swapped.set(keyOf(resource), serviceId);
    return item;
  };
  await Promise.all(
    resources.map(async (resource) => {
      const key = keyOf(resource);
      const [item, intent, ownTombstone] = await Promise.all([
        resource.kind === "authConfig"
          ? authConfigs.get(authConfigRecordKey(accountId, resource.providerName))
          : itemByName(resource),
        get(creationIntentKey(accountId, resource)),
        get(tombstoneKey(accountId, resource)),
      ]);
      const tombstone = ownTombstone ?? (item ? undefined : await tombstones.alike(tombstoneKey(accountId, resource)));
      if (intent) stored.creationIntents.set(key, creationIntentFromItem(intent));
      if (tombstone) stored.tombstones.set(key, tombstoneFromItem(tombstone));
      const begun = item || intent ? undefined : await begunBefore(get, accountId, previousNames(resource, resources));
      if (begun) stored.begunAs.set(key, displayName(begun));
      if (item && resource.kind === "httpServiceGroup") stored.groups.set(key, groupRecordFromItem(item));
      if (item && resource.kind === "authConfig") stored.authConfigs.set(key, namedAuthConfig(item));
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
      const item = await authConfigs.get(authConfigRecordKey(accountId, providerName));
      if (item) stored.authConfigs.set(key, namedAuthConfig(item));
    }),
  );
  return stored;
}

/** Resources from which on all items of the account cost less than those of each resource. */
const many = 10;

type GetItem = (key: Key) => Promise<Item | undefined>;

/** How items of an account are looked up: one by one, or, for many resources, in all that the account has, read once. */
async function itemsOfAccount(table: StateTable, accountId: string, resources: number): Promise<GetItem> {
  if (resources < many) return (key) => table.get(key);
  const items = await Promise.all(resourceItems.map((prefix) => table.query(accountPartition(accountId), prefix)));
  const found = new Map(items.flat().map((item) => [item.sk, item]));
  return async ({ sk }) => found.get(sk);
}

/** The first of the names under which a service was begun. */
async function begunBefore(
  get: GetItem,
  accountId: string,
  names: readonly ResourceName[],
): Promise<ResourceName | undefined> {
  for (const name of names) {
    if (name.kind === "httpService" && (await get(creationIntentKey(accountId, name)))) return name;
  }
  return undefined;
}

async function firstItem(
  get: GetItem,
  accountId: string,
  candidates: readonly ResourceName[],
): Promise<Item | undefined> {
  for (const candidate of candidates) {
    const item = await get(resourceRecordKey(accountId, candidate));
    if (item) return item;
  }
  return undefined;
}

/**
 * Items of one kind by key, or, where nothing is under a key, by the same name in another spelling. They are few, and
 * listed once.
 */
class ItemsAlike {
  readonly #table: StateTable;
  readonly #get: GetItem;
  readonly #accountId: string;
  readonly #prefix: string;
  #all: Promise<Item[]> | undefined;

  constructor(table: StateTable, get: GetItem, accountId: string, prefix: string) {
    this.#table = table;
    this.#get = get;
    this.#accountId = accountId;
    this.#prefix = prefix;
  }

  /** `undefined` also where several spell it in other ways. */
  async get(key: Key): Promise<Item | undefined> {
    return (await this.#get(key)) ?? (await this.alike(key));
  }

  /** The same where it is known that nothing is under the key. */
  async alike(key: Key): Promise<Item | undefined> {
    this.#all ??= this.#table.query(accountPartition(this.#accountId), this.#prefix);
    const [found, ...others] = namedAlike(await this.#all, key.sk, ({ sk }) => sk);
    return others.length === 0 ? found : undefined;
  }
}

/** The record of an auth config, with its name as it is spelled there. */
function namedAuthConfig(item: Item): AuthConfigRecord {
  const record = authConfigRecordFromItem(item);
  return { ...record, manifest: { ...record.manifest, providerName: item.sk.slice(authConfigsOfAccount.length) } };
}

/** Where a resource's record may be as long as it has not been renamed. */
function previousNames(resource: NamedResource, resources: readonly NamedResource[]): ResourceName[] {
  const { previousName } = resource;
  if (resource.kind === "authConfig") return [];
  if (resource.kind === "httpServiceGroup") {
    return previousName === undefined ? [] : [{ kind: resource.kind, groupName: previousName }];
  }
  const { kind, serviceDescription } = resource;
  const groups = groupNamesOf(resource, resources);
  const names = [serviceDescription, ...(previousName === undefined ? [] : [previousName])];
  return groups.flatMap((one) => names.map((name) => ({ kind, groupName: one, serviceDescription: name }))).slice(1);
}

/** What a service's group is called, and what it was called before its message renames it. */
function groupNamesOf({ groupName }: { groupName: string }, resources: readonly NamedResource[]): readonly string[] {
  const group = resources.find((other) => other.kind === "httpServiceGroup" && isSameName(other.groupName, groupName));
  return [groupName, ...(group?.previousName === undefined ? [] : [group.previousName])];
}
