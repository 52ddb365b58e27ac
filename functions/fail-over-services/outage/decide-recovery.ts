import type { FailoverMemory } from "../../../shared/records/account/failover-memory.ts";
import { type Evidence, firingAlarms, mutedAlarms, notAskedIn } from "../evidence/evidence.ts";
import { lastingMemory } from "./lasting-memory.ts";
import type { Flapping, Outage, OutageDecision, OutageQuestion } from "./outage-decision.ts";

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
 * then has nothing to measure. Without a probe the alarms alone decide, and the reason says so. A minute in which
 * something could not be asked neither counts nor breaks what was counted. Muting an alarm ends nothing: one that had a
 * part in the outage keeps it open as long as it fires. Pure.
 */
export function decideRecovery(unlearned: RecoveryQuestion): OutageDecision {
  const question = { ...unlearned, outage: withAlarms(unlearned) };
  const { outage, evidence, policy } = question;
  const { probe } = evidence;
  if (probe?.result === "FAILED") {
    const confirmed = { ...question, outage: { ...outage, confirmedByProbe: true } };
    return stayOpen(confirmed, `its probe fails: ${probe.because}`);
  }
  const firing = holdingAlarms(question);
  if (!evidence.isComplete || (policy.isProbed && !probe)) {
    const because = firing.length > 0 ? "an alarm still fires" : "the next sweep looks whether it is over";
    return { kind: "stayOpen", outage, because, memory: question.memory };
  }
  const [notAsked] = notAskedIn(evidence);
  if (notAsked) return paused(question, `it is not known whether it is over: ${notAsked.because}`);
  const resumed = { ...question, memory: resumedMemory(question) };
  return firing.length > 0 ? decideHalfOpen(resumed) : decideQuiet(resumed);
}

/** With the alarms that fire meanwhile: if they are muted later, they were heard before. */
function withAlarms({ outage, evidence }: RecoveryQuestion): Outage {
  const joined = firingAlarms(evidence).flatMap(({ arn }) => (outage.alarms.includes(arn) ? [] : [arn]));
  return joined.length === 0 ? outage : { ...outage, alarms: [...outage.alarms, ...joined] };
}

/** Alarms that keep an outage open: those that fire, and those of them that were muted since. */
function holdingAlarms({ outage, evidence }: RecoveryQuestion): Evidence["alarms"] {
  return [...firingAlarms(evidence), ...mutedAlarms(evidence).filter(({ arn }) => outage.alarms.includes(arn))];
}

/** No alarm fires, and all was asked. */
function decideQuiet(question: RecoveryQuestion): OutageDecision {
  const { evidence, policy, isOverridden } = question;
  const { probe } = evidence;
  const waiting = { requiresCommand: true as const };
  if (policy.recovery === "manual" && !isOverridden) {
    return stayOpen(question, "its recovery is manual: it waits for a command", waiting);
  }
  if (!probe && evidence.alarms.every(({ state }) => state.state === "MISSING")) {
    return stayOpen(question, "there is no alarm and no probe to ask: it waits for a command", waiting);
  }
  return decideClosing(question);
}

/** Nothing says any more that it is down: it comes back when that has lasted long enough. */
function decideClosing(question: RecoveryQuestion): OutageDecision {
  const { evidence, flapping, policy, memory, now } = question;
  const { recoverAfterSeconds, flap } = policy;
  const because = evidence.probe ? "no alarm fires and its probe passes" : "no alarm fires (it has no probe to ask)";
  const healthySince = memory.healthySince ?? new Date(now).toISOString();
  const isLongEnough = now - Date.parse(healthySince) >= recoverAfterSeconds * 1000;
  if (!isLongEnough || !hasPassedEnough(question)) return stayOpen(question, because, { healthySince });
  return {
    kind: "close",
    because: `${because}, for ${recoverAfterSeconds} s`,
    flapping: flapping && extended(flapping, Date.parse(healthySince) + flap.quietMinutes * 60_000),
    memory: lastingMemory(memory),
  };
}

/**
 * An alarm that fires while the probe passes may be one on traffic, of which an inactive service gets none: it could
 * never clear. After twice the time of a recovery, in which the alarm has not changed its state, the service is tried.
 */
