import { isAccountRefusedKey } from "../../../shared/records/own-fault-words.ts";
import { displayName } from "../../../shared/records/service-name.ts";
import type { ReadAlarmStates } from "../evidence/alarm-states.ts";
import { isLeftAlone } from "../evidence/collect-evidence.ts";
import { outageIn } from "../outage/outage-decision.ts";
import { type ReconciledService, reconcileAgain, reconcileServices } from "../reconcile/reconcile-services.ts";
import { reportOwnFaults } from "../report/fault-report.ts";
import { countNotAsked, findOwnFaults, isLeftRefused } from "../report/own-faults.ts";
import { refusedAccount } from "../report/refused-account.ts";
import { findTreeFaults, isTreeFault } from "../report/tree-faults.ts";
import { readWatchedServices } from "../watchlist/watched-services.ts";
import { compareTree } from "./compare-tree.ts";
import { hasRingCxFailed } from "./event-trial.ts";
import { endFormerRecords } from "./former-records.ts";
import { findMissing, isSaidByTree, noneMissing, unshownInSweep } from "./missing-services.ts";
import { noteTreeTurn } from "./trees-to-read.ts";
import { sweepError, type TriggerDependencies } from "./trigger-dependencies.ts";

/** How long an outage may take before a person is to look at it, in milliseconds. */
const tooLongMs = 4 * 60 * 60_000;

/** What the sweep of an account found, for the metrics. */
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

/** How an account is swept. */
export interface SweepOptions {
  /** By when it must be done, epoch milliseconds. */
  deadline: number;
  /** Whether it is its turn to have its tree read. */
  isTreeRead: boolean;
  /** Reads the states of its alarms. */
  readAlarmStates: ReadAlarmStates;
}

/**
 * Reconciles every service of an account that a manifest or a tag made known, so that an event that was lost or a crash
 * half-way is repaired within a minute; and reads what people did in the admin page.
 */
export async function sweepAccount(
  dependencies: TriggerDependencies,
  accountId: string,
  { deadline, isTreeRead, readAlarmStates }: SweepOptions,
): Promise<SweepResult> {
  const { clock, settings } = dependencies;
  const errors: Error[] = [];
  const { services, unreadable, untouched, settled, areMoving } = await readWatchedServices(dependencies, accountId);
  const unshownMs = await unshownInSweep(dependencies, accountId, services);
  const alarms = services.flatMap((one) => (isLeftAlone(one, settings) ? [] : one.service.alarms));
  const states = await readAlarmStates([...new Set(alarms)]);
  const seen = await reconcileServices(dependencies, services, states, { deadline, isSweep: true });
  const describe = (service: string) => `${service} of account ${accountId}`;
  // What people do is not to wait for those services for which RingCX fails.
  const compared = await compareTree(dependencies, accountId, seen, { deadline, isTreeRead }).catch(
    (error: unknown) => ({ tree: undefined, error }),
  );
  const isWaiting = ({ error }: ReconciledService) => hasRingCxFailed(error);
  const again = await reconcileAgain(dependencies, seen.filter(isWaiting), deadline);
  if (compared.error !== undefined) errors.push(sweepError(`account ${accountId}`, compared.error));
  const { tree } = compared;
  const all = [...seen.filter((one) => !isWaiting(one)), ...again];
  const former = tree ? await endFormerRecords(dependencies, accountId, [...all, ...settled], tree) : undefined;
  const reconciled = former ? all.filter((one) => !former.has(one)) : all;
  const missing = tree
    ? await findMissing(dependencies, accountId, { reconciled, tree }, { unshownMs, deadline })
    : noneMissing;
  const there = reconciled.filter((one) => !isSaidByTree(one, missing));
  for (const { service, error } of there) {
    if (error !== undefined) errors.push(sweepError(describe(displayName(service.name)), error));
  }
  for (const { path, error } of unreadable) errors.push(sweepError(describe(path), error));
  const faults = [
    ...findOwnFaults(there, unreadable),
    ...(tree ? findTreeFaults(reconciled, tree, missing.gone) : refusedAccount(accountId, compared.error)),
  ];
  const isUnjudged = (key: string) =>
    areMoving ||
    isLeftRefused(key, there) ||
    (tree
      ? missing.unsure.size > 0 && isTreeFault(key)
      : isAccountRefusedKey(key) || (services.length > 0 && isTreeFault(key)));
  await reportOwnFaults(dependencies, accountId, { faults, isUnjudged }).catch((error: unknown) => {
    errors.push(sweepError(`the report of account ${accountId}`, error));
  });
  const open = [...reconciled.map(({ record }) => record), ...untouched].flatMap((record) => outageIn(record) ?? []);
  await noteTreeTurn(dependencies, accountId, { hasOutage: open.length > 0 }).catch((error: unknown) => {
    errors.push(sweepError(`the turn of account ${accountId}`, error));
  });
  const tooLong = open.filter(({ since }) => clock.now() - Date.parse(since) >= tooLongMs);
  return {
    errors,
    inactive: open.length,
    inactiveTooLong: tooLong.length,
    notAsked: countNotAsked(reconciled),
    unreadable: unreadable.length,
  };
}
