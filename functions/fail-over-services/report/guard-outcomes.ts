import { isInForce } from "../../../shared/activation/reasons.ts";
import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import type { StoredActivation } from "../../../shared/records/account/activation.ts";
import { mutedAlarms } from "../evidence/evidence.ts";
import { isBegunByProbe, type Outage, type OutageDecision, type ServiceSnapshot } from "../outage/outage-decision.ts";
import {
  type ReportDependencies,
  type ServiceReport,
  serviceCause,
  serviceOutcome,
  sourceAlarm,
} from "./service-outcome.ts";

/** Publishes what a person's hold has kept from being done: hands off, or an override. Nothing where no hold did. */
export async function publishHold(
  { outcomes, clock }: ReportDependencies,
  report: ServiceReport,
  { handsOff, override }: StoredActivation,
  change: "activated" | "deactivated",
): Promise<void> {
  const now = clock.now();
  if (isInForce(handsOff, now)) {
    const effect = `would have been ${change} (hands off by ${handsOff?.by}: ${handsOff?.why})`;
    await outcomes.publish(serviceOutcome(report, "PLANNED", effect));
  } else if (change === "deactivated" && isInForce(override, now)) {
    const effect = `left active (override by ${override?.by}: ${override?.why})`;
    await outcomes.publish(serviceOutcome(report, "NO_CHANGE", effect));
  }
}

/** Publishes that a manifest keeps its service from being deactivated. */
export async function publishExempt(
  { outcomes, onGuardTriggered }: ReportDependencies,
  { service, evidence }: ServiceSnapshot,
  { outage, because }: Extract<OutageDecision, { kind: "exempt" }>,
): Promise<void> {
  onGuardTriggered?.();
  const words = `its manifest says neverDeactivate, although an alarm fires: ${because}`;
  const cause = serviceCause(service, "never-deactivate", outage.since, sourceAlarm(outage));
  const report = { service, because: words, cause, alarms: evidence.alarms };
  await outcomes.publish(serviceOutcome(report, "NO_CHANGE", "left active"));
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

/** Publishes that an open outage will not end by itself. */
export async function publishRequiresCommand(
  { outcomes }: ReportDependencies,
  { service, evidence }: ServiceSnapshot,
  outage: Outage,
  because: string,
): Promise<void> {
  const report = {
    service,
    because,
    next: "The command activate brings it back",
    cause: serviceCause(service, "waits-for-command", outage.since, sourceAlarm(outage)),
    alarms: evidence.alarms,
  };
  await outcomes.publish(serviceOutcome(report, "NO_CHANGE", "stays inactive"));
}

/** Publishes what becomes of an open outage where the mode is no longer `enforce`. */
export async function publishEndsInMode(
  { outcomes }: ReportDependencies,
  { service, evidence }: ServiceSnapshot,
  outage: Outage,
  mode: "observe" | "off",
): Promise<void> {
  const report = {
    service,
    because: `its outage was open when the mode became ${mode}, in which no other begins`,
    next: "It comes back when nothing says any more that its endpoint is down, or by the command activate",
    cause: serviceCause(service, `mode-${mode}`, outage.since, sourceAlarm(outage)),
    alarms: evidence.alarms,
  };
  await outcomes.publish(serviceOutcome(report, "NO_CHANGE", "stays inactive"));
}

/** Publishes which alarms do not exist, as far as that was not published before: they protect nobody. */
export async function publishMissingAlarms(
  { outcomes, onGuardTriggered }: ReportDependencies,
  { service, memory }: ServiceSnapshot,
  missingAlarms: readonly string[] = [],
): Promise<void> {
  for (const arn of missingAlarms.filter((one) => !memory.missingAlarms?.includes(one))) {
    onGuardTriggered?.();
    const report = {
      service,
      because: `there is no alarm ${arn}`,
      next: "Make it, or name the right one in the manifest",
      cause: serviceCause(service, "missing-alarm", arn, arn),
    };
    await outcomes.publish(serviceOutcome(report, "NO_CHANGE", "is watched less than declared"));
  }
}

/**
 * Publishes which alarms fire although somebody has muted them, as far as that was not published before. A person's
 * word, so no guard has stepped in.
 *
 * @param outage the one that is open
 */
export async function publishMutedAlarms(
  { outcomes }: ReportDependencies,
  { service, memory, evidence }: ServiceSnapshot,
  outage: Outage | undefined,
): Promise<void> {
  for (const { arn, state } of mutedAlarms(evidence)) {
    if (memory.mutedAlarms?.includes(arn) || !("muted" in state)) continue;
    const isHeld = outage?.alarms.includes(arn);
    const report = {
      service,
      because: `the alarm ${arn} fires, but ${state.muted}: ${state.reason}`,
      next: isHeld
        ? "Its open outage ends when the alarm no longer fires, or by the command activate"
        : "It counts as soon as its actions are taken again and it still fires",
      cause: serviceCause(service, "muted-alarm", `${arn}/${state.since}`, arn),
      alarms: [{ arn, state }],
    };
    await outcomes.publish(serviceOutcome(report, "NO_CHANGE", isHeld ? "stays inactive" : "left as it is"));
  }
}
