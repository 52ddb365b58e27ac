import { displayName } from "../../../shared/records/service-name.ts";
import { noteId, type OwnFaults, ownFaultsKey, ownFaultsSchema } from "../../../shared/records/sweep-progress.ts";
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

/** Publishes which of an account's faults have begun and which have ended since they were last reported. */
export async function reportOwnFaults(
  { outcomes, clock, ...state }: ReportDependencies & Pick<WatchlistDependencies, "table" | "random" | "onUnreadable">,
  accountId: string,
  faults: readonly OwnFault[],
): Promise<void> {
  const key = ownFaultsKey(accountId);
  const readKnown = () =>
    readOrRebuild({ ...state, clock }, key, {
      parse: (item: Item | undefined): OwnFaults => (item ? parseItem(ownFaultsSchema, item) : noFaults),
      safe: () => ({ open: {} }),
    });
  if (!isNews(noteFaults(await readKnown(), faults, clock.now()))) return;
  await tellAlone({ table: state.table, clock }, key, async () => {
    const noted = noteFaults(await readKnown(), faults, clock.now());
    if (!isNews(noted)) return;
    await state.table.put({ ...key, ...noted });
    const { open } = await publishFaults({ outcomes }, accountId, noted, faults);
    await state.table.put({ ...key, open });
  });
}

/** Where nothing is open, and nothing is to be reported. */
export const noFaults: OwnFaults = { open: {}, begun: [], ended: {} };

/** Whether something of it is to be reported. */
export function isNews({ begun, ended }: OwnFaults): boolean {
  return begun.length > 0 || Object.keys(ended).length > 0;
}

/**
 * Notes what has begun and what has ended, to be written down before it is published: then it has one id and one time,
 * however often it is published. Pure.
 *
 * @param known as it was written down last
 * @param now epoch milliseconds
 */
export function noteFaults({ open, begun, ended }: OwnFaults, faults: readonly OwnFault[], now: number): OwnFaults {
  const at = new Date(now).toISOString();
  const current = faults.slice(0, maxFaults).map(({ key }) => key);
  const added = current.filter((key) => !(key in open));
  const over = Object.keys(open).filter((key) => !current.includes(key) && !(noteId(key) in ended));
  return {
    open: { ...open, ...Object.fromEntries(added.map((key) => [key, at])) },
    begun: [...begun, ...added.map(noteId)],
    ended: { ...ended, ...Object.fromEntries(over.map((key) => [noteId(key), at])) },
  };
}

/**
 * Publishes what is noted of faults.
 *
 * @param accountId of RingCX, where they are those of one
 * @param faults as they are now: their words
 * @returns what is left of it: to be written down
 */
export async function publishFaults(
  { outcomes }: Pick<ReportDependencies, "outcomes">,
  accountId: string | undefined,
  { open, begun, ended }: OwnFaults,
  faults: readonly OwnFault[],
): Promise<OwnFaults> {
  const words = new Map(faults.map((fault) => [fault.key, fault]));
  const common = (what: string, fault: string, since: string) => ({
    ...(accountId !== undefined && { accountId }),
    cause: {
      source: "/ringcx-automation/sweep",
      id: [what, ...(accountId === undefined ? [] : [accountId]), fault, since].join("/"),
      type: "ringcx.sweep",
    },
  });
  for (const [key, since] of Object.entries(open)) {
    const fault = words.get(key);
    // One that is over by now: that it was is told below.
    if (!fault || !begun.includes(noteId(key))) continue;
    const { subject, because, meaning, trouble = "cannot be seen" } = fault;
    const summary = `${subject} ${trouble}: ${because} ${meaning}.`;
    await outcomes.publish({ status: "FAILED", summary, ...common("own-fault", key, since) }, since);
  }
  const left = Object.entries(open).filter(([key]) => !(noteId(key) in ended));
  for (const [key, since] of Object.entries(open)) {
    const endedAt = ended[noteId(key)];
    if (endedAt === undefined) continue;
    const summary = `${key}: it can be asked and read again, or is no longer needed; it could not since ${since}.`;
    await outcomes.publish({ status: "NO_CHANGE", summary, ...common("own-fault-over", key, since) }, endedAt);
  }
  return { ...noFaults, open: Object.fromEntries(left) };
}

function describeServices(services: readonly string[]): string {
  const names = services.slice(0, maxNames).join(", ");
  if (services.length === 1) return names;
  return `${services.length} services (${names}${services.length > maxNames ? ", ..." : ""})`;
}
