/** Why a service is inactive. A service should be active exactly when no reason is left. Times are ISO 8601. */
export type InactiveReason =
  /** Provisioning: the manifest says inactive. Ends when a manifest or a command says active. */
  | { kind: "NOT_WANTED"; since: string }
  /** Provisioning: not yet proven. Ends when validation passes. */
  | { kind: "NOT_VALIDATED"; since: string; because?: string }
  /** Failover: its endpoint is down. Ends with recovery. */
  | { kind: "OUTAGE"; since: string; alarms: readonly string[]; confirmedByProbe: boolean }
  /** Failover: it flapped. Ends at `until`, or by command. */
  | { kind: "LATCHED"; since: string; until: string }
  /** An operator's command. Ends at `until` if there is one, or by `release`. */
  | { kind: "KEEP_INACTIVE"; since: string; by: string; why: string; until?: string }
  /** A person in the admin page. Ends when seen active again, or by command. */
  | { kind: "MANUAL"; since: string }
  /** Provisioning: taken out of use for good. Never ends. */
  | { kind: "RETIRED"; since: string };

export type InactiveReasonKind = InactiveReason["kind"];

export const inactiveReasonKinds = [
  "NOT_WANTED",
  "NOT_VALIDATED",
  "OUTAGE",
  "LATCHED",
  "KEEP_INACTIVE",
  "MANUAL",
  "RETIRED",
] as const satisfies readonly InactiveReasonKind[];

/** Somebody's word that holds for a time. Without `until` it holds until it is released. */
export interface Hold {
  by: string;
  why: string;
  since: string;
  until?: string;
}

/** A state of the service in RingCX, as it was written or seen. */
export interface Witnessed {
  isActive: boolean;
  at: string;
}

/** All that speaks for and against a service being active. Each writer adds and removes only its own reasons. */
export interface ActivationRecord {
  reasons: readonly InactiveReason[];
  /** Automation touches nothing, and says what it would have done. */
  handsOff?: Hold;
  /** The service stays active despite an outage. */
  override?: Hold;
  /** What we last wrote to RingCX. */
  lastWritten?: Witnessed;
  /** What RingCX last said. */
  observed?: Witnessed;
  /** When a reason, hold or state was last written, ISO 8601: who wrote it may still be following it. */
  changedAt?: string;
}

export type ActivationDecision =
  | { action: "activate"; because: string }
  | { action: "deactivate"; because: string }
  | { action: "leave"; because: string };

/**
 * What to do about a service: activate, deactivate, or leave it alone, and the reason in words. Expired reasons,
 * holds and overrides do not count; `handsOff` wins over everything; an override wins over outage and latch only.
 *
 * @param now epoch milliseconds
 */
export function decideActivation(record: ActivationRecord, now: number): ActivationDecision {
  const { isActive: shouldBeActive, because } = wantedActivation(record, now);
  if (isInForce(record.handsOff, now)) {
    return { action: "leave", because: `hands off, by ${record.handsOff?.by}: ${record.handsOff?.why}` };
  }
  if (knownState(record)?.isActive === shouldBeActive) {
    return { action: "leave", because: `it is ${shouldBeActive ? "active" : "inactive"} already (${because})` };
  }
  return { action: shouldBeActive ? "activate" : "deactivate", because };
}

/** Whether the service should be active, whatever it is now and whoever holds it. */
export function wantedActivation(record: ActivationRecord, now: number): { isActive: boolean; because: string } {
  const isOverridden = isInForce(record.override, now);
  const left = reasonsInForce(record, now).filter(
    ({ kind }) => !(isOverridden && (kind === "OUTAGE" || kind === "LATCHED")),
  );
  if (left.length > 0) return { isActive: false, because: left.map(reasonInWords).join("; ") };
  return { isActive: true, because: isOverridden ? "overridden" : "nothing speaks against it" };
}

/** The reasons that have not ended by themselves. */
export function reasonsInForce({ reasons }: ActivationRecord, now: number): readonly InactiveReason[] {
  return reasons.filter((reason) => isInForce(reason, now));
}

/** The newest that we know of the service in RingCX: what we wrote, or what it said. */
export function knownState({ lastWritten, observed }: ActivationRecord): Witnessed | undefined {
  if (lastWritten === undefined || observed === undefined) return lastWritten ?? observed;
  return Date.parse(observed.at) > Date.parse(lastWritten.at) ? observed : lastWritten;
}

/** What one writer changes, all at once. What is not named stays as it is. */
export interface ActivationChange {
  add?: readonly InactiveReason[];
  remove?: readonly InactiveReasonKind[];
  /** `null` ends it. */
  handsOff?: Hold | null;
  override?: Hold | null;
  lastWritten?: boolean;
  observed?: boolean;
  /** Attributes of one writer's own that are kept with the record; `undefined` removes one. */
  own?: Readonly<Record<string, unknown>>;
}

/** Holds and reasons whose end has come, in words, and what removes them from the record. */
export function endedHolds(
  record: ActivationRecord,
  now: number,
): { change: ActivationChange; because: string } | undefined {
  const reasons = record.reasons.filter((reason) => !isInForce(reason, now));
  const ended = [
    ...reasons.map(reasonInWords),
    ...(["handsOff", "override"] as const).flatMap((name) => {
      const hold = record[name];
      const words = name === "handsOff" ? "hands off" : "override";
      return hold && !isInForce(hold, now) ? [`${words} by ${hold.by}: ${hold.why}`] : [];
    }),
  ];
  if (ended.length === 0) return undefined;
  const { handsOff, override } = record;
  return {
    change: {
      remove: reasons.map(({ kind }) => kind),
      ...(handsOff && !isInForce(handsOff, now) && { handsOff: null }),
      ...(override && !isInForce(override, now) && { override: null }),
    },
    because: `its time is over (${ended.join("; ")})`,
  };
}

/** Whether something that may have an end still holds. */
export function isInForce(held: { until?: string } | InactiveReason | undefined, now: number): boolean {
  if (held === undefined) return false;
  return !("until" in held) || held.until === undefined || Date.parse(held.until) > now;
}

/** A reason as a person would say it. */
export function reasonInWords(reason: InactiveReason): string {
  switch (reason.kind) {
    case "NOT_WANTED":
      return "its manifest says inactive";
    case "NOT_VALIDATED":
      return `not validated${reason.because === undefined ? "" : ` (${reason.because})`}`;
    case "OUTAGE":
      return `outage since ${reason.since}${reason.confirmedByProbe ? ", confirmed by a probe" : ""}`;
    case "LATCHED":
      return `flapping, latched until ${reason.until}`;
    case "KEEP_INACTIVE":
      return `kept inactive by ${reason.by}: ${reason.why}`;
    case "MANUAL":
      return `deactivated in the admin page, seen ${reason.since}`;
    case "RETIRED":
      return "retired";
  }
}
