import { describeEnds, describeOutageEnd } from "../../../shared/activation/reasons.ts";
import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import { noteOutcome } from "../../../shared/outcomes/note-outcome.ts";
import { publishableData } from "../../../shared/outcomes/publishable.ts";
import { type FailoverMemory, failoverAttributes } from "../../../shared/records/account/failover-memory.ts";
import { firingAlarms, mutedAlarms } from "../evidence/evidence.ts";
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
import { standingWords } from "./standing.ts";

/** Something about a service that is told once, when it is seen first. */
export interface News {
  /** The same as long as it is the same news. */
  key: string;
  outcome: OutcomeData;
  /** A guard has stepped in. */
  isGuard: boolean;
}

/** What is to be told, and remembered as told. Pure. */
export function newsOf(
  snapshot: ServiceSnapshot,
  decision: OutageDecision,
  { outage, mode, now, ...radius }: NewsContext,
): News[] {
  const acting =
    mode === "observe"
      ? plannedNews(snapshot, decision, { outage, ...radius })
      : [...exemptNews(snapshot, decision), ...commandNews(snapshot, decision, outage, now)];
  return [...missingNews(snapshot, decision, now), ...mutedNews(snapshot, decision, outage, now), ...acting];
}

/** Keys of what tells of an outage that is not opened. */
const exempt = "exempt";
const heldBack = "held-back";
const plannedOpening = "planned/open";

/**
 * The notes with what is new in them: it is noted before it is told, with its words, and told as it was noted. So it has
 * one id however often it is told, another one when it begins again, and after a crash it is told, not lost. Pure.
 *
 * @param now epoch milliseconds, as the news were made
 * @returns `undefined` where all of it is noted
 */
export function notesWith(
  news: readonly News[],
  { notes = {} }: FailoverMemory,
  now: number,
): FailoverMemory["notes"] | undefined {
  const fresh = news.filter(({ key }) => !(key in notes));
  if (fresh.length === 0) return undefined;
  const since = new Date(now).toISOString();
  const noted = fresh.map(({ key, outcome, isGuard }) => [
    key,
    { since, outcome: publishableData(noteOutcome(outcome)), ...(isGuard && { isGuard: true as const }) },
  ]);
  return { ...notes, ...Object.fromEntries(noted) };
}

/** The decision about an outage that is not opened, with the time under which it was noted. Pure. */
export function sinceNoted(decision: OutageDecision, { notes }: FailoverMemory): OutageDecision {
  const isUnopened = decision.kind === "open" || decision.kind === "exempt";
  const note = notes?.[exempt] ?? notes?.[plannedOpening] ?? notes?.[heldBack];
  return isUnopened && note ? { ...decision, outage: { ...decision.outage, since: note.since } } : decision;
}

/** Of one that has told what was noted. Pure. */
export function withoutNotes<Of extends { memory: FailoverMemory }>(of: Of): Of {
  const { notes: _told, ...memory } = of.memory;
  return { ...of, memory };
}

/** What news depend on beside the decision. */
interface NewsContext {
  /** The outage that is open, or that mode `observe` sees. */
  outage: Outage | undefined;
  mode: "enforce" | "observe";
  /** Epoch milliseconds. */
  now: number;
  /** Whether the guards would let an outage begin; in mode `enforce` they are asked when it does. */
  isWithinRadius: boolean;
  guards: ReportDependencies["settings"]["guards"];
}

/** What is remembered of an outage that stays open where the mode is no longer `enforce`: it waits for no trial. Pure. */
export function endingInMode(memory: FailoverMemory, mode: "observe" | "off"): FailoverMemory {
  return { ...memory, requiresCommand: true, endsInMode: mode };
}

/** What is to be told of an open outage where the mode is no longer `enforce`. Pure. */
export function endsInModeNews(
  snapshot: ServiceSnapshot,
  decision: OutageDecision,
  { outage, mode, now }: { outage: Outage | undefined; mode: "observe" | "off"; now: number },
): News[] {
  const missing = missingNews(snapshot, decision, now);
  const { service, evidence, memory } = snapshot;
  if (!outage || memory.endsInMode === mode) return missing;
  const report = {
    service,
    because: `its outage was open when the mode became ${mode}, in which no other begins`,
    next: `It comes back ${describeOutageEnd(outage, endingInMode(decision.memory, mode), service.health)}`,
    cause: serviceCause(service, `mode-${mode}`, new Date(now).toISOString(), sourceAlarm(outage)),
    alarms: evidence.alarms,
  };
  const outcome = serviceOutcome(report, "NO_CHANGE", standingWords(snapshot.record, now));
  return [...missing, { key: `mode-${mode}`, outcome, isGuard: false }];
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
      ...(before.notes && { notes: before.notes }),
      ...(missingTold.length > 0 && { missingAlarms: missingTold }),
      ...(mutedTold.length > 0 && { mutedAlarms: mutedTold }),
      ...(requiresCommand && before.requiresCommand && { requiresCommand }),
    },
  };
}

