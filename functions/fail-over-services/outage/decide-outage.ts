import type { FailoverMemory } from "../../../shared/records/account/failover-memory.ts";
import { type Evidence, firingAlarms, isAllAsked, mutedAlarms } from "../evidence/evidence.ts";
import { decideRecovery } from "./decide-recovery.ts";
import { lastingMemory, openingsWith } from "./lasting-memory.ts";
import type { Outage, OutageDecision, OutageQuestion } from "./outage-decision.ts";

/**
 * What a service's outage does next, from what is seen now and what is remembered. A firing alarm is enough to open
 * one, so are failed probes in a row where the manifest says so; how one ends is `decideRecovery`. What could not be
 * asked begins, ends and confirms nothing, and neither does an alarm that is muted. Pure.
 */
export function decideOutage(question: OutageQuestion): OutageDecision {
  const current = { ...question, memory: updatedMemory(question) };
  if (question.outage) return decideRecovery({ ...current, outage: question.outage });
  return question.memory.trial ? decideTrial(current, question.memory.trial) : decideOpening(current);
}

/** The service is in service: it goes out when an alarm fires or enough probes failed. */
function decideOpening(question: OutageQuestion): OutageDecision {
  const { evidence, memory, policy } = question;
  const firing = firingAlarms(evidence);
  if (firing.length > 0) return opened(question, describeAlarms(firing));
  const hasFailedEnough = (memory.consecutiveFailures ?? 0) >= policy.probesInARow;
  if (policy.isWatchedByProbe && evidence.probe?.result === "FAILED" && hasFailedEnough) {
    return opened(question, `its probe failed ${policy.probesInARow} times in a row: ${evidence.probe.because}`);
  }
  // What a guard or the mode kept from happening is over when nothing asks for it any more.
  const {
    suppressed: _suppressed,
    observedOutage: _observed,
    observedSuppressed: _observedSuppressed,
    exemptSince: _exemptSince,
    ...rest
  } = memory;
  const isQuiet = isAllAsked(evidence) && evidence.probe?.result !== "FAILED";
  return { kind: "stayClosed", memory: isQuiet ? rest : memory };
}

/** The service is active for a trial: its alarm must clear before the trial is over. */
function decideTrial(question: OutageQuestion, { since, until }: NonNullable<FailoverMemory["trial"]>): OutageDecision {
  const { evidence, memory, now } = question;
  const firing = firingAlarms(evidence);
  const fresh = firing.filter(({ state }) => "since" in state && Date.parse(state.since) > Date.parse(since));
  if (fresh.length > 0) return opened(question, `the trial failed: ${describeAlarms(fresh)}`);
  if (evidence.probe?.result === "FAILED") return opened(question, `the trial failed: ${evidence.probe.because}`);
  const isOver = now >= Date.parse(until);
  // One that is muted meanwhile neither fails the trial nor passes it: when it is over, nothing is left of it.
  if (firing.length === 0 && (isOver || mutedAlarms(evidence).length === 0)) {
    const { trial: _trial, failedTrials: _failedTrials, ...rest } = memory;
    return { kind: "stayClosed", memory: isAllAsked(evidence) ? rest : memory };
  }
  if (!isOver || firing.length === 0) return { kind: "stayClosed", memory };
  return opened(question, `the trial failed, the alarm did not clear: ${describeAlarms(firing)}`);
}

/** After a failed trial it is the same outage again, and the next trial is twice as far away. */
function opened({ evidence, memory, policy, now }: OutageQuestion, because: string): OutageDecision {
  const at = new Date(now).toISOString();
  const alarms = firingAlarms(evidence).map(({ arn }) => arn);
  const outage: Outage = { kind: "OUTAGE", since: at, alarms, confirmedByProbe: evidence.probe?.result === "FAILED" };
  if (policy.neverDeactivate) {
    return memory.exemptSince === undefined
      ? { kind: "exempt", outage, because, memory: { ...memory, exemptSince: at } }
      : { kind: "stayClosed", memory };
  }
  const { openings: limit, withinMinutes, quietMinutes } = policy.flap;
  const isRecent = (time: string) => now - Date.parse(time) < withinMinutes * 60_000;
  const recentOutages = openingsWith(memory, at).filter(isRecent);
  const until = new Date(now + quietMinutes * 60_000).toISOString();
  const failedTrials = (memory.failedTrials ?? 0) + (memory.trial ? 1 : 0);
  return {
    kind: "open",
    outage,
    flapping: recentOutages.length >= limit ? { kind: "FLAPPING", since: at, until } : undefined,
    because,
    memory: {
      ...lastingMemory(memory),
      recentOutages,
      ...(failedTrials > 0 && { failedTrials }),
      ...pick(memory, "consecutiveFailures"),
    },
  };
}

/** With what is seen now: probes in a row, as far as anybody asks for them, and alarms that do not exist or are muted. */
function updatedMemory({ memory, evidence, policy: { probesInARow }, now }: OutageQuestion): FailoverMemory {
  const {
    consecutivePasses = 0,
    consecutiveFailures = 0,
    missingAlarms: _missing,
    mutedAlarms: _muted,
    ...rest
  } = memory;
  const { alarms, isComplete } = evidence;
  const result = evidence.probe?.result;
  const wasMissing = (arn: string) => memory.missingAlarms?.includes(arn) ?? false;
  const missing = alarms.flatMap(({ arn, state }) =>
    state.state === "MISSING" || (state.state === "UNKNOWN" && wasMissing(arn)) ? [arn] : [],
  );
  const muted = stillMuted(memory, evidence);
  const passes = result === "PASSED" ? Math.min(consecutivePasses + 1, probesInARow) : consecutivePasses;
  const failures = result === "FAILED" ? Math.min(consecutiveFailures + 1, probesInARow) : consecutiveFailures;
  const isCounted =
    (result === "PASSED" && (passes > consecutivePasses || consecutiveFailures > 0)) ||
    (result === "FAILED" && (failures > consecutiveFailures || consecutivePasses > 0));
  return {
    ...rest,
    ...(muted.length > 0 && { mutedAlarms: muted }),
    ...(result === "PASSED" && { consecutivePasses: passes }),
    ...(result === "FAILED" && { consecutiveFailures: failures }),
    ...(isCounted && { probedAt: new Date(now).toISOString() }),
    ...(result !== "PASSED" && result !== "FAILED" && pick(memory, "consecutivePasses", "consecutiveFailures")),
    ...(isComplete ? missing.length > 0 && { missingAlarms: missing } : pick(memory, "missingAlarms")),
  };
}

/** Alarms that fire muted; those that were not asked for are as they were. */
function stillMuted({ mutedAlarms: before = [] }: FailoverMemory, evidence: Evidence): string[] {
  const states = new Map(evidence.alarms.map(({ arn, state }) => [arn, state.state]));
  const isNotAsked = (arn: string) => (states.has(arn) ? states.get(arn) === "UNKNOWN" : !evidence.isComplete);
  return [...new Set([...before.filter(isNotAsked), ...mutedAlarms(evidence).map(({ arn }) => arn)])];
}

/** CloudWatch's own words on each of them. */
function describeAlarms(alarms: Evidence["alarms"]): string {
  return alarms.map(({ state }) => ("reason" in state ? state.reason : "")).join("; ");
}

function pick(memory: FailoverMemory, ...names: readonly (keyof FailoverMemory)[]): FailoverMemory {
  return Object.fromEntries(names.flatMap((name) => (memory[name] === undefined ? [] : [[name, memory[name]]])));
}
