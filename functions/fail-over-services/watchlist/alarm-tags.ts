import type { ActivationStore } from "../../../shared/activation/activation-store.ts";
import type { Clock, Random } from "../../../shared/primitives/clock.ts";
import {
  type AlarmTagsRead,
  alarmTagsFromItem,
  alarmTagsKey,
  alarmTagsToItem,
  noteId,
} from "../../../shared/records/sweep-progress.ts";
import type { BaseDependencies } from "../../../shared/runtime/dependencies.ts";
import { type AlarmTag, type FindAlarmTags, isInUnreadPlace, type TagsRead } from "./find-alarm-tags.ts";
import { type KnownService, parseServicesTag, type TagProblem, tagProblems } from "./services-tag.ts";

/** How often the tags are read, in milliseconds. */
const tagReadIntervalMs = 5 * 60_000;

/** What it takes to know which services are watched. */
export interface WatchlistDependencies
  extends Pick<BaseDependencies, "table" | "ringcxFor" | "connections" | "onUnreadable"> {
  activation: ActivationStore;
  findAlarmTags: FindAlarmTags;
  clock: Clock;
  random: Random;
}

/** What is known of the tags of all alarms. */
export interface KnownTags {
  /** What was noted when they were read before; `undefined` where they never were. */
  last: AlarmTagsRead | undefined;
  /** The tags, when it was time to read them again. */
  read: TagsRead | undefined;
}

/** Reads the tags of all alarms when it is time to. */
export async function readAlarmTags(dependencies: WatchlistDependencies): Promise<KnownTags> {
  const { clock, findAlarmTags } = dependencies;
  const last = await readLastTags(dependencies);
  // A time that is to come was not written by us: by it they would never be read again.
  const isRead = last !== undefined && Math.abs(clock.now() - last.readAt) < tagReadIntervalMs;
  return { last, read: isRead ? undefined : await findAlarmTags() };
}

/** What was noted when they were read before, by whomever. */
export async function readLastTags({
  table,
}: Pick<WatchlistDependencies, "table">): Promise<AlarmTagsRead | undefined> {
  return alarmTagsFromItem(await table.get(alarmTagsKey));
}

/** A tag that does not do what whoever wrote it expects. */
export interface InvalidTag extends AlarmTag {
  problems: readonly TagProblem[];
}

/** What the accounts said of the ids that tags name. */
export interface NamedServices {
  /** Ids, as a tag writes them, that no service has. */
  unknown: ReadonlySet<string>;
  /** Accounts that could not be asked: tags that name their services are judged another time. */
  unasked: ReadonlySet<string>;
  /** The services that they have, as far as they are known. */
  services: readonly KnownService[];
}

/**
 * What is wrong with the tags. What they say of accounts that no connection here serves is another environment's: whether
 * it is right cannot be known here.
 */
export function findInvalidTags(
  tags: readonly AlarmTag[],
  { unknown, unasked, services }: NamedServices,
): InvalidTag[] {
  const judged = tags.filter((tag) => !isUnjudged(tag, unasked));
  return judged.flatMap(({ alarmArn, value }) => {
    const problems = tagProblems(value, { unknown, services });
    return problems.length === 0 ? [] : [{ alarmArn, value, problems }];
  });
}

function isUnjudged({ value }: AlarmTag, unasked: ReadonlySet<string>): boolean {
  return parseServicesTag(value).services.some(({ accountId }) => unasked.has(accountId));
}

/** Those of them that were not reported before. */
export function unreportedTags(invalid: readonly InvalidTag[], last: AlarmTagsRead | undefined): InvalidTag[] {
  return invalid.filter((tag) => !last?.reported.includes(describeInvalidTag(tag)));
}

/** A mistake, and when it was seen first, ISO 8601. */
interface SeenTag {
  tag: InvalidTag;
  since: string;
}

/** Mistakes with the time under which each is reported: as it was noted, or now. @param now epoch milliseconds */
export function seenSince(tags: readonly InvalidTag[], last: AlarmTagsRead | undefined, now: number): SeenTag[] {
  const at = new Date(now).toISOString();
  return tags.map((tag) => ({ tag, since: last?.seen[noteId(describeInvalidTag(tag))] ?? at }));
}

/** Notes what is about to be reported, so that it has one id however often it is reported. */
export async function noteTags(
  { table }: Pick<WatchlistDependencies, "table">,
  { last, fresh, unread }: Pick<KnownTags, "last"> & { fresh: readonly SeenTag[] } & Pick<AlarmTagsRead, "unread">,
): Promise<void> {
  const { readAt = 0, reported = [] } = last ?? {};
  const seen = Object.fromEntries(fresh.map(({ tag, since }) => [noteId(describeInvalidTag(tag)), since]));
  await table.put(alarmTagsToItem({ readAt, reported, unread, seen }));
}

/**
 * Notes that the tags were read, and what was reported of them: each mistake is reported once, also where its place or
 * its account could not be read this time.
 *
 * @param unread places that cannot be read
 */
export async function saveAlarmTagsRead(
  { table, clock }: Pick<WatchlistDependencies, "table" | "clock">,
  invalid: readonly InvalidTag[],
  {
    last,
    read,
    unasked,
    unread,
  }: Pick<KnownTags, "last"> & { read: TagsRead } & Pick<NamedServices, "unasked"> & Pick<AlarmTagsRead, "unread">,
): Promise<void> {
  const unjudged = read.tags.filter((tag) => isUnjudged(tag, unasked));
  const isKept = (words: string) =>
    isInUnreadPlace(read, words) || unjudged.some(({ alarmArn }) => words.startsWith(`${alarmArn}: `));
  const reported = new Set([...invalid.map(describeInvalidTag), ...(last?.reported ?? []).filter(isKept)]);
  await table.put(alarmTagsToItem({ readAt: clock.now(), reported: [...reported], unread, seen: {} }));
}

/** Begins with the alarm's ARN. Without hints: what is near may be another one tomorrow. */
function describeInvalidTag({ alarmArn, problems }: InvalidTag): string {
  return `${alarmArn}: ${problems.map(({ message }) => message).join("; ")}`;
}
