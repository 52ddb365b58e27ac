import type {
  ActivationChange,
  ActivationRecord,
  InactiveReason,
  Intent,
  StoredActivation,
} from "../records/account/activation.ts";
import { type FailoverMemory, failoverMemoryOf } from "../records/account/failover-memory.ts";
import { type Began, beganOf, lastKnownState, markOf } from "../records/account/known-state.ts";

/** The reasons that have not ended by themselves. @param now epoch milliseconds */
export function reasonsInForce({ reasons }: ActivationRecord, now: number): readonly InactiveReason[] {
  return reasons.filter((reason) => isInForce(reason, now));
}

/** What RingCX has, as a person is told it. */
export interface StateInRingCx {
  isActive: boolean;
  /** Since when, as far as it is known. */
  began: Began | undefined;
  /** A person has activated it, and it is left so although a reason that is not ours to remove speaks against it. */
  isLeftActive: boolean;
}

/**
 * What RingCX was last seen to have; the only place that says so to people. {@link lastKnownState} leaves out what a person
 * has activated against a command or a manifest: by it the reasons are brought about, and nobody fights a person about them.
 *
 * @param now epoch milliseconds
 */
export function stateInRingCx(record: RememberedRecord, now: number): StateInRingCx | undefined {
  const { writerAttributes = {} } = record;
  const { seenActive } = failoverMemoryOf({ writerAttributes });
  if (seenActive?.after === markOf(record)) {
    const isLeftActive = seenActive.isTold === true && reasonsAgainst(record, now).length > 0;
    const began = seenActive.at === undefined ? undefined : ({ at: seenActive.at, isSeen: true } as const);
    return { isActive: true, began, isLeftActive };
  }
  const known = lastKnownState(record);
  return known && { isActive: known.isActive, began: beganOf(record), isLeftActive: false };
}

/** Intents of which RingCX has perhaps not heard yet: until that is known its state is not, either. */
export function openIntents({ intents = [] }: ActivationRecord): readonly Intent[] {
  return intents.filter(({ isApplied }) => !isApplied);
}

/** Holds and reasons whose end has come: what removes them from the record, and why, in words. Nothing where none has. */
export function expiredHolds(
  record: ActivationRecord,
  now: number,
): { change: ActivationChange; because: string } | undefined {
  const reasons = record.reasons.filter((reason) => !isInForce(reason, now));
  const expired = [
    ...reasons.map(describeReason),
    ...(["handsOff", "override"] as const).flatMap((name) => {
      const hold = record[name];
      const words = name === "handsOff" ? "hands off" : "override";
      return hold && !isInForce(hold, now) ? [`${words} by ${hold.by}: ${hold.why}`] : [];
    }),
  ];
  if (expired.length === 0) return undefined;
  const { handsOff, override } = record;
  return {
    change: {
      remove: reasons.map(({ kind }) => kind),
      ...(handsOff && !isInForce(handsOff, now) && { handsOff: null }),
      ...(override && !isInForce(override, now) && { override: null }),
    },
    because: `its time is over (${expired.join("; ")})`,
  };
}

/** Whether something that may have an end still holds. @param now epoch milliseconds */
export function isInForce(held: { until?: string } | InactiveReason | undefined, now: number): boolean {
  if (held === undefined) return false;
  return !("until" in held) || held.until === undefined || Date.parse(held.until) > now;
}

/** Why a service is not validated from before its POST until its message's last step: it may have no input, no link, and no check. */
export const makingNotEnded = "its making has not ended";

/** Whether a service is half-made: its message is at it, or was refused in the middle. Only its last step ends that, or a person's word. */
export function isHalfMade({ reasons }: Pick<ActivationRecord, "reasons">): boolean {
  return reasons.some((reason) => reason.kind === "NOT_VALIDATED" && reason.because === makingNotEnded);
}

/** A reason as a person would say it. */
export function describeReason(reason: InactiveReason): string {
  switch (reason.kind) {
    case "NOT_WANTED":
      return "its manifest says inactive";
    case "NOT_VALIDATED":
      return `not validated${reason.because === undefined ? "" : ` (${reason.because})`}`;
    case "OUTAGE":
      return `outage since ${reason.since}${reason.confirmedByProbe ? ", confirmed by a probe" : ""}`;
    case "FLAPPING":
      return `flapping, inactive until ${reason.until}`;
    case "KEEP_INACTIVE":
      return `kept inactive by ${reason.by}: ${reason.why}`;
    case "MANUAL":
      return `deactivated in the admin page, seen ${reason.since}`;
    case "RETIRED":
      return "retired";
  }
}

