import { isInForce } from "../../../shared/activation/reasons.ts";
import type { StoredActivation } from "../../../shared/records/account/activation.ts";
import type { Outage, OutageDecision, Scene } from "../outage/outage-decision.ts";
import { alarmOf, causeOf } from "./outage-wording.ts";
import type { ReportDependencies } from "./service-outcome.ts";
import { outcomeOf, type Telling } from "./service-outcome.ts";

/** Says what a person's hold has kept from being done: hands off, or an override. */
export async function tellIfHeld(
  { outcomes, clock }: ReportDependencies,
  telling: Telling,
  { handsOff, override }: StoredActivation,
  change: "activated" | "deactivated",
): Promise<void> {
  const now = clock.now();
  if (isInForce(handsOff, now)) {
    const told = `would have been ${change} (hands off by ${handsOff?.by}: ${handsOff?.why})`;
    await outcomes.publish(outcomeOf(telling, "PLANNED", told));
  } else if (change === "deactivated" && isInForce(override, now)) {
    const told = `left active (override by ${override?.by}: ${override?.why})`;
    await outcomes.publish(outcomeOf(telling, "NO_CHANGE", told));
  }
}

/** Says that a manifest keeps its service from being deactivated. */
export async function tellSpared(
  { outcomes, onGuard }: ReportDependencies,
  { service, evidence }: Scene,
  { outage, because }: Extract<OutageDecision, { kind: "spare" }>,
): Promise<void> {
  onGuard?.();
  const words = `its manifest says neverDeactivate, although an alarm fires: ${because}`;
  const cause = causeOf(service, "never-deactivate", outage.since, alarmOf(outage));
  const telling = { service, because: words, cause, alarms: evidence.alarms };
  await outcomes.publish(outcomeOf(telling, "NO_CHANGE", "left active"));
}

/** Says that there is no room in the blast radius, and no probe that confirms the outage. */
export async function tellHeldBack(
  { outcomes, onGuard, settings }: ReportDependencies,
  { service, evidence, policy }: Scene,
  outage: Outage,
  because: string,
): Promise<void> {
  onGuard?.();
  const { share, withinMinutes } = settings.guards.blastRadius;
  const radius = `${Math.round(share * 100)} % of the account's services (one at least) went out within ${withinMinutes} min`;
  const doubt = policy.isProbed ? "its probe passes" : "it has no probe that confirms it";
  const telling = {
    service,
    because: `an alarm fires, but ${radius}, and ${doubt}: ${because}`,
    next: "The command release deactivates it now; otherwise it waits for a place, or for a probe that fails",
    cause: causeOf(service, "held-back", outage.since, alarmOf(outage)),
    alarms: evidence.alarms,
  };
  await outcomes.publish(outcomeOf(telling, "NO_CHANGE", "left active"));
}

/** Says which alarms do not exist, as far as that was not said before: they protect nobody. */
export async function tellMissing(
  { outcomes, onGuard }: ReportDependencies,
  { service, watch }: Scene,
  missingAlarms: readonly string[] = [],
): Promise<void> {
  for (const arn of missingAlarms.filter((one) => !watch.missingAlarms?.includes(one))) {
    onGuard?.();
    const telling = {
      service,
      because: `there is no alarm ${arn}`,
      next: "Make it, or name the right one in the manifest",
      cause: causeOf(service, "missing-alarm", arn, arn),
    };
    await outcomes.publish(outcomeOf(telling, "NO_CHANGE", "is watched less than declared"));
  }
}
