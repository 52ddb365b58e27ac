import type { ActivationRecord, InactiveReason, StoredActivation } from "../../../shared/records/account/activation.ts";
import type { FailoverMemory } from "../../../shared/records/account/failover-memory.ts";
import type { Evidence } from "../evidence/evidence.ts";
import type { WatchedService } from "../watchlist/watched-services.ts";
import type { Policy } from "./policy.ts";

/** The endpoint is down: the reason that failover adds and takes away. */
export type Outage = Extract<InactiveReason, { kind: "OUTAGE" }>;

/** Too many outages in a short time: the service stays inactive until it has been quiet for a while. */
export type Flapping = Extract<InactiveReason, { kind: "FLAPPING" }>;

/** One service: what its record said when it was read, what is seen of it, and what is remembered. */
export interface ServiceSnapshot {
  service: WatchedService;
  /** As it was read: it is only written if nobody has written since. */
  record: StoredActivation;
  evidence: Evidence;
  /** The record's own memory of what earlier reconciliations saw. */
  memory: FailoverMemory;
  policy: Policy;
  /** By when the invocation must be done, epoch milliseconds. */
  deadline: number;
  /** RingCX says something else than the record, in a read that may be older than our own last write. */
  isUnknown?: boolean;
}

/** All that a decision about a service's outage depends on. */
export interface OutageQuestion {
  /** The outage that is open, if one is. */
  outage: Outage | undefined;
  /** The flapping reason in the record, whether it is still in force or not. */
  flapping: Flapping | undefined;
  /** A person keeps the service active whatever is seen. */
  isOverridden: boolean;
  /** Something else than its outage keeps it inactive, or keeps us from it: a trial would try nothing. */
  isHeldInactive: boolean;
  /** What earlier reconciliations saw. */
  memory: FailoverMemory;
  evidence: Evidence;
  policy: Policy;
  /** Epoch milliseconds. */
  now: number;
}

/**
 * What a service's outage does next, in the words of a circuit breaker: closed is in service, open is out of service,
 * half-open is active for a trial. `because` says why, in words; `memory` is what is remembered from now on.
 */
export type OutageDecision = { memory: FailoverMemory } & (
  | { kind: "stayClosed" }
  /** An alarm fires, or the watched probe fails: the service must not be called. */
  | { kind: "open"; outage: Outage; flapping: Flapping | undefined; because: string }
  /** It should open, but the manifest forbids to deactivate; decided once for each time that the alarm fires. */
  | { kind: "exempt"; outage: Outage; because: string }
  /** `outage` with what was learned of it. */
  | { kind: "stayOpen"; outage: Outage; because: string }
  /** The alarm still fires, but nothing else says that it is down: active until `until` (ISO 8601), and watched. */
  | { kind: "halfOpen"; until: string; because: string }
  /** `flapping` is to be written with a new end, where there is one. */
  | { kind: "close"; flapping: Flapping | undefined; because: string }
);

/** The outage that is open, if one is. */
export function outageIn({ reasons }: ActivationRecord): Outage | undefined {
  return reasons.find((reason) => reason.kind === "OUTAGE");
}

/** The flapping reason, whether it is still in force or not. */
export function flappingIn({ reasons }: ActivationRecord): Flapping | undefined {
  return reasons.find((reason) => reason.kind === "FLAPPING");
}

/** Nothing but failed probes speaks for it. */
export function isBegunByProbe({ alarms }: Outage): boolean {
  return alarms.length === 0;
}
