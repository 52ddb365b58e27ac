import type { InactiveReason } from "../../shared/activation.ts";
import type { AlarmState } from "./alarm-states.ts";

export type Outage = Extract<InactiveReason, { kind: "OUTAGE" }>;

/** What was seen of a service's endpoint. */
export interface Evidence {
  alarms: readonly { arn: string; state: AlarmState }[];
  /** The answer to the validation request; `undefined` where there is none that may be repeated. */
  probe: { passed: true } | { passed: false; because: string } | undefined;
}

export interface OutageQuestion {
  /** The outage that is open, if one is. */
  outage: Outage | undefined;
  /** Since when everything has looked well again, ISO 8601. */
  wellSince: string | undefined;
  evidence: Evidence;
  recovery: "automatic" | "manual";
  recoverAfterSeconds: number;
  /** Epoch milliseconds. */
  now: number;
}

export type OutageDecision =
  | { kind: "none" }
  /** An alarm fires: the service must not be called. */
  | { kind: "begin"; outage: Outage; because: string }
  /** It goes on, and what was well before no longer counts. */
  | { kind: "continue"; because: string }
  /** All is well, but not for long enough. */
  | { kind: "recovering"; wellSince: string; because: string }
  | { kind: "end"; because: string };

/**
 * What an outage does next. An alarm is enough to begin one. It ends when no alarm of the service fires and its probe
 * passes, for `recoverAfterSeconds`: OK is not asked for, because an inactive service gets no traffic and an alarm on
 * traffic then has nothing to measure. Without a probe the alarms alone decide, and the reason says so.
 */
export function decideOutage(question: OutageQuestion): OutageDecision {
  const { outage, wellSince, evidence, recovery, recoverAfterSeconds, now } = question;
  const firing = evidence.alarms.filter(({ state }) => state.state === "ALARM");
  const at = new Date(now).toISOString();
  if (firing.length > 0) {
    const because = firing.map(({ state }) => ("reason" in state ? state.reason : "")).join("; ");
    if (outage) return { kind: "continue", because: `the alarm still fires: ${because}` };
    const alarms = firing.map(({ arn }) => arn);
    return { kind: "begin", outage: { kind: "OUTAGE", since: at, alarms, confirmedByProbe: false }, because };
  }
  if (!outage) return { kind: "none" };
  if (recovery === "manual") return { kind: "continue", because: "its recovery is manual: it waits for a command" };
  if (evidence.probe?.passed === false) {
    return { kind: "continue", because: `no alarm fires, but its probe fails: ${evidence.probe.because}` };
  }
  const witness = evidence.probe ? "no alarm fires and its probe passes" : "no alarm fires (it has no probe to ask)";
  const since = wellSince ?? at;
  if (now - Date.parse(since) >= recoverAfterSeconds * 1000) {
    return { kind: "end", because: `${witness}, for ${recoverAfterSeconds} s` };
  }
  return { kind: "recovering", wellSince: since, because: witness };
}
