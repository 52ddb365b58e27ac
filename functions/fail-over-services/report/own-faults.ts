import { openIntents } from "../../../shared/activation/reasons.ts";
import type { ActivationRecord } from "../../../shared/records/account/activation.ts";
import { displayName } from "../../../shared/records/service-name.ts";
import { isRefusal, RingCxNotFoundError } from "../../../shared/ringcx/resources/errors.ts";
import { boundedKey } from "../../../shared/state/bounded-key.ts";
import { type Evidence, firingAlarms, type NotAsked, notAskedIn, placeOf } from "../evidence/evidence.ts";
import { isNotWatchedByProbe } from "../evidence/probe-service.ts";
import type { UnreadPlace } from "../watchlist/find-alarm-tags.ts";
import type { UnreadableItem, WatchedService } from "../watchlist/watched-services.ts";
import { longestFaultKey, type OwnFault } from "./own-fault.ts";

/** Most services that an outcome names. */
const maxNames = 10;

/** A service as a sweep has left it. */
interface Refusable {
  service: WatchedService;
  record: ActivationRecord;
  error?: unknown;
  isUnderWay?: true;
}

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
        key: boundedKey(`NOT_ASKED/${key}`, longestFaultKey),
        because: all[0]?.because ?? "",
        subject: describeServices(services),
        meaning: "That says nothing about an endpoint: no outage is begun, ended or confirmed by it",
      };
    }),
    ...muteRuleFaults(seen),
    ...refusals(seen),
    ...unreadable.map(
      ({ error, path }): OwnFault => ({
        key: boundedKey(`${error.code}/${String(error.details.pk)}/${String(error.details.sk)}`, longestFaultKey),
        because: error.message,
        subject: path,
        meaning: "What needs the item is left as it is, all else goes on",
      }),
    ),
  ];
}

/** Otherwise nobody would hear of a service that cannot be taken out. */
function refusals(seen: readonly { service: WatchedService; error?: unknown }[]): OwnFault[] {
  return seen.flatMap(({ service, error }) =>
    isRefusal(error)
      ? [
          {
            key: `REFUSED/${error.code}/${displayName(service.name)}`,
            because: error.message,
            subject: displayName(service.name),
            trouble: "cannot be brought into the state that its record asks for",
            meaning:
              error instanceof RingCxNotFoundError
                ? "RingCX lists it and does not find it: either somebody deleted it a moment ago, which the next sweep tells, or the connection's user may not change it. It is tried again each minute"
                : "It stays as RingCX has it, and is tried again each minute",
          },
        ]
      : [],
  );
}

/**
 * Whether a service that RingCX has refused to switch is not where it belongs yet, whatever kept it from that this time: only
 * what was done, or is due no more, ends a refusal. Pure.
 *
 * @param key of the fault
 */
export function isLeftRefused(key: string, seen: readonly Refusable[]): boolean {
  return seen.some(
    ({ service, record, error, isUnderWay }) =>
      (error !== undefined || isUnderWay || openIntents(record).length > 0) &&
      key.startsWith("REFUSED/") &&
      key.endsWith(`/${displayName(service.name)}`),
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

function describeServices(services: readonly string[]): string {
  const names = services.slice(0, maxNames).join(", ");
  if (services.length === 1) return names;
  return `${services.length} services (${names}${services.length > maxNames ? ", ..." : ""})`;
}
