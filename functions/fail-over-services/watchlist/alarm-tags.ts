import { GetResourcesCommand, type ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import * as z from "zod";
import type { ActivationStore } from "../../../shared/activation/activation-store.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import { alarmTagsKey } from "../../../shared/records/sweep-progress.ts";
import type { BaseDependencies } from "../../../shared/runtime/dependencies.ts";

/** The tag by which an alarm names its services. */
export const servicesTag = "ringcx:services";

/** How often the tags are read, in milliseconds. */
const readEveryMs = 5 * 60_000;

/** An alarm and the value of its tag. */
export interface AlarmTag {
  alarmArn: string;
  value: string;
}

/** Reads the tags of all alarms that have one, wherever the settings say that there may be some. */
export type FindAlarmTags = () => Promise<AlarmTag[]>;

/** What it takes to know which services are watched. */
export interface WatchlistDependencies extends Pick<BaseDependencies, "table" | "ringcxFor" | "connections"> {
  activation: ActivationStore;
  findAlarmTags: FindAlarmTags;
  clock: Clock;
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
export function servicesIn(value: string): { services: TaggedIds[]; wrong: string[] } {
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
export function idsInWords({ accountId, serviceGroupId, serviceId }: TaggedIds): string {
  return `${accountId}/${serviceGroupId}/${serviceId}`;
}

/** @param clients one client for each place in which alarms may have tags */
export function createFindAlarmTags(clients: readonly ResourceGroupsTaggingAPIClient[]): FindAlarmTags {
  return async () => (await Promise.all(clients.map(tagsIn))).flat();
}

async function tagsIn(client: ResourceGroupsTaggingAPIClient): Promise<AlarmTag[]> {
  const found: AlarmTag[] = [];
  let token: string | undefined;
  do {
    const answer = await client.send(
      new GetResourcesCommand({
        ResourceTypeFilters: ["cloudwatch:alarm"],
        TagFilters: [{ Key: servicesTag }],
        ResourcesPerPage: 100,
        ...(token && { PaginationToken: token }),
      }),
    );
    for (const { ResourceARN, Tags = [] } of answer.ResourceTagMappingList ?? []) {
      const value = Tags.find(({ Key }) => Key === servicesTag)?.Value;
      if (ResourceARN !== undefined && value !== undefined) found.push({ alarmArn: ResourceARN, value });
    }
    token = answer.PaginationToken;
  } while (token);
  return found;
}

const tagsItem = z.object({ readAt: z.number(), told: z.array(z.string()).default([]) });

/** The tags, when it is time to read them again. */
export async function readAlarmTags({
  table,
  clock,
  findAlarmTags,
}: WatchlistDependencies): Promise<AlarmTag[] | undefined> {
  const item = tagsItem.safeParse(await table.get(alarmTagsKey)).data;
  return item && clock.now() - item.readAt < readEveryMs ? undefined : findAlarmTags();
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
    const { services, wrong } = servicesIn(value);
    const problems = [
      ...wrong.map((word) => `"${word}" is not accountId/serviceGroupId/serviceId`),
      ...services.flatMap((ids) => {
        if (!served.has(ids.accountId)) return [`no connection serves account ${ids.accountId}`];
        return unknown.has(idsInWords(ids)) ? [`there is no service ${idsInWords(ids)}`] : [];
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
  const item = tagsItem.safeParse(await table.get(alarmTagsKey)).data;
  return invalid.filter((tag) => !item?.told.includes(markOf(tag)));
}

/** Notes that the tags were read, and what was reported of them: each mistake is reported once. */
export async function saveAlarmTagsRead(
  { table, clock }: Pick<WatchlistDependencies, "table" | "clock">,
  reported: readonly InvalidTag[],
): Promise<void> {
  await table.put({ ...alarmTagsKey, readAt: clock.now(), told: reported.map(markOf) });
}

function markOf({ alarmArn, problems }: InvalidTag): string {
  return `${alarmArn}: ${problems.join("; ")}`;
}
