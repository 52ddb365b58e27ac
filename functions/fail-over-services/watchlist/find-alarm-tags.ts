import { paginateGetResources, type ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { describeRefusal } from "./refusal.ts";

/** The tag by which an alarm names its services. */
export const servicesTag = "ringcx:services";

/** An alarm and the value of its tag. */
export interface AlarmTag {
  alarmArn: string;
  value: string;
}

/** A region of an account in which alarms may have tags, and as whom it is asked. */
interface Place {
  region: string;
  account: string;
  /** `undefined` where the function asks as itself. */
  roleArn: string | undefined;
}

/** A place with the client that asks there. */
export interface TagPlace extends Place {
  client: ResourceGroupsTaggingAPIClient;
}

/** A place whose tags could not be read, or not all of them. */
export interface UnreadPlace extends Place {
  /** What AWS said, and what to grant. */
  because: string;
}

/** What was read of the tags. Of places that could not be read nothing is known anew, not that there are none. */
export interface TagsRead {
  tags: readonly AlarmTag[];
  unread: readonly UnreadPlace[];
}

/** Reads the tags of all alarms that have one, wherever the settings say that there may be some. Never throws. */
export type FindAlarmTags = () => Promise<TagsRead>;

/** Reads the tags in several places at once, each by itself: one that refuses ends nothing in the others. */
export function createFindAlarmTags(places: readonly TagPlace[]): FindAlarmTags {
  return async () => {
    const answers = await Promise.all(places.map(tagsIn));
    return { tags: answers.flatMap(({ tags }) => tags), unread: answers.flatMap(({ unread }) => unread) };
  };
}

async function tagsIn({ client, ...place }: TagPlace): Promise<TagsRead> {
  const tags: AlarmTag[] = [];
  const pages = paginateGetResources(
    { client, pageSize: 100 },
    { ResourceTypeFilters: ["cloudwatch:alarm"], TagFilters: [{ Key: servicesTag }] },
  );
  try {
    for await (const { ResourceTagMappingList = [] } of pages) {
      for (const { ResourceARN, Tags = [] } of ResourceTagMappingList) {
        const value = Tags.find(({ Key }) => Key === servicesTag)?.Value;
        if (ResourceARN !== undefined && value !== undefined) tags.push({ alarmArn: ResourceARN, value });
      }
    }
    return { tags, unread: [] };
  } catch (error) {
    const because = describeRefusal(error, { action: "tag:GetResources", roleArn: place.roleArn });
    return { tags, unread: [{ ...place, because }] };
  }
}

/** Whether an alarm lives where tags could not be read. */
export function isInUnreadPlace({ unread }: Pick<TagsRead, "unread">, alarmArn: string): boolean {
  const [, , , region, account] = alarmArn.split(":");
  return unread.some((place) => place.region === region && place.account === account);
}
