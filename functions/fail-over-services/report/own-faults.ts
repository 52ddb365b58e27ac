import { displayName } from "../../../shared/records/service-name.ts";
import { ownFaultsKey, ownFaultsSchema } from "../../../shared/records/sweep-progress.ts";
import { RingCxError } from "../../../shared/ringcx/resources/errors.ts";
import { boundedKey } from "../../../shared/state/bounded-key.ts";
import { readOrRebuild } from "../../../shared/state/rebuilt-item.ts";
import type { Item } from "../../../shared/state/table.ts";
import { tellAlone } from "../../../shared/state/tell-alone.ts";
import { parseItem } from "../../../shared/state/unreadable-item.ts";
import { type Evidence, firingAlarms, type NotAsked, notAskedIn, placeOf } from "../evidence/evidence.ts";
import { isNotWatchedByProbe } from "../evidence/probe-service.ts";
import type { WatchlistDependencies } from "../watchlist/alarm-tags.ts";
import type { UnreadPlace } from "../watchlist/find-alarm-tags.ts";
import type { UnreadableItem, WatchedService } from "../watchlist/watched-services.ts";
import type { ReportDependencies } from "./service-outcome.ts";
import { treeFaultIsOver } from "./tree-faults.ts";

/** Something that keeps failover from seeing, or from doing what is due: it is reported when it begins and when it has ended. */
export interface OwnFault {
  /** The same as long as it is the same fault. */
  key: string;
  /** In words that hold nothing secret. */
  because: string;
  /** What is concerned, in words. */
  subject: string;
  /** What is the matter with it. @default "cannot be seen" */
  trouble?: string;
  /** What that means. */
  meaning: string;
  /** @default FAILED */
  status?: "FAILED" | "NO_CHANGE";
}

/** Most faults of an account that are reported one by one: together they are one item of the table. */
const maxFaults = 200;

/** Longest key of a fault, in bytes: so many of them fit into an item, whatever RingCX's names are. */
const longestKey = 1_500;

/** Most services that an outcome names. */
const maxNames = 10;

/** How many services of a sweep could not be asked for in full. */
export function countNotAsked(seen: readonly { service: WatchedService; evidence: Evidence }[]): number {
  return seen.filter((one) => faultsOf(one).length > 0).length;
}

/**
 * What kept a sweep from seeing an account's services, and from doing with them what is due; each fault with all services
 * that it concerns. Pure.
 */
export function findOwnFaults(
  seen: readonly { service: WatchedService; evidence: Evidence; error?: unknown }[],
  unreadable: readonly UnreadableItem[],
): OwnFault[] {
  const faults = seen.flatMap((one) =>
    faultsOf(one).map((fault) => ({ ...fault, service: displayName(one.service.name) })),
  );
  const notAsked = Map.groupBy(faults, ({ fault, subject }) => `${fault}/${subject}`);
  return [
    ...[...notAsked].map(([key, all]): OwnFault => {
      const services = [...new Set(all.map(({ service }) => service))];
      return {
        key: boundedKey(`NOT_ASKED/${key}`, longestKey),
        because: all[0]?.because ?? "",
        subject: describeServices(services),
        meaning: "That says nothing about an endpoint: no outage is begun, ended or confirmed by it",
      };
    }),
    ...muteRuleFaults(seen),
    ...refusals(seen),
    ...unreadable.map(
      ({ error, path }): OwnFault => ({
        key: boundedKey(`${error.code}/${String(error.details.pk)}/${String(error.details.sk)}`, longestKey),
        because: error.message,
        subject: path,
        meaning: "What needs the item is left as it is, all else goes on",
      }),
    ),
  ];
}

/** What RingCX refuses, and will refuse again: otherwise nobody would hear of a service that cannot be taken out. */
function refusals(seen: readonly { service: WatchedService; error?: unknown }[]): OwnFault[] {
  return seen.flatMap(({ service, error }) =>
    error instanceof RingCxError && !error.retryable
      ? [
          {
            key: `REFUSED/${error.code}/${displayName(service.name)}`,
            because: error.message,
            subject: displayName(service.name),
            trouble: "cannot be brought into the state that its record asks for",
            meaning: "It stays as RingCX has it, and is tried again each minute",
          },
        ]
      : [],
  );
}

/** Where rules could mute alarms that fire, and it is not known whether they do. They count, so failover is not blind. */
function muteRuleFaults(seen: readonly { evidence: Evidence }[]): OwnFault[] {
  const unknown = seen.flatMap(({ evidence }) =>
    firingAlarms(evidence).flatMap(({ arn, state }) =>
      "muteUnknown" in state ? [{ place: placeOf(arn), because: state.muteUnknown }] : [],
    ),
  );
  return [...Map.groupBy(unknown, ({ place }) => place)].map(([place, all]) => ({
    key: `MUTE_RULES_UNREAD/${place}`,
    because: `${all[0]?.because}.`,
    subject: `Alarm mute rules in ${place}`,
    meaning: "Alarms that fire there count as not muted by a rule",
  }));
}

function faultsOf({ service, evidence }: { service: WatchedService; evidence: Evidence }): NotAsked[] {
  const because = isNotWatchedByProbe(service);
  if (because === undefined) return notAskedIn(evidence);
  return [...notAskedIn(evidence), { fault: "MANIFEST", subject: displayName(service.name), because }];
}

/** The places in which the tags of alarms could not be read. Pure. */
export function unreadPlaceFaults(unread: readonly UnreadPlace[]): OwnFault[] {
  return unread.map(({ region, account, roleArn, because }) => ({
    key: `TAGS_UNREAD/${region}/${account}/${roleArn ?? "the function's role"}`,
    because: `${because}.`,
    subject: `The tags of alarms in ${region} of account ${account}`,
    meaning: "What was known of them stays known, and other places are read as usual",
  }));
}

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

function describeServices(services: readonly string[]): string {
  const names = services.slice(0, maxNames).join(", ");
  if (services.length === 1) return names;
  return `${services.length} services (${names}${services.length > maxNames ? ", ..." : ""})`;
}