/** Alarms that do not exist: they protect nobody. */
function missingNews({ service, memory }: ServiceSnapshot, { memory: next }: OutageDecision, now: number): News[] {
  const at = new Date(now).toISOString();
  const missing = next.missingAlarms?.filter((arn) => !memory.missingAlarms?.includes(arn)) ?? [];
  return missing.map((arn) => {
    const report = {
      service,
      because: `there is no alarm ${arn}`,
      next: "Make it, or name the right one in the manifest",
      cause: serviceCause(service, "missing-alarm", `${arn}/${at}`, arn),
    };
    const outcome = serviceOutcome(report, "NO_CHANGE", "is watched less than declared");
    return { key: `missing/${arn}`, outcome, isGuard: true };
  });
}

/** Alarms that fire although somebody has muted them. A person's word, so no guard has stepped in. */
function mutedNews(
  { service, record, memory, evidence }: ServiceSnapshot,
  decision: OutageDecision,
  outage: Outage | undefined,
  now: number,
): News[] {
  const at = new Date(now).toISOString();
  // By an event it is not known yet whether a command may end it.
  const isUnheard = firingAlarms(evidence).length === 0;
  const known = { ...decision.memory, ...(isUnheard && { requiresCommand: true as const }) };
  const ends = describeEnds(
    { ...record, writerAttributes: failoverAttributes({ memory: known }) },
    now,
    service.health,
  );
  return mutedAlarms(evidence).flatMap(({ arn, state }) => {
    if (memory.mutedAlarms?.includes(arn) || !("muted" in state)) return [];
    const isHeld = outage?.alarms.includes(arn);
    const next = isHeld ? ends : "It counts as soon as its actions are taken again and it still fires";
    const report = {
      service,
      because: `the alarm ${arn} fires, but ${state.muted}: ${state.reason}`,
      ...(next !== undefined && { next }),
      cause: serviceCause(service, "muted-alarm", `${arn}/${at}`, arn),
      alarms: [{ arn, state }],
    };
    const outcome = serviceOutcome(report, "NO_CHANGE", isHeld ? standingWords(record, now) : "left as it is");
    return [{ key: `muted/${arn}`, outcome, isGuard: false }];
  });
}

/** A manifest keeps its service from being deactivated. */
function exemptNews({ service, evidence }: ServiceSnapshot, decision: OutageDecision): News[] {
  if (decision.kind !== "exempt") return [];
  const { outage, because } = decision;
  const words = `its manifest says neverDeactivate, although an alarm fires: ${because}`;
  const cause = serviceCause(service, "never-deactivate", outage.since, sourceAlarm(outage));
  const report = { service, because: words, cause, alarms: evidence.alarms };
  return [{ key: exempt, outcome: serviceOutcome(report, "NO_CHANGE", "left active"), isGuard: true }];
}

/** An open outage will not end by itself. Of a muted alarm that is told already. */
function commandNews(
  snapshot: ServiceSnapshot,
  decision: OutageDecision,
  outage: Outage | undefined,
  now: number,
): News[] {
  const { service, evidence, memory } = snapshot;
  const isNew = decision.kind === "stayOpen" && decision.memory.requiresCommand && !memory.requiresCommand;
  if (!outage || !isNew || mutedAlarms(evidence).length > 0) return [];
  const report = {
    service,
    because: decision.because,
    next: "The command activate brings it back",
    cause: serviceCause(service, "waits-for-command", new Date(now).toISOString(), sourceAlarm(outage)),
    alarms: evidence.alarms,
  };
  const outcome = serviceOutcome(report, "NO_CHANGE", standingWords(snapshot.record, now));
  return [{ key: "waits-for-command", outcome, isGuard: false }];
}

/** Mode `observe`: what would have been done. */
function plannedNews(
  snapshot: ServiceSnapshot,
  decision: OutageDecision,
  { outage: observed, isWithinRadius, guards }: Omit<NewsContext, "mode" | "now">,
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
        if (memory.observedSuppressed) return [];
        const outcome = suppressedOutcome(
          { settings: { guards } },
          snapshot,
          decision.outage,
          decision.because,
          "observe",
        );
        return [{ key: heldBack, outcome, isGuard: true }];
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
