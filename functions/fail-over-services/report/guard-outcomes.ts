import { isInForce } from "../../../shared/activation/reasons.ts";
import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import type { StoredActivation } from "../../../shared/records/account/activation.ts";
import { isBegunByProbe, type Outage, type ServiceSnapshot } from "../outage/outage-decision.ts";
import {
  type ReportDependencies,
  type ServiceReport,
  serviceCause,
  serviceOutcome,
  sourceAlarm,
} from "./service-outcome.ts";
import { standingOf } from "./standing.ts";

/** Publishes that a person's hold keeps a service from being deactivated. Nothing where none does. */
export async function publishHeldActive(
  { outcomes, clock }: ReportDependencies,
  report: ServiceReport,
  record: StoredActivation,
): Promise<void> {
  const now = clock.now();
  const { handsOff, override } = record;
  // Not when it would come back: it never went.
  const { next: _next, ...rest } = report;
  const { state, next } = standingOf(record, now);
  const held = { ...rest, ...(next !== undefined && { next }) };
  if (handsOff && isInForce(handsOff, now)) {
    const would = state === "inactive" ? "would stay inactive" : "would have been deactivated";
    await outcomes.publish(serviceOutcome(held, "PLANNED", `${would} (hands off by ${handsOff.by}: ${handsOff.why})`));
  } else if (override && isInForce(override, now)) {
    const effect = `left active (override by ${override.by}: ${override.why})`;
    await outcomes.publish(serviceOutcome(held, "NO_CHANGE", effect));
  }
}

/**
 * Publishes that an outage is over, or goes into a trial, although the service stays what it is: what holds it, and what to
 * type.
 *
 * @param before with the outage in it
 * @param record without it
 */
export async function publishOverButHeld(
  { outcomes, clock }: ReportDependencies,
  report: ServiceReport,
  { before, record, isTrial }: { before: StoredActivation; record: StoredActivation; isTrial: boolean },
): Promise<void> {
  const now = clock.now();
  const { state, because, next } = standingOf(record, now);
  const { override } = before;
  const isOverrideOver = override && isInForce(override, now) && !isInForce(record.override, now);
  const ended = isOverrideOver ? ` The override by ${override.by} has ended with it.` : "";
  const { next: _next, ...rest } = report;
  const held = {
    ...rest,
    because: `its outage ${isTrial ? "goes into a trial" : "is over"} (${report.because}).${ended}${next === undefined ? "" : ` What holds it: ${because}`}`,
    ...(next !== undefined && { next }),
  };
  const status = isInForce(record.handsOff, now) && state === "inactive" ? "PLANNED" : "NO_CHANGE";
  await outcomes.publish(serviceOutcome(held, status, state === "as it is" ? "left as it is" : `stays ${state}`));
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
