import type { ActivationRecord } from "../records/account/activation.ts";
import { lastKnownState } from "../records/account/known-state.ts";
import { describeReason, isInForce, openIntents, reasonsAgainst } from "./reasons.ts";

/** What to do about a service, and why, in words. */
export type ActivationDecision =
  | { action: "activate"; because: string }
  | { action: "deactivate"; because: string }
  | { action: "leave"; because: string };

/**
 * What to do about a service: activate, deactivate, or leave it alone, and the reason in words. Expired reasons,
 * holds and overrides do not count; `handsOff` wins over everything; an override wins over outages and flapping only.
 *
 * @param now epoch milliseconds
 */
export function decideActivation(record: ActivationRecord, now: number): ActivationDecision {
  const { isActive: shouldBeActive, because } = desiredActivation(record, now);
  if (isInForce(record.handsOff, now)) {
    return { action: "leave", because: `hands off, by ${record.handsOff?.by}: ${record.handsOff?.why}` };
  }
  // While something is under way it is not known how it is.
  if (openIntents(record).length === 0 && lastKnownState(record)?.isActive === shouldBeActive) {
    return { action: "leave", because: `it is ${shouldBeActive ? "active" : "inactive"} already (${because})` };
  }
  return { action: shouldBeActive ? "activate" : "deactivate", because };
}

/**
 * Whether the service should be active, whatever it is now and whoever holds it, and why, in words. Pure.
 *
 * @param now epoch milliseconds
 */
export function desiredActivation(record: ActivationRecord, now: number): { isActive: boolean; because: string } {
  const left = reasonsAgainst(record, now);
  if (left.length > 0) return { isActive: false, because: left.map(describeReason).join("; ") };
  return { isActive: true, because: isInForce(record.override, now) ? "overridden" : "no reason keeps it inactive" };
}

/**
 * Whether a service is to be inactive, and nothing but its outage asks for that: guards may forbid it. Pure.
 *
 * @param now epoch milliseconds
 */
export function isForOutageAlone(record: ActivationRecord, now: number): boolean {
  const kinds = reasonsAgainst(record, now).map(({ kind }) => kind);
  return kinds.includes("OUTAGE") && kinds.every((kind) => kind === "OUTAGE" || kind === "FLAPPING");
}
