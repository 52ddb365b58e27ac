import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import { mutedAlarms } from "../evidence/evidence.ts";
import type { Outage, OutageDecision, ServiceSnapshot } from "../outage/outage-decision.ts";
import { nextAfterClosing, nextAfterOpening, serviceCause, serviceOutcome, sourceAlarm } from "./service-outcome.ts";

/** Something about a service that is told once, when it is seen first. */
export interface News {
  /** The same as long as it is the same news. */
  key: string;
  outcome: OutcomeData;
  /** A guard has stepped in. */
  isGuard: boolean;
}

/** What is to be told before it is remembered: after a crash in between it is told again, not never. Pure. */
export function newsOf(
  snapshot: ServiceSnapshot,
  decision: OutageDecision,
  { outage, mode }: { outage: Outage | undefined; mode: "enforce" | "observe" },
): News[] {
  const acting = mode === "observe" ? plannedNews(snapshot, decision, outage) : exemptNews(snapshot, decision);
  return [...missingNews(snapshot, decision), ...mutedNews(snapshot, outage), ...acting];
}

/**
 * The decision of one that does not tell, because another one is at it: what is new is not remembered as told. Where the
 * decision is nothing but news there is none.
 */
export function withoutNews(
  { memory: before }: Pick<ServiceSnapshot, "memory">,
  decision: OutageDecision,
  mode: "enforce" | "observe",
): OutageDecision | undefined {
  const isAnnounced =
    decision.kind === "exempt" || (mode === "observe" && /^(open|halfOpen|close)$/.test(decision.kind));
  if (isAnnounced) return undefined;
  const { missingAlarms, mutedAlarms: muted, ...memory } = decision.memory;
  const told = (now: readonly string[] | undefined, earlier: readonly string[] = []) =>
    now?.filter((arn) => earlier.includes(arn)) ?? [];
  const missingTold = told(missingAlarms, before.missingAlarms);
  const mutedTold = told(muted, before.mutedAlarms);
  return {
    ...decision,
    memory: {
      ...memory,
      ...(missingTold.length > 0 && { missingAlarms: missingTold }),
      ...(mutedTold.length > 0 && { mutedAlarms: mutedTold }),
    },
  };
}

/** Alarms that do not exist: they protect nobody. */
function missingNews({ service, memory }: ServiceSnapshot, { memory: next }: OutageDecision): News[] {
  const missing = next.missingAlarms?.filter((arn) => !memory.missingAlarms?.includes(arn)) ?? [];
  return missing.map((arn) => {
    const report = {
      service,
      because: `there is no alarm ${arn}`,
      next: "Make it, or name the right one in the manifest",
      cause: serviceCause(service, "missing-alarm", arn, arn),
    };
    const outcome = serviceOutcome(report, "NO_CHANGE", "is watched less than declared");
    return { key: outcome.cause.id, outcome, isGuard: true };
  });
}

/** Alarms that fire although somebody has muted them. A person's word, so no guard has stepped in. */
function mutedNews({ service, memory, evidence }: ServiceSnapshot, outage: Outage | undefined): News[] {
  return mutedAlarms(evidence).flatMap(({ arn, state }) => {
    if (memory.mutedAlarms?.includes(arn) || !("muted" in state)) return [];
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
    const outcome = serviceOutcome(report, "NO_CHANGE", isHeld ? "stays inactive" : "left as it is");
    return [{ key: outcome.cause.id, outcome, isGuard: false }];
  });
}

/** A manifest keeps its service from being deactivated. */
function exemptNews({ service, evidence }: ServiceSnapshot, decision: OutageDecision): News[] {
  if (decision.kind !== "exempt") return [];
  const { outage, because } = decision;
  const words = `its manifest says neverDeactivate, although an alarm fires: ${because}`;
  const cause = serviceCause(service, "never-deactivate", outage.since, sourceAlarm(outage));
  const report = { service, because: words, cause, alarms: evidence.alarms };
  return [{ key: "exempt", outcome: serviceOutcome(report, "NO_CHANGE", "left active"), isGuard: true }];
}

/** Mode `observe`: what would have been done. @param observed the outage that would be open */
function plannedNews(
  { service, evidence, policy }: ServiceSnapshot,
  decision: OutageDecision,
  observed: Outage | undefined,
): News[] {
  const planned = (change: string, { what, since, next }: { what: string; since: string; next?: string }): News[] => {
    if (!("because" in decision)) return [];
    const { because } = decision;
    const cause = serviceCause(service, what, since, sourceAlarm(observed) ?? evidence.alarms[0]?.arn);
    const report = { service, because, cause, alarms: evidence.alarms, ...(next !== undefined && { next }) };
    const outcome = serviceOutcome(report, "PLANNED", `would have been ${change} (mode observe)`);
    return [{ key: `planned/${decision.kind}`, outcome, isGuard: false }];
  };
  switch (decision.kind) {
    case "open": {
      const next = nextAfterOpening(policy, decision.flapping);
      return planned("deactivated", { what: "outage", since: decision.outage.since, next });
    }
    case "halfOpen":
    case "close": {
      const what = decision.kind === "halfOpen" ? "trial" : "recovery";
      return planned("activated", { what, since: observed?.since ?? "", ...nextAfterClosing(decision) });
    }
    default:
      return [];
  }
}
