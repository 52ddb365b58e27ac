import { describeReason, isInForce, lastKnownState, reasonsInForce } from "../../../shared/activation/reasons.ts";
import type { InactiveReason, StoredActivation } from "../../../shared/records/account/activation.ts";
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
  if (left.length > 0) return { state, because: why, next: nextOf(left, record) };
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

function nextOf(reasons: readonly InactiveReason[], record: StoredActivation): string {
  const ways = reasons.map((reason) => wayBack(reason, record));
  return ways.length === 1 ? `It comes back ${ways[0]}` : `It comes back when all have ended: ${ways.join("; ")}`;
}

/** What ends a reason. */
function wayBack(reason: InactiveReason, record: StoredActivation): string {
  switch (reason.kind) {
    case "KEEP_INACTIVE":
      return reason.until === undefined ? "by the command release" : `at ${reason.until}, or by the command release`;
    case "MANUAL":
      return "by the command activate, or in the admin page";
    case "NOT_WANTED":
      return "by its manifest with isEnabled true, or by the command activate";
    case "NOT_VALIDATED":
      return "by its message, sent again, once its endpoint passes the validation";
    case "OUTAGE":
      if (failoverMemoryOf(record).requiresCommand) return "by the command activate";
      return "when the outage is over, or now by the command override";
    case "FLAPPING":
      return `when it has been quiet until ${reason.until}, or by the command activate`;
    case "RETIRED":
      return "no more: it is retired";
  }
}
