import type {
  ActivationChange,
  ActivationRecord,
  InactiveReason,
  ObservedState,
} from "../records/account/activation.ts";

/** The reasons that have not ended by themselves. @param now epoch milliseconds */
export function reasonsInForce({ reasons }: ActivationRecord, now: number): readonly InactiveReason[] {
  return reasons.filter((reason) => isInForce(reason, now));
}

/** The newest that we know of the service in RingCX: what we wrote, or what it said. */
export function lastKnownState({ lastAppliedState, observed }: ActivationRecord): ObservedState | undefined {
  if (lastAppliedState === undefined || observed === undefined) return lastAppliedState ?? observed;
  return Date.parse(observed.at) > Date.parse(lastAppliedState.at) ? observed : lastAppliedState;
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