/** The reasons that keep it inactive: against outages and flapping an override may stand. @param now epoch milliseconds */
export function reasonsAgainst(record: ActivationRecord, now: number): readonly InactiveReason[] {
  const isOverridden = isInForce(record.override, now);
  return reasonsInForce(record, now).filter(
    ({ kind }) => !(isOverridden && (kind === "OUTAGE" || kind === "FLAPPING")),
  );
}

/**
 * What ends the reasons that keep a service inactive, in words: `It comes back by the command release`. The only place that
 * says so in outcomes.
 *
 * @param record with what failover remembers of it
 * @param now epoch milliseconds
 * @param health as its manifest says, where that is at hand @default as where it says nothing
 * @returns nothing where none keeps it inactive
 */
export function describeEnds(record: RememberedRecord, now: number, health: OutageHealth = {}): string | undefined {
  const { writerAttributes = {} } = record;
  const memory = failoverMemoryOf({ writerAttributes });
  const [first, ...others] = reasonsAgainst(record, now).map((reason) => describeEnd(reason, memory, health));
  if (first === undefined) return undefined;
  if (others.length === 0) return `It comes back ${first}`;
  return `It comes back when all have ended: ${[first, ...others].join("; ")}`;
}

/** A record, as it is stored or as it will be, with what failover remembers. */
export type RememberedRecord = ActivationRecord & Partial<Pick<StoredActivation, "writerAttributes">>;

function describeEnd(reason: InactiveReason, memory: FailoverMemory, health: OutageHealth): string {
  switch (reason.kind) {
    case "KEEP_INACTIVE":
      return reason.until === undefined ? "by the command release" : `at ${reason.until}, or by the command release`;
    case "MANUAL":
      return "by the command activate, or in the admin page";
    case "NOT_WANTED":
      return "by its manifest with isEnabled true, or by the command activate";
    case "NOT_VALIDATED":
      return isHalfMade({ reasons: [reason] })
        ? "by its message, mended and sent again, or as it is by the command activate"
        : "by its message, sent again, once its endpoint passes the validation";
    case "OUTAGE":
      return describeOutageEnd(reason, memory, health);
    case "FLAPPING":
      return `when it has been quiet until ${reason.until}, or by the command activate`;
    case "RETIRED":
      return "no more: it is retired";
  }
}

/** What a manifest says of how an outage ends. */
export interface OutageHealth {
  recovery?: "automatic" | "manual" | undefined;
}

/** What ends an outage, and which command ends it now. */
export interface OutageEnd {
  /** `manual`: nothing but a command, once nothing says any more that it is down; `command`: nothing but a command. */
  by: "evidence" | "muted alarm" | "manual" | "command";
  command: "activate" | "override";
}

/** What ends an open outage; whoever says so in words asks here. Pure. @param alarms those of the outage */
export function outageEnd(
  { alarms }: Pick<Extract<InactiveReason, { kind: "OUTAGE" }>, "alarms">,
  memory: FailoverMemory,
  { recovery }: OutageHealth,
): OutageEnd {
  if (isHeldByMuted(alarms, memory)) return { by: "muted alarm", command: "activate" };
  if (memory.requiresCommand) {
    // In another mode than `enforce` it ends by evidence, too; that no trial is begun is all that the memory says by it.
    const isByMode = memory.endsInMode !== undefined && recovery !== "manual";
    return { by: isByMode ? "evidence" : "command", command: "activate" };
  }
  return { by: recovery === "manual" ? "manual" : "evidence", command: "override" };
}

/** When a service comes back from its outage, in words, as outcomes say it. Pure. */
export function describeOutageEnd(
  outage: Parameters<typeof outageEnd>[0],
  memory: FailoverMemory,
  health: OutageHealth,
): string {
  const { by, command } = outageEnd(outage, memory, health);
  switch (by) {
    case "evidence":
      return `when the outage is over, or now by the command ${command}`;
    case "muted alarm":
      return `when ${mutedAlarmEnds}, or now by the command ${command}`;
    case "manual":
      return `by the command activate once the outage is over, or now by the command ${command}`;
    case "command":
      return `by the command ${command}`;
  }
}

/** What ends an outage that only a muted alarm keeps open, without anybody. */
export const mutedAlarmEnds = "its muted alarm no longer fires, for a while";

/** Whether nothing but an alarm that somebody has muted keeps an outage open. @param alarms those of the outage */
function isHeldByMuted(alarms: readonly string[], { requiresCommand, mutedAlarms = [] }: FailoverMemory): boolean {
  return requiresCommand === true && mutedAlarms.some((arn) => alarms.includes(arn));
}
