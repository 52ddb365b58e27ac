import type { Watch } from "../../../shared/records/account/failover-memory.ts";
import { firingOf } from "../evidence/evidence.ts";
import type { Latch, Outage, OutageDecision, OutageQuestion } from "./outage-decision.ts";

type RecoveryQuestion = OutageQuestion & { outage: Outage };

/**
 * A failed trial doubles the wait for the next; in milliseconds. A trial is as long as the wait before it, and shorter
 * ones would end before an alarm could clear.
 */
const shortestWaitMs = 5 * 60_000;
const longestWaitMs = 4 * 60 * 60_000;

/**
 * When an open outage ends: no alarm of the service fires and its probe passes, several times in a row and for
 * `recoverAfterSeconds`. OK is not asked for, because an inactive service gets no traffic and an alarm on traffic
 * then has nothing to measure. Without a probe the alarms alone decide, and the reason says so.
 */
export function decideRecovery(question: RecoveryQuestion): OutageDecision {
  const { outage, evidence, policy, isOverridden } = question;
  const { probe } = evidence;
  if (probe?.passed === false) {
    const confirmed = { ...question, outage: { ...outage, confirmedByProbe: true } };
    return goesOn(confirmed, `its probe fails: ${probe.because}`);
  }
  const firing = firingOf(evidence);
  if (!evidence.isComplete || (policy.isProbed && !probe)) {
    const because = firing.length > 0 ? "an alarm still fires" : "the next sweep looks whether it is over";
    return { kind: "continue", outage, because, watch: question.watch };
  }
  if (firing.length > 0) return decideHalfOpen(question);
  const unknown = evidence.alarms.filter(({ state }) => state.state === "UNKNOWN");
  if (unknown.length > 0) return goesOn(question, `CloudWatch does not say how ${unknown[0]?.arn} is`);
  const waiting = { waitsForCommand: true as const };
  if (policy.recovery === "manual" && !isOverridden) {
    return goesOn(question, "its recovery is manual: it waits for a command", waiting);
  }
  if (!probe && evidence.alarms.every(({ state }) => state.state === "MISSING")) {
    return goesOn(question, "there is no alarm and no probe to ask: it waits for a command", waiting);
  }
  return decideEnd(question);
}

function decideEnd(question: RecoveryQuestion): OutageDecision {
  const { evidence, latch, policy, watch, now } = question;
  const { recoverAfterSeconds, flap } = policy;
  const because = evidence.probe ? "no alarm fires and its probe passes" : "no alarm fires (it has no probe to ask)";
  const wellSince = watch.wellSince ?? new Date(now).toISOString();
  const isLongEnough = now - Date.parse(wellSince) >= recoverAfterSeconds * 1000 && isProven(question);
  if (!isLongEnough) return goesOn(question, because, { wellSince });
  return {
    kind: "end",
    because: `${because}, for ${recoverAfterSeconds} s`,
    latch: latch && extended(latch, Date.parse(wellSince) + flap.quietMinutes * 60_000),
    watch: kept(watch),
  };
}

/**
 * An alarm that fires while the probe passes may be one on traffic, of which an inactive service gets none: it could
 * never clear. After twice the time of a recovery, in which the alarm has not stirred, the service is tried.
 */
function decideHalfOpen(question: RecoveryQuestion): OutageDecision {
  const { outage, evidence, policy, watch, now, isOverridden } = question;
  const because = "an alarm still fires";
  if (!evidence.probe || isOverridden || policy.recovery === "manual") return goesOn(question, because);
  const provenSince = watch.provenSince ?? new Date(now).toISOString();
  const stirred = firingOf(evidence).map(({ state }) => ("since" in state ? Date.parse(state.since) : now));
  const stillSince = Math.max(Date.parse(provenSince), Date.parse(outage.since), ...stirred);
  const firstWaitMs = Math.max(shortestWaitMs, 2 * policy.recoverAfterSeconds * 1000);
  const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** (watch.failedTrials ?? 0));
  if (now - stillSince < waitMs || !isProven(question)) return goesOn(question, because, { provenSince });
  const at = new Date(now).toISOString();
  const until = new Date(now + waitMs).toISOString();
  const { failedTrials } = watch;
  return {
    kind: "try",
    until,
    because: `its alarm still fires, but its probe has passed for ${waitMs / 1000} s: it is tried`,
    watch: { ...kept(watch), trial: { since: at, until }, ...(failedTrials !== undefined && { failedTrials }) },
  };
}

/** What was well so far counts only where it is named. */
function goesOn({ outage, watch }: RecoveryQuestion, because: string, more: Partial<Watch> = {}): OutageDecision {
  const { wellSince: _wellSince, provenSince: _provenSince, waitsForCommand: _waits, ...rest } = watch;
  return { kind: "continue", outage, because, watch: { ...rest, ...more } };
}

function isProven({ evidence, watch, policy }: RecoveryQuestion): boolean {
  return !evidence.probe || (watch.passes ?? 0) >= policy.probesInARow;
}

/** What is remembered beyond an outage. */
function kept({ openings, missingAlarms }: Watch): Watch {
  return { ...(openings && { openings }), ...(missingAlarms && { missingAlarms }) };
}

/** Quiet counts from when it was well, not from when it was latched. */
function extended(latch: Latch, until: number): Latch {
  return { ...latch, until: new Date(Math.max(until, Date.parse(latch.until))).toISOString() };
}
