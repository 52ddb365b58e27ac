import { outageIn } from "../outage/outage-decision.ts";
import { lookAt } from "../reconcile/reconcile-services.ts";
import { tellWrongTag } from "../report/invalid-tags.ts";
import {
  type AlarmTag,
  findInvalidTags,
  findUnreportedTags,
  readAlarmTags,
  saveAlarmTagsRead,
} from "../watchlist/alarm-tags.ts";
import { titleOf, watchedOfAccount } from "../watchlist/watched-services.ts";
import type { TriggerDependencies } from "./sweep-account.ts";
import { watchAccount } from "./sweep-account.ts";

/** How long an outage may take before a person is to look at it, in milliseconds. */
const tooLongMs = 4 * 60 * 60_000;

/** What a sweep found, for the metrics. */
export interface Swept {
  /** What went wrong; all the rest was done. */
  errors: Error[];
  /** Services with an open outage. */
  inactive: number;
  /** Those of them whose outage has been open for four hours or more. */
  inactiveTooLong: number;
}

/**
 * Looks at every service that a manifest or a tag made known, so that an event that was lost or a crash half-way is
 * repaired within a minute; and now and then at what people did in the admin page, and at the tags of alarms.
 */
export async function sweep(parts: TriggerDependencies, { deadline }: { deadline: number }): Promise<Swept> {
  const errors: Error[] = [];
  const accountIds = parts.connections.flatMap((connection) => connection.accountIds);
  const watched = (await Promise.all(accountIds.map((accountId) => watchedOfAccount(parts, accountId)))).flat();
  const isOff = (mode: string | undefined) => (mode ?? parts.settings.mode) === "off";
  const asked = watched.flatMap(({ service }) => (isOff(service.health.mode) ? [] : service.alarms));
  const states = await parts.askAlarms([...new Set(asked)]);
  const looked = await lookAt(parts, watched, states, { deadline, isSweep: true });
  for (const { service, error } of looked) {
    if (error !== undefined) errors.push(named(`${titleOf(service.name)} of account ${service.name.accountId}`, error));
  }
  const tags = await readAlarmTags(parts).catch((error) => {
    errors.push(named("the tags of alarms", error));
    return undefined;
  });
  const unknown = new Set<string>();
  for (const accountId of accountIds) {
    const own = looked.filter(({ service }) => service.name.accountId === accountId);
    try {
      for (const ids of await watchAccount(parts, accountId, own, { deadline, tags })) unknown.add(ids);
    } catch (error) {
      errors.push(named(`account ${accountId}`, error));
    }
  }
  if (tags) await tellWrongTags(parts, tags, unknown);
  const open = looked.flatMap(({ record }) => outageIn(record) ?? []);
  const tooLong = open.filter(({ since }) => parts.clock.now() - Date.parse(since) >= tooLongMs);
  return { errors, inactive: open.length, inactiveTooLong: tooLong.length };
}

/** @param unknown ids, as a tag writes them, that no service has */
async function tellWrongTags(
  parts: TriggerDependencies,
  tags: readonly AlarmTag[],
  unknown: ReadonlySet<string>,
): Promise<void> {
  const invalid = findInvalidTags(parts, tags, unknown);
  for (const tag of await findUnreportedTags(parts, invalid)) await tellWrongTag(parts, tag);
  await saveAlarmTagsRead(parts, invalid);
}

function named(what: string, cause: unknown): Error {
  return new Error(`Looking at ${what} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
}
