import { displayName } from "../../../shared/records/service-name.ts";
import { alarmTagsKey } from "../../../shared/records/sweep-progress.ts";
import { tellAlone } from "../../../shared/state/tell-alone.ts";
import { outageIn } from "../outage/outage-decision.ts";
import { reconcileServices } from "../reconcile/reconcile-services.ts";
import { publishInvalidTag } from "../report/invalid-tags.ts";
import {
  countNotAsked,
  findOwnFaults,
  isNews,
  noFaults,
  noteFaults,
  publishFaults,
  reportOwnFaults,
  unreadPlaceFaults,
} from "../report/own-faults.ts";
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
import type { KnownService } from "../watchlist/services-tag.ts";
import { type AccountServices, readWatchedServices } from "../watchlist/watched-services.ts";
import { sweepAccount, type TriggerDependencies } from "./sweep-account.ts";
import { treesToRead } from "./trees-to-read.ts";

/** How long an outage may take before a person is to look at it, in milliseconds. */
const tooLongMs = 4 * 60 * 60_000;

/** What a sweep found, for the metrics. */
export interface SweepResult {
  /** What went wrong; all the rest was done. */
  errors: Error[];
  /** Services with an open outage. */
  inactive: number;
  /** Those of them whose outage has been open for four hours or more. */
  inactiveTooLong: number;
  /** Services of which something could not be asked, for a reason of ours, and places whose tags could not be read. */
  notAsked: number;
  /** Items that cannot be read. */
  unreadable: number;
}

/**
 * Reconciles every service that a manifest or a tag made known, so that an event that was lost or a crash half-way is
 * repaired within a minute; and now and then reads what people did in the admin page, and the tags of alarms.
 *
 * @param deadline by when the sweep must be done, epoch milliseconds
 */
export async function sweep(
  dependencies: TriggerDependencies,
  { deadline }: { deadline: number },
): Promise<SweepResult> {
  const { clock, connections, readAlarmStates, settings } = dependencies;
  const errors: Error[] = [];
  const accountIds = connections.flatMap((connection) => connection.accountIds);
  const accounts = new Map<string, AccountServices>();
  await Promise.all(
    accountIds.map(async (accountId) => {
      try {
        accounts.set(accountId, await readWatchedServices(dependencies, accountId));
      } catch (error) {
        // Of this one nothing is known now, so nothing is done in it; all others go on.
        errors.push(sweepError(`account ${accountId}`, error));
      }
    }),
  );
  const services = [...accounts.values()].flatMap((account) => account.services);
  const isOff = (mode: string | undefined) => (mode ?? settings.mode) === "off";
  const alarms = services.flatMap(({ service, record }) =>
    isOff(service.health.mode) && !outageIn(record) ? [] : service.alarms,
  );
  const states = await readAlarmStates([...new Set(alarms)]);
  const reconciled = await reconcileServices(dependencies, services, states, { deadline, isSweep: true });
  for (const { service, error } of reconciled) {
    if (error !== undefined)
      errors.push(sweepError(describe(service.name.accountId, displayName(service.name)), error));
  }
  const byAccount = Map.groupBy(reconciled, ({ service }) => service.name.accountId);
  await Promise.all(
    [...accounts].map(async ([accountId, { unreadable }]) => {
      for (const { path, error } of unreadable) errors.push(sweepError(describe(accountId, path), error));
      const faults = findOwnFaults(byAccount.get(accountId) ?? [], unreadable);
      await reportOwnFaults(dependencies, accountId, faults).catch((error: unknown) => {
        errors.push(sweepError(`the report of account ${accountId}`, error));
      });
    }),
  );
  const tags = await readAlarmTags(dependencies).catch((error): KnownTags => {
    errors.push(sweepError("the alarms' tags", error));
    return { last: undefined, read: undefined };
  });
  const unknown = new Set<string>();
  const named: KnownService[] = [];
  const unasked = new Set(accountIds.filter((accountId) => !accounts.has(accountId)));
  const inOutage = new Set(
    reconciled.flatMap(({ service, record }) => (outageIn(record) ? [service.name.accountId] : [])),
  );
  const trees = await treesToRead(dependencies, inOutage).catch((error: unknown) => {
    errors.push(sweepError("the turns of the accounts", error));
    return new Set<string>();
  });
  await Promise.all(
    [...accounts.keys()].map(async (accountId) => {
      const options = { deadline, tags: tags.read, isTreeRead: trees.has(accountId) };
      try {
        const swept = await sweepAccount(dependencies, accountId, byAccount.get(accountId) ?? [], options);
        for (const ids of swept.unknown) unknown.add(ids);
        named.push(...swept.services);
      } catch (error) {
        unasked.add(accountId);
        errors.push(sweepError(`account ${accountId}`, error));
      }
    }),
  );
  const unread = await reportTags(dependencies, tags, { unknown, unasked, services: named }).catch((error: unknown) => {
    errors.push(sweepError("the report of the alarms' tags", error));
    return tags.read?.unread.length ?? 0;
  });
  const untouched = [...accounts.values()].flatMap((account) => account.untouched);
  const open = [...reconciled.map(({ record }) => record), ...untouched].flatMap((record) => outageIn(record) ?? []);
  const tooLong = open.filter(({ since }) => clock.now() - Date.parse(since) >= tooLongMs);
  return {
    errors,
    inactive: open.length,
    inactiveTooLong: tooLong.length,
    notAsked: countNotAsked(reconciled) + unread,
    unreadable: [...accounts.values()].flatMap((account) => account.unreadable).length,
  };
}

/**
 * Reports wrong tags and places whose tags could not be read.
 *
 * @returns how many places cannot be read
 */
async function reportTags(
  dependencies: TriggerDependencies,
  { last, read }: KnownTags,
  named: NamedServices,
): Promise<number> {
  if (!read) return Object.keys(last?.unread.open ?? {}).length;
  await tellAlone(dependencies, alarmTagsKey, async () => {
    const told = await readLastTags(dependencies);
    const invalid = findInvalidTags(read.tags, named);
    const now = dependencies.clock.now();
    const fresh = seenSince(unreportedTags(invalid, told), told, now);
    const faults = unreadPlaceFaults(read.unread);
    const noted = noteFaults(told?.unread ?? noFaults, faults, now);
    if (fresh.length > 0 || isNews(noted)) await noteTags(dependencies, { last: told, fresh, unread: noted });
    for (const { tag, since } of fresh) await publishInvalidTag(dependencies, tag, since);
    const unread = await publishFaults(dependencies, undefined, noted, faults);
    await saveAlarmTagsRead(dependencies, invalid, { last: told, read, unread, unasked: named.unasked });
  });
  return read.unread.length;
}

function describe(accountId: string, service: string): string {
  return `${service} of account ${accountId}`;
}

function sweepError(what: string, cause: unknown): Error {
  return new Error(`The sweep of ${what} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
}
