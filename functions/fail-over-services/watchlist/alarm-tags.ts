import { GetResourcesCommand, type ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import * as z from "zod";
import { alarmTagsKey } from "../../../shared/records/sweep-progress.ts";
import type { FailOverParts } from "../dependencies.ts";
import { idsInWords, tellWrongTag } from "../report/invalid-tags.ts";

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
export async function readAlarmTags({ table, clock, findAlarmTags }: FailOverParts): Promise<AlarmTag[] | undefined> {
  const item = tagsItem.safeParse(await table.get(alarmTagsKey)).data;
  return item && clock.now() - item.readAt < readEveryMs ? undefined : findAlarmTags();
}

/**
 * Notes that the tags were read, and tells what is wrong with them, each once.
 *
 * @param unknown ids, as a tag writes them, that no service has
 */
export async function noteAlarmTags(
  parts: FailOverParts,
  tags: readonly AlarmTag[],
  unknown: ReadonlySet<string>,
): Promise<void> {
  const { table, clock } = parts;
  const item = tagsItem.safeParse(await table.get(alarmTagsKey)).data;
  const served = new Set(parts.connections.flatMap(({ accountIds }) => accountIds));
  const told: string[] = [];
  for (const { alarmArn, value } of tags) {
    const { services, wrong } = servicesIn(value);
    const problems = [
      ...wrong.map((word) => `"${word}" is not accountId/serviceGroupId/serviceId`),
      ...services.flatMap((ids) => {
        if (!served.has(ids.accountId)) return [`no connection serves account ${ids.accountId}`];
        return unknown.has(idsInWords(ids)) ? [`there is no service ${idsInWords(ids)}`] : [];
      }),
    ];
    if (problems.length === 0) continue;
    const mark = `${alarmArn}: ${problems.join("; ")}`;
    told.push(mark);
    if (!item?.told.includes(mark)) await tellWrongTag(parts, alarmArn, value, problems);
  }
  await table.put({ ...alarmTagsKey, readAt: clock.now(), told });
}
