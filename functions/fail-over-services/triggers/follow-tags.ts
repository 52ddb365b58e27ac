import { unlessUnderWay } from "../../../shared/activation/intents.ts";
import { forEachAccount } from "../../../shared/primitives/each-account.ts";
import { failoverMemoryOf } from "../../../shared/records/account/failover-memory.ts";
import { lastKnownState } from "../../../shared/records/account/known-state.ts";
import { taggedServiceKey } from "../../../shared/records/account/tagged-service.ts";
import type { ServiceName } from "../../../shared/records/service-name.ts";
import { alarmTagsKey } from "../../../shared/records/sweep-progress.ts";
import { tellAlone } from "../../../shared/state/tell-alone.ts";
import { detectManualChange } from "../evidence/manual-change.ts";
import { outageIn } from "../outage/outage-decision.ts";
import { isNews, noFaults, noteFaults, publishFaults } from "../report/fault-report.ts";
import { publishInvalidTag } from "../report/invalid-tags.ts";
import { unreadPlaceFaults } from "../report/own-faults.ts";
import { readAccountTree, type TreeService } from "../watchlist/account-tree.ts";
import {
  findInvalidTags,
  type KnownTags,
  type NamedServices,
  noteTags,
  readAlarmTags,
  readLastTags,
  saveAlarmTagsRead,
  seenSince,
  unreportedTags,
} from "../watchlist/alarm-tags.ts";
import {
  assignTags,
  findTagChanges,
  hasTaggedServices,
  type TagChanges,
  taggedInAccount,
} from "../watchlist/assign-tags.ts";
import type { TagsRead } from "../watchlist/find-alarm-tags.ts";
import { isKnownElsewhere } from "../watchlist/former-names.ts";
import type { KnownService } from "../watchlist/services-tag.ts";
import { type RecordedService, readWatchedServices } from "../watchlist/watched-services.ts";
import { mayTreeBeOld } from "./missing-services.ts";
import { areAllTreesRead } from "./trees-to-read.ts";
import { sweepError, type TriggerDependencies } from "./trigger-dependencies.ts";

/** How long one account's tree is waited for, in milliseconds: the tags of the others wait for it to be judged. */
const treePatienceMs = 10_000;

/** What became of the tags. */
export interface FollowedTags {
  /** What went wrong; all the rest was done. */
  errors: Error[];
  /** Places whose tags could not be read. */
  unread: number;
}

/**
 * Reads the tags of all alarms when it is time to, writes down which services they name, and reports what is wrong with
 * them. A tag may name services of several accounts, so they are judged together, and no account's sweep waits for it.
 *
 * @param deadline by when it must be done, epoch milliseconds
 */
export async function followTags(
  dependencies: TriggerDependencies,
  { deadline }: { deadline: number },
): Promise<FollowedTags> {
  const { connections } = dependencies;
  const errors: Error[] = [];
  const tags = await readAlarmTags(dependencies).catch((error): KnownTags => {
    errors.push(sweepError("the alarms' tags", error));
    return { last: undefined, read: undefined };
  });
  const { read } = tags;
  if (!read) return { errors, unread: Object.keys(tags.last?.unread.open ?? {}).length };
  const named = { unknown: new Set<string>(), unasked: new Set<string>(), services: [] as KnownService[] };
  const accounts = connections.flatMap((connection) => {
    const isTreeRead = areAllTreesRead(connection);
    return connection.accountIds.map((accountId) => ({ accountId, isTreeRead }));
  });
  await forEachAccount(accounts, async ({ accountId, isTreeRead }) => {
    try {
      const followed = await followTagsInAccount(dependencies, accountId, { deadline, tags: read, isTreeRead });
      for (const ids of followed.unknown) named.unknown.add(ids);
      if (followed.isUnsure) named.unasked.add(accountId);
      named.services.push(...followed.services);
    } catch (error) {
      named.unasked.add(accountId);
      errors.push(sweepError(`the tags of account ${accountId}`, error));
    }
  });
  const unread = await reportTags(dependencies, read, named).catch((error: unknown) => {
    errors.push(sweepError("the report of the alarms' tags", error));
    return read.unread.length;
  });
  return { errors, unread };
}

/** What the tags of alarms are judged by. */
type FollowedAccount = Pick<NamedServices, "services"> & {
  unknown: readonly string[];
  /** Nobody can say of an id whether there is a service: the tree may be older than what was just written. */
  isUnsure?: boolean;
};

/**
 * Writes down which services of an account the tags name.
 *
 * @throws what reading the tree throws, after all that can be done without it
 */
