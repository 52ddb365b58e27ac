import { isDeepStrictEqual } from "node:util";
import {
  taggedServiceKey,
  taggedServiceSchema,
  taggedServicesOfAccount,
  taggedServiceToItem,
} from "../../../shared/records/account/tagged-service.ts";
import { alarmTaggedServiceKey, alarmTaggedServiceToItem } from "../../../shared/records/alarm-links.ts";
import { accountPartition, type ServiceName } from "../../../shared/records/service-name.ts";
import type { TreeService } from "./account-tree.ts";
import type { WatchlistDependencies } from "./alarm-tags.ts";
import { type AlarmTag, isInUnreadPlace, type TagsRead } from "./find-alarm-tags.ts";
import { formatTaggedIds, parseServicesTag, type TaggedIds } from "./services-tag.ts";
import type { WatchedService } from "./watched-services.ts";

/** A service of one account, and an alarm whose tag names it. */
interface TaggedService extends TaggedIds {
  alarmArn: string;
}

/** Whether a tag named a service of the account when they were last read. */
export async function hasTaggedServices(
  { table }: Pick<WatchlistDependencies, "table">,
  accountId: string,
): Promise<boolean> {
  return (await table.query(accountPartition(accountId), taggedServicesOfAccount)).length > 0;
}

/** What the tags name in one account. */
export function taggedInAccount(tags: readonly AlarmTag[], accountId: string): TaggedService[] {
  return tags.flatMap(({ alarmArn, value }) =>
    parseServicesTag(value)
      .services.filter((ids) => ids.accountId === accountId)
      .map((ids) => ({ alarmArn, ...ids })),
  );
}

/** A service with all alarms whose tags name it. */
interface Assignment {
  name: ServiceName;
  ids: TaggedIds;
  alarms: readonly string[];
}

/** An account as this sweep has seen it. */
interface AccountSeen {
  services: readonly WatchedService[];
  inOutage: ReadonlySet<string>;
  tree: readonly TreeService[] | undefined;
}

/** What the tags change in the table. */
export interface TagChanges {
  /** Services that the tags name, or name by other alarms than before. */
  newlyTagged: readonly (Assignment & { alarmsBefore: readonly string[] })[];
  /** Services that no tag names any more. */
  untagged: readonly Pick<Assignment, "name" | "alarms">[];
  /** Ids, as a tag writes them, that no service has. */
  unknown: readonly string[];
}

/**
 * Compares what the tags name with what the table says of it.
 *
 * Alarms that live where tags could not be read keep the services that they had.
 *
 * @param services those of the account that were watched so far
 * @param inOutage the `sk` of `taggedServiceKey` of those with an open outage: somebody must see it end, so they stay
 * @param tree the account's tree if it was read: it knows of new names and of services that are gone
 */
export async function findTagChanges(
  { table }: Pick<WatchlistDependencies, "table">,
  accountId: string,
  tags: TagsRead,
  { services, inOutage, tree }: AccountSeen,
): Promise<TagChanges> {
  const items = await table.query(accountPartition(accountId), taggedServicesOfAccount);
  // One that cannot be read is written anew where a tag still names its service; otherwise it waits for a person.
  const before = new Map(
    items.flatMap((item) => {
      const { data } = taggedServiceSchema.safeParse(item);
      return data ? [[item.sk, data] as const] : [];
    }),
  );
  // What is written anew must be whole.
  const waits = new Set(tags.unread.length > 0 ? items.flatMap(({ sk }) => (before.has(sk) ? [] : [sk])) : []);
  const known = [...before.values()];
  const kept = known.flatMap(({ alarms, serviceGroupId, serviceId }) =>
    alarms
      .filter((alarmArn) => isInUnreadPlace(tags, alarmArn))
      .map((alarmArn) => ({ alarmArn, accountId, serviceGroupId, serviceId })),
  );
  const tagged = [...taggedInAccount(tags.tags, accountId), ...kept];
  const places = new Map<number, KnownPlace>();
  const nameOf = ({ groupName, serviceDescription }: (typeof known)[number]) => ({
    accountId,
    groupName,
    serviceDescription,
  });
  for (const one of tree ? [] : known) {
    places.set(one.serviceId, { name: nameOf(one), serviceGroupId: one.serviceGroupId });
  }
  for (const { serviceId, name, serviceGroupId } of tree ?? services) places.set(serviceId, { name, serviceGroupId });
  // One id, one record: whatever a tree calls what a manifest declared, old or renamed by a person, it is known by that record.
  for (const { serviceId, name, isUndeclared } of services) {
    const place = places.get(serviceId);
    if (place && !isUndeclared) places.set(serviceId, { ...place, name });
  }
  // Whatever RingCX calls it by now, its outage is noted under its old name, and ends under it.
  for (const one of known) {
    const place = places.get(one.serviceId);
    const name = nameOf(one);
    if (place && inOutage.has(taggedServiceKey(name).sk)) places.set(one.serviceId, { ...place, name });
  }
  const { assignments, unknown } = assign(tagged, places);
  return {
    newlyTagged: [...assignments].flatMap(([sk, assignment]) => {
      const { alarms: alarmsBefore, serviceGroupId } = before.get(sk) ?? {};
      const isKnown =
        isDeepStrictEqual(alarmsBefore?.toSorted(), assignment.alarms) &&
        serviceGroupId === assignment.ids.serviceGroupId;
      return waits.has(sk) || isKnown ? [] : [{ ...assignment, alarmsBefore: alarmsBefore ?? [] }];
    }),
    untagged: [...before].flatMap(([sk, { groupName, serviceDescription, alarms }]) =>
      assignments.has(sk) || inOutage.has(sk) ? [] : [{ name: { accountId, groupName, serviceDescription }, alarms }],
    ),
    unknown,
  };
}

/** Where a service is. */
interface KnownPlace {
  name: ServiceName;
  serviceGroupId: number;
}

/**
 * A service's id says which it is; its group is where it is known to be, whatever the tag says.
 *
 * @param places of services by their id
 */
function assign(tagged: readonly TaggedService[], places: ReadonlyMap<number, KnownPlace>) {
  const unknown: string[] = [];
  const assignments = new Map<string, Assignment>();
  for (const { alarmArn, ...ids } of tagged) {
    const place = places.get(ids.serviceId);
    if (!place) {
      unknown.push(formatTaggedIds(ids));
      continue;
    }
    const { name, serviceGroupId } = place;
    const { sk } = taggedServiceKey(name);
    const alarms = new Set([...(assignments.get(sk)?.alarms ?? []), alarmArn]);
    assignments.set(sk, { name, ids: { ...ids, serviceGroupId }, alarms: [...alarms].sort() });
  }
  return { assignments, unknown };
}

/** Writes down which services the tags name, by name, so that an event finds them; what no tag names any more goes. */
export async function assignTags(
  { table }: Pick<WatchlistDependencies, "table">,
  { newlyTagged, untagged }: Pick<TagChanges, "newlyTagged" | "untagged">,
): Promise<void> {
  for (const { name, ids, alarms, alarmsBefore } of newlyTagged) {
    for (const arn of alarms) await table.put(alarmTaggedServiceToItem(arn, name));
    for (const arn of alarmsBefore) {
      if (!alarms.includes(arn)) await table.delete(alarmTaggedServiceKey(arn, name));
    }
    await table.put(taggedServiceToItem({ ...name, ...ids, alarms: [...alarms] }));
  }
  for (const { name, alarms } of untagged) {
    for (const arn of alarms) await table.delete(alarmTaggedServiceKey(arn, name));
    await table.delete(taggedServiceKey(name));
  }
}
