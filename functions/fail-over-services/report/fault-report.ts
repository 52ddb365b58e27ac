import { ownFaultsKey, ownFaultsSchema } from "../../../shared/records/sweep-progress.ts";
import { readOrRebuild } from "../../../shared/state/rebuilt-item.ts";
import type { Item } from "../../../shared/state/table.ts";
import { tellAlone } from "../../../shared/state/tell-alone.ts";
import { parseItem } from "../../../shared/state/unreadable-item.ts";
import type { WatchlistDependencies } from "../watchlist/alarm-tags.ts";
import type { OwnFault } from "./own-fault.ts";
import type { ReportDependencies } from "./service-outcome.ts";
import { treeFaultIsOver } from "./tree-faults.ts";

/** Most faults of an account that are reported one by one: together they are one item of the table. */
const maxFaults = 200;

/**
 * Publishes which of an account's faults have begun and which have ended since they were last reported.
 *
 * @param isUnjudged keys of faults of which nothing is known now: what was reported of them stands
 */
export async function reportOwnFaults(
  { outcomes, clock, ...state }: ReportDependencies & Pick<WatchlistDependencies, "table" | "random" | "onUnreadable">,
  accountId: string,
  faults: readonly OwnFault[],
  isUnjudged: (key: string) => boolean = () => false,
): Promise<void> {
  const key = ownFaultsKey(accountId);
  const split = (open: Readonly<Record<string, string>>) => {
    const entries = Object.entries(open);
    return {
      standing: Object.fromEntries(entries.filter(([each]) => isUnjudged(each))),
      open: Object.fromEntries(entries.filter(([each]) => !isUnjudged(each))),
    };
  };
  const readOpen = () =>
    readOrRebuild({ ...state, clock }, key, {
      parse: (item: Item | undefined) => (item ? parseItem(ownFaultsSchema, item).open : {}),
      safe: () => ({ open: {} }),
    });
  if (!hasChanged(split(await readOpen()).open, faults)) return;
  await tellAlone({ table: state.table, clock }, key, async () => {
    const { standing, open } = split(await readOpen());
    const next = await publishFaultChanges({ outcomes, clock }, accountId, { open, faults });
    if (next) await state.table.put({ ...key, open: { ...standing, ...next } });
  });
}

/** What has begun and what has ended since `open` was reported. */
function faultChanges(open: Readonly<Record<string, string>>, faults: readonly OwnFault[]) {
  const current = new Map(faults.slice(0, maxFaults).map((fault) => [fault.key, fault]));
  return {
    current,
    ended: Object.entries(open).filter(([each]) => !current.has(each)),
    begun: [...current.values()].filter((fault) => !(fault.key in open)),
  };
}

function hasChanged(open: Readonly<Record<string, string>>, faults: readonly OwnFault[]): boolean {
  const { begun, ended } = faultChanges(open, faults);
  return begun.length > 0 || ended.length > 0;
}

/**
 * Publishes which faults have begun and which have ended.
 *
 * @param accountId of RingCX, where they are those of one
 * @param open those that were last reported: since when, ISO 8601, by key
 * @returns what is open now in the same form, or `undefined` where nothing has changed
 */
export async function publishFaultChanges(
  { outcomes, clock }: Pick<ReportDependencies, "outcomes" | "clock">,
  accountId: string | undefined,
  { open, faults }: { open: Readonly<Record<string, string>>; faults: readonly OwnFault[] },
): Promise<Record<string, string> | undefined> {
  const now = new Date(clock.now()).toISOString();
  const { current, begun, ended } = faultChanges(open, faults);
  if (begun.length === 0 && ended.length === 0) return undefined;
  const common = (what: string, fault: string, since: string) => ({
    ...(accountId !== undefined && { accountId }),
    cause: {
      source: "/ringcx-automation/sweep",
      id: [what, ...(accountId === undefined ? [] : [accountId]), fault, since].join("/"),
      type: "ringcx.sweep",
    },
  });
  for (const { key, subject, because, meaning, trouble = "cannot be seen", status = "FAILED" } of begun) {
    const summary = `${subject} ${trouble}: ${because} ${meaning}.`;
    await outcomes.publish({ status, summary, ...common("own-fault", key, now) });
  }
  for (const [key, since] of ended) {
    const over = `${key}: it can be asked and read again, or is no longer needed; it could not since ${since}.`;
    const summary = treeFaultIsOver(key, since) ?? over;
    await outcomes.publish({ status: "NO_CHANGE", summary, ...common("own-fault-over", key, since) });
  }
  return Object.fromEntries([...current.keys()].map((each) => [each, open[each] ?? now]));
}
