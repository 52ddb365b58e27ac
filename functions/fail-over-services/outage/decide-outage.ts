import type { Watch } from "../../../shared/records/account/failover-memory.ts";
import { type Evidence, firingOf } from "../evidence/evidence.ts";
import { decideRecovery } from "./decide-recovery.ts";
import type { Outage, OutageDecision, OutageQuestion } from "./outage-decision.ts";

/**
 * What a service's outage does next, from what is seen now and what is remembered. A firing alarm is enough to begin
 * one, so are failed probes in a row where the manifest says so; how one ends is `decideRecovery`.
 */
export function decideOutage(question: OutageQuestion): OutageDecision {
  const { outage, watch } = question;
  const seen = { ...question, watch: remembered(question) };
  if (outage) return decideRecovery({ ...seen, outage });
  return watch.trial ? decideTrial(seen, watch.trial) : decideBeginning(seen);
}

function decideBeginning(question: OutageQuestion): OutageDecision {
  const { evidence, watch, policy } = question;
  const firing = firingOf(evidence);
  if (firing.length > 0) return begun(question, inWords(firing));
  if (policy.isWatchedByProbe && evidence.probe?.passed === false && (watch.failures ?? 0) >= policy.probesInARow) {
    return begun(question, `its probe failed ${policy.probesInARow} times in a row: ${evidence.probe.because}`);
  }
  // What a guard kept back is over when nothing asks for it any more.
  const { heldBack: _heldBack, spared: _spared, ...rest } = watch;
  const isUnknown = evidence.alarms.some(({ state }) => state.state === "UNKNOWN");
  const isQuiet = evidence.isComplete && !isUnknown && evidence.probe?.passed !== false;
  return { kind: "none", watch: isQuiet ? rest : watch };
}

/** The service is active for a trial: it must clear the alarm before the trial is over. */
function decideTrial(question: OutageQuestion, { since, until }: NonNullable<Watch["trial"]>): OutageDecision {
  const { evidence, watch, now } = question;
  const firing = firingOf(evidence);
  const fresh = firing.filter(({ state }) => "since" in state && Date.parse(state.since) > Date.parse(since));
  if (fresh.length > 0) return begun(question, `the trial failed: ${inWords(fresh)}`);
  if (evidence.probe?.passed === false) return begun(question, `the trial failed: ${evidence.probe.because}`);
  if (firing.length === 0) {
    const { trial: _trial, failedTrials: _failedTrials, ...rest } = watch;
    return { kind: "none", watch: evidence.isComplete ? rest : watch };
  }
  if (now < Date.parse(until)) return { kind: "none", watch };
  return begun(question, `the trial failed, the alarm did not clear: ${inWords(firing)}`);
}

/** After a failed trial it is the same outage again, and the next trial is twice as far away. */
function begun({ evidence, watch, policy, now }: OutageQuestion, because: string): OutageDecision {
  const at = new Date(now).toISOString();
  const alarms = firingOf(evidence).map(({ arn }) => arn);
  const outage: Outage = { kind: "OUTAGE", since: at, alarms, confirmedByProbe: evidence.probe?.passed === false };
  if (policy.neverDeactivate) {
    return watch.spared === undefined
      ? { kind: "spare", outage, because, watch: { ...watch, spared: at } }
      : { kind: "none", watch };
  }
  const { openings: limit, withinMinutes, quietMinutes } = policy.flap;
  const openings = [...(watch.openings ?? []), at].filter((time) => now - Date.parse(time) < withinMinutes * 60_000);
  const until = new Date(now + quietMinutes * 60_000).toISOString();
  const failedTrials = (watch.failedTrials ?? 0) + (watch.trial ? 1 : 0);
  return {
    kind: "begin",
    outage,
    latch: openings.length >= limit ? { kind: "LATCHED", since: at, until } : undefined,
    because,
    watch: { openings, ...(failedTrials > 0 && { failedTrials }), ...pick(watch, "missingAlarms", "failures") },
  };
}

/** With what this look has seen: probes in a row, counted as far as anybody asks for, and alarms that do not exist. */
function remembered({ watch, evidence, policy: { probesInARow } }: OutageQuestion): Watch {
  const { passes = 0, failures = 0, missingAlarms: _missingAlarms, ...rest } = watch;
  const { probe, alarms, isComplete } = evidence;
  const missing = alarms.flatMap(({ arn, state }) => (state.state === "MISSING" ? [arn] : []));
  return {
    ...rest,
    ...(probe?.passed === true && { passes: Math.min(passes + 1, probesInARow) }),
    ...(probe?.passed === false && { failures: Math.min(failures + 1, probesInARow) }),
    ...(!probe && pick(watch, "passes", "failures")),
    ...(isComplete ? missing.length > 0 && { missingAlarms: missing } : pick(watch, "missingAlarms")),
  };
}

function inWords(alarms: Evidence["alarms"]): string {
  return alarms.map(({ state }) => ("reason" in state ? state.reason : "")).join("; ");
}

function pick<K extends keyof Watch>(watch: Watch, ...names: readonly K[]): Pick<Watch, K> {
  return Object.fromEntries(names.flatMap((name) => (watch[name] === undefined ? [] : [[name, watch[name]]]))) as Pick<
    Watch,
    K
  >;
}