async function followTagsInAccount(
  dependencies: TriggerDependencies,
  accountId: string,
  { deadline, tags, isTreeRead }: { deadline: number; tags: TagsRead; isTreeRead: boolean },
): Promise<FollowedAccount> {
  // Where nobody uses tags that is all.
  if (tags.tags.length === 0 && !(await hasTaggedServices(dependencies, accountId)))
    return { unknown: [], services: [] };
  const { services: recorded, areMoving } = await readWatchedServices(dependencies, accountId);
  const services = recorded.map(({ service }) => service);
  const known = new Set(services.map(({ serviceId }) => serviceId));
  const tagged = taggedInAccount(tags.tags, accountId);
  const hasNew = tagged.some(({ serviceId }) => !known.has(serviceId));
  if (services.length === 0 && !hasNew) return { unknown: [], services: [] };
  const latest = Math.min(deadline, dependencies.clock.now() + treePatienceMs);
  const isRead = (isTreeRead && tagged.length > 0) || hasNew;
  const mayBeOld = isRead && (await mayTreeBeOld(dependencies, accountId));
  const [reading] = await Promise.allSettled(isRead ? [readAccountTree(dependencies, accountId, latest)] : []);
  const read = reading?.status === "fulfilled" ? reading.value : undefined;
  const listed = new Set(read?.map(({ serviceId }) => serviceId));
  // What the tree does not show yet is where we know it to be.
  const unlisted = mayBeOld ? services.filter(({ serviceId }) => !listed.has(serviceId)) : [];
  const tree = read && [...read, ...unlisted.map((one) => ({ ...one, isEnabled: undefined }))];
  const unknown = await assignTagsInAccount(dependencies, accountId, tags, { recorded, areMoving, tree });
  if (reading?.status === "rejected") throw reading.reason;
  const isUnsure = mayBeOld && unknown.length > 0;
  return { unknown: isUnsure ? [] : unknown, services: tree ?? services, isUnsure };
}

/** @returns ids, as a tag writes them, that no service has */
async function assignTagsInAccount(
  dependencies: TriggerDependencies,
  accountId: string,
  tags: TagsRead,
  {
    recorded,
    areMoving,
    tree,
  }: { recorded: readonly RecordedService[]; areMoving: boolean; tree: readonly TreeService[] | undefined },
): Promise<readonly string[]> {
  const services = recorded.map(({ service }) => service);
  const hasOutage = ({ record }: RecordedService) => outageIn(record) ?? failoverMemoryOf(record).observedOutage;
  const inOutage = new Set(recorded.filter(hasOutage).map(({ service }) => taggedServiceKey(service.name).sk));
  const changes = await findTagChanges(dependencies, accountId, tags, { services, inOutage, tree });
  const byId = new Map(tree?.map((one) => [one.serviceId, one]));
  // Before they are watched: an alarm that fires in between must find what they were.
  const newlyTagged: TagChanges["newlyTagged"][number][] = [];
  for (const one of changes.newlyTagged) {
    const { name, ids } = one;
    if (await isKnownElsewhere(dependencies.table, name, ids.serviceId)) continue;
    await noteFirstSight(dependencies, name, byId.get(ids.serviceId));
    newlyTagged.push(one);
  }
  // What is in the middle of a change keeps its tags until it is known under one name again.
  await assignTags(dependencies, { newlyTagged, untagged: areMoving ? [] : changes.untagged });
  return changes.unknown;
}

/** A service that only a tag names was never ours: what it is now is a person's word. */
async function noteFirstSight(
  { activation, clock }: TriggerDependencies,
  name: ServiceName,
  inTree: TreeService | undefined,
): Promise<void> {
  if (inTree?.isEnabled === undefined) return;
  const record = await unlessUnderWay(activation.get(name, { isAnew: true }));
  if (!record || lastKnownState(record) !== undefined) return;
  const found = detectManualChange(record, inTree.isEnabled, clock.now());
  if (found) await activation.changeIf(name, record, found.change);
}

/**
 * Reports wrong tags and places whose tags could not be read.
 *
 * @returns how many places cannot be read
 */
async function reportTags(dependencies: TriggerDependencies, read: TagsRead, named: NamedServices): Promise<number> {
  await tellAlone(dependencies, alarmTagsKey, async () => {
    const told = await readLastTags(dependencies);
    const invalid = findInvalidTags(read.tags, named);
    const now = dependencies.clock.now();
    const fresh = seenSince(unreportedTags(invalid, told), told, now);
    const faults = unreadPlaceFaults(read.unread);
    const noted = noteFaults(told?.unread ?? noFaults, { faults }, now);
    if (fresh.length > 0 || isNews(noted)) await noteTags(dependencies, { last: told, fresh, unread: noted });
    for (const { tag, since } of fresh) await publishInvalidTag(dependencies, tag, since);
    const unread = await publishFaults(dependencies, undefined, noted, faults);
    await saveAlarmTagsRead(dependencies, invalid, { last: told, read, unread, unasked: named.unasked });
  });
  return read.unread.length;
}
