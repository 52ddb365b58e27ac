import { keyOf } from "../../../shared/contract/resource-key.ts";
import { namedAlike } from "../../../shared/primitives/same-name.ts";
import { serviceRecordFromItem, servicesOfAccount } from "../../../shared/records/account/service.ts";
import { groupRecordFromItem, groupsOfAccount } from "../../../shared/records/account/service-group.ts";
import { accountPartition } from "../../../shared/records/service-name.ts";
import type { Item, StateTable } from "../../../shared/state/table.ts";
import type { NamedResource } from "./named-resource.ts";
import type { ObservedAccount } from "./observed-account.ts";
import type { StoredResources } from "./stored-resources.ts";

/**
 * What the table knows of a message's resources, also of those that are to be taken over and that it knows by another name: a
 * person has renamed them in RingCX. What RingCX has under one id has one record; applying moves it to the new name.
 */
export async function withRecordsById(
  table: StateTable,
  { accountId, observed }: { accountId: string; observed: Pick<ObservedAccount, "groups"> },
  resources: readonly NamedResource[],
  stored: StoredResources,
): Promise<StoredResources> {
  const partition = accountPartition(accountId);
  const [groupItems, serviceItems] = await Promise.all([
    table.query(partition, groupsOfAccount),
    table.query(partition, servicesOfAccount),
  ]);
  const groups = new Map(stored.groups);
  const services = new Map(stored.services);
  // What the message names by the name that the table knows is meant by that.
  const named = (item: Item, byKey: ReadonlyMap<unknown, Readonly<Record<string, unknown>>>, id: string) =>
    [...byKey.values()].some((record) => record[id] === item[id]);
  for (const resource of resources) {
    const key = keyOf(resource);
    if (resource.adopt !== true || resource.kind === "authConfig" || stored.creationIntents.has(key)) continue;
    const [group] = namedAlike(observed.groups, resource.groupName, (one) => one.groupName);
    if (resource.kind === "httpServiceGroup") {
      const item = groupItems.find((one) => one.serviceGroupId === group?.serviceGroupId);
      if (item && !groups.has(key) && !named(item, stored.groups, "serviceGroupId")) {
        groups.set(key, groupRecordFromItem(item));
      }
      continue;
    }
    const [service] = namedAlike(group?.services ?? [], resource.serviceDescription, (one) => one.serviceDescription);
    const item = serviceItems.find((one) => one.serviceId === service?.serviceId);
    const record = item && !named(item, stored.services, "serviceId") ? serviceRecordFromItem(item) : undefined;
    if (record && !services.has(key)) services.set(key, record);
  }
  return { ...stored, groups, services };
}
