import {
  describeEnds,
  describeReason,
  isInForce,
  lastKnownState,
  reasonsInForce,
} from "../../../shared/activation/reasons.ts";
import type { StoredActivation } from "../../../shared/records/account/activation.ts";
import { failoverMemoryOf } from "../../../shared/records/account/failover-memory.ts";

/** How a service stands by its record, for a person at night. */
export interface Standing {
  /** What it is now: `active`, `inactive`, or `as it is` where nobody has seen it. */
  state: string;
  /** Why, in words. */
  because: string;
  /** What changes that, and what to type for it, in words; left out where nothing is to be done. */
  next?: string;
}

/**
 * What a service is, why, and what comes next, with the command to send. Pure.
 *
 * @param now epoch milliseconds
 */
export function standingOf(record: StoredActivation, now: number): Standing {
  const { handsOff, override } = record;
  const isActive = lastKnownState(record)?.isActive;
  const state = isActive === undefined ? "as it is" : isActive ? "active" : "inactive";
  const reasons = reasonsInForce(record, now);
  const isOverridden = isInForce(override, now);
  const left = reasons.filter(({ kind }) => !(isOverridden && (kind === "OUTAGE" || kind === "FLAPPING")));
  const why = left.map(describeReason).join("; ");
  if (handsOff && isInForce(handsOff, now)) {
    const should = isActive === (left.length === 0) ? "" : `; it would be ${left.length > 0 ? "inactive" : "active"}`;
    return {
      state,
      because: `hands off by ${handsOff.by} (${handsOff.why})${should}${left.length > 0 ? ` (${why})` : ""}`,
      next: `Nothing is changed in RingCX ${untilOr(handsOff)} the command release`,
    };
  }
  if (left.length > 0) {
    return { state, because: why, next: describeEnds(left, failoverMemoryOf(record).requiresCommand) };
  }
  if (override && isOverridden) {
    const outage = reasons.length > 0 ? `, despite ${reasons.map(describeReason).join("; ")}` : "";
    return {
      state,
      because: `override by ${override.by} (${override.why})${outage}`,
      next: `It stays active in an outage ${untilOr(override)} the command release, or until an outage has ended`,
    };
  }
  return { state, because: "no reason keeps it inactive" };
}

function untilOr({ until }: { until?: string | undefined }): string {
  return until === undefined ? "until" : `until ${until} or`;
}
