import { paginateGetResources, type ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import type { ActivationStore } from "../../../shared/activation/activation-store.ts";
import type { Clock, Random } from "../../../shared/primitives/clock.ts";
import { alarmTagsFromItem, alarmTagsKey, alarmTagsToItem } from "../../../shared/records/sweep-progress.ts";
import type { BaseDependencies } from "../../../shared/runtime/dependencies.ts";

/** The tag by which an alarm names its services. */
export const servicesTag = "ringcx:services";

/** How often the tags are read, in milliseconds. */
const tagReadIntervalMs = 5 * 60_000;

/** An alarm and the value of its tag. */
export interface AlarmTag {
  alarmArn: string;
  value: string;
}

/** Reads the tags of all alarms that have one, wherever the settings say that there may be some. */
export type FindAlarmTags = () => Promise<AlarmTag[]>;

/** What it takes to know which services are watched. */
export interface WatchlistDependencies
  extends Pick<BaseDependencies, "table" | "ringcxFor" | "connections" | "onUnreadable"> {
  activation: ActivationStore;
  findAlarmTags: FindAlarmTags;
  clock: Clock;
  random: Random;
}

/** RingCX's ids of a service, as a tag names it. */
export interface TaggedIds {
  accountId: string;
  serviceGroupId: number;
  serviceId: number;
}

/**
 * The services that a tag names: `accountId/serviceGroupId/serviceId`, separated by spaces, because the value of a
 * tag may hold letters, digits, spaces and `_.:/=+-@` only, 256 of them. Source: AWS, "Tag naming limits".
 */
export function parseServicesTag(value: string): { services: TaggedIds[]; wrong: string[] } {
  const words = value.split(/\s+/).filter((word) => word !== "");
  const read = words.map((word) => ({ word, ids: /^(\d+)\/(\d+)\/(\d+)$/.exec(word) }));
  return {
    services: read.flatMap(({ ids }) =>
      ids ? [{ accountId: ids[1] ?? "", serviceGroupId: Number(ids[2]), serviceId: Number(ids[3]) }] : [],
    ),
    wrong: read.flatMap(({ word, ids }) => (ids ? [] : [word])),
  };
}

/** Ids as a tag writes them. */
export function formatTaggedIds({ accountId, serviceGroupId, serviceId }: TaggedIds): string {
  return `${accountId}/${serviceGroupId}/${serviceId}`;
}

/**
 * Reads the tags in several places at once.
 *
 * @param clients one client for each region and account in which alarms may have tags
 */
export function createFindAlarmTags(clients: readonly ResourceGroupsTaggingAPIClient[]): FindAlarmTags {
  return async () => (await Promise.all(clients.map(tagsIn))).flat();
}

async function tagsIn(client: ResourceGroupsTaggingAPIClient): Promise<AlarmTag[]> {
  const found: AlarmTag[] = [];
  const pages = paginateGetResources(
    { client, pageSize: 100 },
    { ResourceTypeFilters: ["cloudwatch:alarm"], TagFilters: [{ Key: servicesTag }] },
  );
  for await (const { ResourceTagMappingList = [] } of pages) {
    for (const { ResourceARN, Tags = [] } of ResourceTagMappingList) {
      const value = Tags.find(({ Key }) => Key === servicesTag)?.Value;
      if (ResourceARN !== undefined && value !== undefined) found.push({ alarmArn: ResourceARN, value });
    }
  }
  return found;
}

/** The tags of all alarms, when it is time to read them again; otherwise `undefined`. */
export async function readAlarmTags({
  table,
  clock,
  findAlarmTags,
}: WatchlistDependencies): Promise<AlarmTag[] | undefined> {
  const last = alarmTagsFromItem(await table.get(alarmTagsKey));
  // A time that is to come was not written by us: by it they would never be read again.
  const isRead = last !== undefined && Math.abs(clock.now() - last.readAt) < tagReadIntervalMs;
  return isRead ? undefined : findAlarmTags();
}

/** A tag that does not do what whoever wrote it expects. */
export interface InvalidTag extends AlarmTag {
  problems: readonly string[];
}

/**
 * What is wrong with the tags.
 *
 * @param unknown ids, as a tag writes them, that no service has
 */
export function findInvalidTags(
  { connections }: Pick<WatchlistDependencies, "connections">,
  tags: readonly AlarmTag[],
  unknown: ReadonlySet<string>,
): InvalidTag[] {
  const served = new Set(connections.flatMap(({ accountIds }) => accountIds));
  return tags.flatMap(({ alarmArn, value }) => {
    const { services, wrong } = parseServicesTag(value);
    const problems = [
      ...wrong.map((word) => `"${word}" is not accountId/serviceGroupId/serviceId`),
      ...services.flatMap((ids) => {
        if (!served.has(ids.accountId)) return [`no connection serves account ${ids.accountId}`];
        return unknown.has(formatTaggedIds(ids)) ? [`there is no service ${formatTaggedIds(ids)}`] : [];
      }),
    ];
    return problems.length === 0 ? [] : [{ alarmArn, value, problems }];
  });
}

/** Those of them that were not reported before. */
export async function findUnreportedTags(
  { table }: Pick<WatchlistDependencies, "table">,
  invalid: readonly InvalidTag[],
): Promise<InvalidTag[]> {
  const last = alarmTagsFromItem(await table.get(alarmTagsKey));
  return invalid.filter((tag) => !last?.reported.includes(describeInvalidTag(tag)));
}

/** Notes that the tags were read, and what was reported of them: each mistake is reported once. */
export async function saveAlarmTagsRead(
  { table, clock }: Pick<WatchlistDependencies, "table" | "clock">,
  reported: readonly InvalidTag[],
): Promise<void> {
  await table.put(alarmTagsToItem({ readAt: clock.now(), reported: reported.map(describeInvalidTag) }));
}

function describeInvalidTag({ alarmArn, problems }: InvalidTag): string {
  return `${alarmArn}: ${problems.join("; ")}`;
}
