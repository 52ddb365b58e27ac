import { displayName } from "../../../shared/records/service-name.ts";
import { outageIn } from "../outage/outage-decision.ts";
import { reconcileServices } from "../reconcile/reconcile-services.ts";
import { publishInvalidTag } from "../report/invalid-tags.ts";
import { countNotAsked, findOwnFaults, reportOwnFaults } from "../report/own-faults.ts";
import {
  type AlarmTag,
  findInvalidTags,
  findUnreportedTags,
  readAlarmTags,
  saveAlarmTagsRead,
} from "../watchlist/alarm-tags.ts";
import { readWatchedServices } from "../watchlist/watched-services.ts";
import { sweepAccount, type TriggerDependencies } from "./sweep-account.ts";

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
  /** Services of which something could not be asked, for a reason of ours. */
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
  const accounts = await Promise.all(accountIds.map((accountId) => readWatchedServices(dependencies, accountId)));
  const services = accounts.flatMap((account) => account.services);
  const isOff = (mode: string | undefined) => (mode ?? settings.mode) === "off";
  const alarms = services.flatMap(({ service }) => (isOff(service.health.mode) ? [] : service.alarms));
  const states = await readAlarmStates([...new Set(alarms)]);
  const reconciled = await reconcileServices(dependencies, services, states, { deadline, isSweep: true });
  for (const { service, error } of reconciled) {
    if (error !== undefined)
      errors.push(sweepError(describe(service.name.accountId, displayName(service.name)), error));
  }
  const byAccount = Map.groupBy(reconciled, ({ service }) => service.name.accountId);
  await Promise.all(
    accountIds.map(async (accountId, index) => {
      const { unreadable = [] } = accounts[index] ?? {};
      for (const { path, error } of unreadable) errors.push(sweepError(describe(accountId, path), error));
      const faults = findOwnFaults(byAccount.get(accountId) ?? [], unreadable);
      await reportOwnFaults(dependencies, accountId, faults).catch((error: unknown) => {
        errors.push(sweepError(`the report of account ${accountId}`, error));
      });
    }),
  );
  const tags = await readAlarmTags(dependencies).catch((error) => {
    errors.push(sweepError("the alarms' tags", error));
    return undefined;
  });
  const unknown = new Set<string>();
  for (const accountId of accountIds) {
    const ofAccount = byAccount.get(accountId) ?? [];
    try {
      for (const ids of await sweepAccount(dependencies, accountId, ofAccount, { deadline, tags })) unknown.add(ids);
    } catch (error) {
      errors.push(sweepError(`account ${accountId}`, error));
    }
  }
  if (tags) await reportInvalidTags(dependencies, tags, unknown);
  const untouched = accounts.flatMap((account) => account.untouched);
  const open = [...reconciled.map(({ record }) => record), ...untouched].flatMap((record) => outageIn(record) ?? []);
  const tooLong = open.filter(({ since }) => clock.now() - Date.parse(since) >= tooLongMs);
  return {
    errors,
    inactive: open.length,
    inactiveTooLong: tooLong.length,
    notAsked: countNotAsked(reconciled),
    unreadable: accounts.flatMap((account) => account.unreadable).length,
  };
}

/** @param unknown ids, as a tag writes them, that no service has */
async function reportInvalidTags(
  dependencies: TriggerDependencies,
  tags: readonly AlarmTag[],
  unknown: ReadonlySet<string>,
): Promise<void> {
  const invalid = findInvalidTags(dependencies, tags, unknown);
  for (const tag of await findUnreportedTags(dependencies, invalid)) await publishInvalidTag(dependencies, tag);
  await saveAlarmTagsRead(dependencies, invalid);
}

function describe(accountId: string, service: string): string {
  return `${service} of account ${accountId}`;
}

function sweepError(what: string, cause: unknown): Error {
  return new Error(`The sweep of ${what} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
}
