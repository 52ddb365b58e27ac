import {
  describeEnds,
  describeReason,
  isInForce,
  openIntents,
  reasonsAgainst,
  reasonsInForce,
  stateInRingCx,
} from "../../../shared/activation/reasons.ts";
import type { Health } from "../../../shared/contract/fields/health.ts";
import type { StoredActivation } from "../../../shared/records/account/activation.ts";

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
 * @param service what its manifest says of outages
 */
export function standingOf(record: StoredActivation, now: number, { health }: { health: Health }): Standing {
  const { handsOff, override } = record;
  const seen = stateInRingCx(record, now);
  const isActive = seen?.isActive;
  const state = stateWord(isActive);
  const reasons = reasonsInForce(record, now);
  const left = reasonsAgainst(record, now);
  const why = left.map(describeReason).join("; ");
  if (handsOff && isInForce(handsOff, now)) {
    const should = isActive === (left.length === 0) ? "" : `; it would be ${left.length > 0 ? "inactive" : "active"}`;
    return {
      state,
      because: `hands off by ${handsOff.by} (${handsOff.why})${should}${left.length > 0 ? ` (${why})` : ""}`,
      next: `Nothing is changed in RingCX ${untilOr(handsOff)} the command release`,
    };
  }
  if (seen?.isLeftActive) {
    const because = `a person has activated it in the admin page, and it is left so, although ${why}`;
    return { state, because, next: "It is taken out again by the command deactivate" };
  }
  const ends = describeEnds(record, now, health);
  if (ends !== undefined) return { state, because: why, next: ends };
  if (override && isInForce(override, now)) {
    const outage = reasons.length > 0 ? `, despite ${reasons.map(describeReason).join("; ")}` : "";
    return {
      state,
      because: `override by ${override.by} (${override.why})${outage}`,
      next: `It stays active in an outage ${untilOr(override)} the command release, or until an outage has ended`,
    };
  }
  return { state, because: "no reason keeps it inactive" };
}

/**
 * What a service is of which only something is told: `stays inactive`, or what RingCX has not done yet. Pure.
 *
 * @param now epoch milliseconds
 */
export function standingWords(record: StoredActivation, now: number): string {
  const state = stateWord(stateInRingCx(record, now)?.isActive);
  const pending = openIntents(record).at(-1);
  if (pending) return `is about to be ${pending.isActive ? "activated" : "deactivated"}`;
  return state === "as it is" ? "is left as it is" : `stays ${state}`;
}

function stateWord(isActive: boolean | undefined): string {
  return isActive === undefined ? "as it is" : isActive ? "active" : "inactive";
}

function untilOr({ until }: { until?: string | undefined }): string {
  return until === undefined ? "until" : `until ${until} or`;
}
