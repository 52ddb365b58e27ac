import type { ActivationRecord, InactiveReason } from "../../../shared/activation/decide-activation.ts";
import type { Watch } from "../../../shared/records/account/failover-memory.ts";
import type { AlarmState } from "../evidence/alarm-states.ts";
import type { Policy } from "./policy.ts";

export type Outage = Extract<InactiveReason, { kind: "OUTAGE" }>;
export type Latch = Extract<InactiveReason, { kind: "LATCHED" }>;

/** What was seen of a service's endpoint. */
export interface Evidence {
  /** As far as they were asked: an event asks for its own alarm only, and can begin an outage but not end one. */
  alarms: readonly { arn: string; state: AlarmState }[];
  /** All alarms were asked, and the probe if there is one and it matters. */
  isComplete: boolean;
  /** The answer to the validation request; `undefined` where it was not sent. */
  probe: { passed: true } | { passed: false; because: string } | undefined;
}

export interface OutageQuestion {
  /** The outage that is open, if one is. */
  outage: Outage | undefined;
  /** The latch in the record, whether it still holds or not. */
  latch: Latch | undefined;
  /** A person keeps the service active whatever is seen. */
  isOverridden: boolean;
  /** What the looks before this one have seen. */
  watch: Watch;
  evidence: Evidence;
  policy: Policy;
  /** Epoch milliseconds. */
  now: number;
}

export type OutageDecision = { watch: Watch } & (
  | { kind: "none" }
  /** An alarm fires, or the watched probe fails: the service must not be called. */
  | { kind: "begin"; outage: Outage; latch: Latch | undefined; because: string }
  /** It should begin, but the manifest forbids to deactivate; once for each time that it fires. */
  | { kind: "spare"; outage: Outage; because: string }
  /** It goes on; `outage` with what was learned of it. */
  | { kind: "continue"; outage: Outage; because: string }
  /** Half-open: the alarm still fires, but nothing else says that it is down. Active until `until`, and watched. */
  | { kind: "try"; until: string; because: string }
  | { kind: "end"; latch: Latch | undefined; because: string }
);

/** The alarms that say that something is wrong now. */
export function firingOf({ alarms }: Evidence): Evidence["alarms"] {
  return alarms.filter(({ state }) => state.state === "ALARM");
}

export function outageIn({ reasons }: ActivationRecord): Outage | undefined {
  return reasons.find((reason): reason is Outage => reason.kind === "OUTAGE");
}

/** The latch, whether it still holds or not. */
export function latchIn({ reasons }: ActivationRecord): Latch | undefined {
  return reasons.find((reason): reason is Latch => reason.kind === "LATCHED");
}