function decideHalfOpen(question: RecoveryQuestion): OutageDecision {
  const { outage, evidence, policy, memory, now, isOverridden, isHeldInactive } = question;
  const because = "an alarm still fires";
  const holding = holdingAlarms(question);
  // The alarm that a trial is to clear would not be heard in it.
  if (mutedAlarms({ alarms: holding }).length > 0) {
    // Where nothing else is heard a person may say that it is over.
    const isUnheard = firingAlarms(evidence).length === 0;
    return stayOpen(question, `${because}, although it is muted`, isUnheard ? { requiresCommand: true } : {});
  }
  if (!evidence.probe || isOverridden || policy.recovery === "manual") return stayOpen(question, because);
  const probePassingSince = memory.probePassingSince ?? new Date(now).toISOString();
  const changed = holding.map(({ state }) => ("since" in state ? Date.parse(state.since) : now));
  const unchangedSince = Math.max(Date.parse(probePassingSince), Date.parse(outage.since), ...changed);
  const firstWaitMs = Math.max(shortestWaitMs, 2 * policy.recoverAfterSeconds * 1000);
  const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** (memory.failedTrials ?? 0));
  if (now - unchangedSince < waitMs || !hasPassedEnough(question)) {
    return stayOpen(question, because, { probePassingSince });
  }
  if (isHeldInactive) {
    return stayOpen(question, `${because}, and something else keeps it inactive`, { probePassingSince });
  }
  const at = new Date(now).toISOString();
  const until = new Date(now + waitMs).toISOString();
  const { failedTrials } = memory;
  return {
    kind: "halfOpen",
    until,
    because: `its alarm still fires, but its probe has passed for ${waitMs / 1000} s: it is tried`,
    memory: {
      ...lastingMemory(memory),
      trial: { since: at, until },
      ...(failedTrials !== undefined && { failedTrials }),
    },
  };
}

/**
 * Something could not be asked: what was counted stays as it is, and the time does not go on. As Kubernetes' kubelet,
 * which throws away the result of a probe that it could not carry out.
 */
function paused(question: RecoveryQuestion, because: string): OutageDecision {
  const { outage, memory, now } = question;
  const { healthySince, ...rest } = memory;
  // That an alarm fires was asked.
  const isHealthy = holdingAlarms(question).length === 0 && healthySince !== undefined;
  const isCounting = isHealthy || memory.probePassingSince !== undefined;
  return {
    kind: "stayOpen",
    outage,
    because,
    memory: {
      ...rest,
      ...(isHealthy && { healthySince }),
      ...(isCounting && { pausedSince: memory.pausedSince ?? new Date(now).toISOString() }),
    },
  };
}

/** The memory with its times moved on by the pause that ends now. */
function resumedMemory({ memory, now }: RecoveryQuestion): FailoverMemory {
  const { pausedSince, ...rest } = memory;
  if (pausedSince === undefined) return memory;
  const later = (since: string) => new Date(Date.parse(since) + now - Date.parse(pausedSince)).toISOString();
  return {
    ...rest,
    ...(rest.healthySince !== undefined && { healthySince: later(rest.healthySince) }),
    ...(rest.probePassingSince !== undefined && { probePassingSince: later(rest.probePassingSince) }),
  };
}

/** @param counted what has been well so far, of which all that is not named here begins anew */
function stayOpen(
  { outage, memory }: RecoveryQuestion,
  because: string,
  counted: Pick<FailoverMemory, "healthySince" | "probePassingSince" | "requiresCommand"> = {},
): OutageDecision {
  const {
    healthySince: _healthySince,
    probePassingSince: _probePassingSince,
    pausedSince: _pausedSince,
    requiresCommand: _requiresCommand,
    endsInMode: _endsInMode,
    ...rest
  } = memory;
  return { kind: "stayOpen", outage, because, memory: { ...rest, ...counted } };
}

/** Its probe passed several times in a row, or there is none to ask. */
function hasPassedEnough({ evidence, memory, policy }: RecoveryQuestion): boolean {
  return !evidence.probe || (memory.consecutivePasses ?? 0) >= policy.probesInARow;
}

/** Quiet counts from when it was healthy, not from when it began to flap. @param until epoch milliseconds */
function extended(flapping: Flapping, until: number): Flapping {
  return { ...flapping, until: new Date(Math.max(until, Date.parse(flapping.until))).toISOString() };
}
