import type { AuthConfigManifest, GroupManifest, Manifest } from "../../shared/contract/apply.ts";
import type { HttpServiceManifest } from "../../shared/contract/http-service.ts";
import { type Key, keys } from "../../shared/state/keys.ts";
import type { Item, StateTable } from "../../shared/state/table.ts";
import { authConfigKey, keyOf, type ResourceKey } from "./resource-key.ts";

/** The message that shaped a resource last. */
export interface Stamp {
  source: string;
  id: string;
  /** ISO 8601, the sender's. */
  time: string;
}

/** What the table knows of a group that a message made or took over. */
export interface GroupRecord {
  serviceGroupId: number;
  manifest: GroupManifest;
  stamp: Stamp;
}

export interface AuthConfigRecord {
  authConfigId: string;
  secretArn: string;
  manifest: AuthConfigManifest;
  stamp: Stamp;
}

export interface ServiceRecord {
  serviceGroupId: number;
  serviceId: number;
  /** The auth config that it was seen to be linked with. */
  authConfigId?: string;
  /** Whether a v1 read shows the link; where it does not, v2 confirmed it. */
  isLinkShownInV1?: boolean;
  /** All that messages have declared of it. Nothing in it is secret. */
  manifest: HttpServiceManifest;
  stamp: Stamp;
}

/** What the table knows of the resources of a message. */
export interface Known {
  groups: ReadonlyMap<ResourceKey, GroupRecord>;
  authConfigs: ReadonlyMap<ResourceKey, AuthConfigRecord>;
  services: ReadonlyMap<ResourceKey, ServiceRecord>;
  /** Resources whose creation was begun and not seen to end: what is found of them is ours. */
  creating: ReadonlySet<ResourceKey>;
}

/** Reads the records of the resources, and of the auth configs that they refer to. */
export async function readKnown(table: StateTable, accountId: string, resources: readonly Manifest[]): Promise<Known> {
  const groups = new Map<ResourceKey, GroupRecord>();
  const authConfigs = new Map<ResourceKey, AuthConfigRecord>();
  const services = new Map<ResourceKey, ServiceRecord>();
  const creating = new Set<ResourceKey>();
  const referred = resources.flatMap((resource) =>
    resource.kind === "httpService" && resource.authConfig !== undefined ? [resource.authConfig] : [],
  );
  // The items were written by us in these shapes, and by nobody else.
  await Promise.all([
    ...resources.map(async (resource) => {
      const key = keyOf(resource);
      const [item, intent] = await Promise.all([
        resource.kind === "authConfig" ? undefined : table.get(recordKey(accountId, resource)),
        table.get(creatingKey(accountId, resource)),
      ]);
      if (intent) creating.add(key);
      if (item && resource.kind === "httpServiceGroup") groups.set(key, item as Item & GroupRecord);
      if (item && resource.kind === "httpService") services.set(key, item as Item & ServiceRecord);
    }),
    ...[...new Set([...referred, ...namesOfAuthConfigs(resources)])].map(async (providerName) => {
      const item = await table.get(keys.authConfig(accountId, providerName));
      if (item) authConfigs.set(authConfigKey(providerName), item as Item & AuthConfigRecord);
    }),
  ]);
  return { groups, authConfigs, services, creating };
}

export function recordKey(accountId: string, resource: Manifest): Key {
  switch (resource.kind) {
    case "httpServiceGroup":
      return keys.group(accountId, resource.groupName);
    case "authConfig":
      return keys.authConfig(accountId, resource.providerName);
    case "httpService":
      return keys.service({ accountId, ...resource });
  }
}

/** Written before a POST: what is found after a crash or a lost answer is ours. */
export function creatingKey(accountId: string, resource: Manifest): Key {
  return keys.creating(accountId, recordKey(accountId, resource).sk);
}

/** True when a message of the same sender, sent later, has shaped the resource: this one must not undo it. */
export function isSuperseded(record: { stamp: Stamp } | undefined, stamp: Stamp): boolean {
  return (
    record !== undefined &&
    record.stamp.source === stamp.source &&
    Date.parse(record.stamp.time) > Date.parse(stamp.time)
  );
}

function namesOfAuthConfigs(resources: readonly Manifest[]): string[] {
  return resources.flatMap((resource) => (resource.kind === "authConfig" ? [resource.providerName] : []));
}
