import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import { mutedAlarms } from "../evidence/evidence.ts";
import type { Outage, OutageDecision, ServiceSnapshot } from "../outage/outage-decision.ts";
import { suppressedOutcome } from "./guard-outcomes.ts";
import {
  nextAfterClosing,
  nextAfterOpening,
  type ReportDependencies,
  serviceCause,
  serviceOutcome,
  sourceAlarm,
} from "./service-outcome.ts";

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
  { outage, mode, ...radius }: NewsContext,
): News[] {
  const acting =
    mode === "observe"
      ? plannedNews(snapshot, decision, { outage, ...radius })
      : [...exemptNews(snapshot, decision), ...commandNews(snapshot, decision, outage)];
  return [...missingNews(snapshot, decision), ...mutedNews(snapshot, outage), ...acting];
}

/** What news depend on beside the decision. */
interface NewsContext {
  /** The outage that is open, or that mode `observe` sees. */
  outage: Outage | undefined;
  mode: "enforce" | "observe";
  /** Whether the guards would let an outage begin; in mode `enforce` they are asked when it does. */
  isWithinRadius: boolean;
  guards: ReportDependencies["settings"]["guards"];
}

/** What is to be told of an open outage where the mode is no longer `enforce`. Pure. */
export function endsInModeNews(
  snapshot: ServiceSnapshot,
  decision: OutageDecision,
  { outage, mode }: { outage: Outage | undefined; mode: "observe" | "off" },
): News[] {
  const missing = missingNews(snapshot, decision);
  const { service, evidence, memory } = snapshot;
  if (!outage || memory.endsInMode === mode) return missing;
  const report = {
    service,
    because: `its outage was open when the mode became ${mode}, in which no other begins`,
    next: "It comes back when nothing says any more that its endpoint is down, or by the command activate",
    cause: serviceCause(service, `mode-${mode}`, outage.since, sourceAlarm(outage)),
    alarms: evidence.alarms,
  };
  const outcome = serviceOutcome(report, "NO_CHANGE", "stays inactive");
  return [...missing, { key: outcome.cause.id, outcome, isGuard: false }];
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
  const { missingAlarms, mutedAlarms: muted, requiresCommand, ...memory } = decision.memory;
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
      ...(requiresCommand && before.requiresCommand && { requiresCommand }),
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

/** An open outage will not end by itself. Of a muted alarm that is told already. */
function commandNews(snapshot: ServiceSnapshot, decision: OutageDecision, outage: Outage | undefined): News[] {
  const { service, evidence, memory } = snapshot;
  const isNew = decision.kind === "stayOpen" && decision.memory.requiresCommand && !memory.requiresCommand;
  if (!outage || !isNew || mutedAlarms(evidence).length > 0) return [];
  const report = {
    service,
    because: decision.because,
    next: "The command activate brings it back",
    cause: serviceCause(service, "waits-for-command", outage.since, sourceAlarm(outage)),
    alarms: evidence.alarms,
  };
  const outcome = serviceOutcome(report, "NO_CHANGE", "stays inactive");
  return [{ key: outcome.cause.id, outcome, isGuard: false }];
}

/** Mode `observe`: what would have been done. */
function plannedNews(
  snapshot: ServiceSnapshot,
  decision: OutageDecision,
  { outage: observed, isWithinRadius, guards }: Omit<NewsContext, "mode">,
): News[] {
  const { service, evidence, policy, memory } = snapshot;
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
      if (!isWithinRadius) {
        if (memory.suppressed) return [];
        const outcome = suppressedOutcome(
          { settings: { guards } },
          snapshot,
          decision.outage,
          decision.because,
          "observe",
        );
        return [{ key: outcome.cause.id, outcome, isGuard: true }];
      }
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
