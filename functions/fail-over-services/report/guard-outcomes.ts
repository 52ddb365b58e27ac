import { describeReason, isInForce, openIntents, reasonsInForce } from "../../../shared/activation/reasons.ts";
import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import type { StoredActivation } from "../../../shared/records/account/activation.ts";
import { isBegunByProbe, type Outage, type ServiceSnapshot } from "../outage/outage-decision.ts";
import type { WatchedService } from "../watchlist/watched-services.ts";
import {
  type ReportDependencies,
  type ServiceReport,
  serviceCause,
  serviceOutcome,
  sourceAlarm,
} from "./service-outcome.ts";
import { standingOf, standingWords } from "./standing.ts";

/**
 * That an outage has begun and nothing is done: a person's hold keeps the service active, or it is inactive already. Pure.
 *
 * @param before without the outage
 * @param after with it
 * @param now epoch milliseconds
 */
export function heldOutcome(
  report: ServiceReport,
  { before, after }: { before: StoredActivation; after: StoredActivation },
  now: number,
): OutcomeData {
  const { handsOff, override } = after;
  // Not when it would come back: it never went.
  const { next: _next, ...rest } = report;
  const { state, next } = standingOf(after, now, report.service);
  const held = { ...rest, ...(next !== undefined && { next }) };
  if (handsOff && isInForce(handsOff, now)) {
    const would = state === "inactive" ? "would stay inactive" : "would have been deactivated";
    return serviceOutcome(held, "PLANNED", `${would} (hands off by ${handsOff.by}: ${handsOff.why})`);
  }
  if (override && isInForce(override, now)) {
    const left = openIntents(after).length > 0 ? standingWords(after, now) : "left active";
    return serviceOutcome(held, "NO_CHANGE", `${left} (override by ${override.by}: ${override.why})`);
  }
  const earlier = reasonsInForce(before, now).map(describeReason).join("; ");
  const because = `an outage has begun (${report.because.replace(/[.\s]+$/, "")}), and it was inactive already${earlier && `: ${earlier}`}`;
  return serviceOutcome({ ...held, because }, "NO_CHANGE", "stays inactive");
}

/**
 * That an outage is over, or goes into a trial, although the service stays what it is: what holds it, and what to type. Pure.
 *
 * @param before with the outage in it
 * @param after without it
 * @param now epoch milliseconds
 */
export function overButHeldOutcome(
  report: ServiceReport,
  { before, after, isTrial }: { before: StoredActivation; after: StoredActivation; isTrial: boolean },
  now: number,
): OutcomeData {
  const { state, because, next } = standingOf(after, now, report.service);
  const { override } = before;
  const isOverrideOver = override && isInForce(override, now) && !isInForce(after.override, now);
  const ended = isOverrideOver ? ` The override by ${override.by} has ended with it.` : "";
  const { next: _next, ...rest } = report;
  const held = {
    ...rest,
    because: `its outage ${isTrial ? "goes into a trial" : "is over"} (${report.because}).${ended}${next === undefined ? "" : ` What holds it: ${because}`}`,
    ...(next !== undefined && { next }),
  };
  const status = isInForce(after.handsOff, now) && state === "inactive" ? "PLANNED" : "NO_CHANGE";
  return serviceOutcome(held, status, state === "as it is" ? "left as it is" : `stays ${state}`);
}

/**
 * That a hold is over for which somebody has waited, although the service stays inactive. Pure.
 *
 * @param because that its time is over, in words
 * @param after without the hold
 * @param now epoch milliseconds
 * @returns nothing where it is not inactive
 */
export function holdOverOutcome(
  service: WatchedService,
  because: string,
  after: StoredActivation,
  now: number,
): OutcomeData | undefined {
  const { state, because: holds, next } = standingOf(after, now, service);
  if (state !== "inactive") return undefined;
  const report = {
    service,
    because: `${because}, but something else holds it: ${holds}`,
    ...(next !== undefined && { next }),
    cause: serviceCause(service, "hold-over", new Date(now).toISOString(), undefined),
  };
  return serviceOutcome(report, "NO_CHANGE", "stays inactive");
}

/** That an outage is suppressed: there is no place within the blast radius, and no probe that confirms it. */
export function suppressedOutcome(
  { onGuardTriggered, settings }: Pick<ReportDependencies, "onGuardTriggered" | "settings">,
  { service, evidence, policy }: ServiceSnapshot,
  outage: Outage,
  because: string,
  mode: "enforce" | "observe" = "enforce",
): OutcomeData {
  onGuardTriggered?.();
  const { share, withinMinutes } = settings.guards.blastRadius;
  const radius = `${Math.round(share * 100)} % of the account's services (one at least) went out within ${withinMinutes} min`;
  const doubt = policy.isProbed ? "its probe does not fail" : "it has no probe that confirms it";
  const isProbeAlone = isBegunByProbe(outage);
  const report = {
    service,
    because: isProbeAlone
      ? `its probe fails, but ${radius}, and no alarm confirms it: ${because}`
      : `an alarm fires, but ${radius}, and ${doubt}: ${because}`,
    next:
      mode === "observe"
        ? "In mode enforce it would wait for a place, or for what confirms it"
        : `The command release deactivates it now; otherwise it waits for a place, or for ${isProbeAlone ? "an alarm that fires" : "a probe that fails"}`,
    cause: serviceCause(service, "held-back", outage.since, sourceAlarm(outage)),
    alarms: evidence.alarms,
  };
  const change = mode === "observe" ? "would have been left active (mode observe)" : "left active";
  return serviceOutcome(report, "NO_CHANGE", change);
}
