import type { ActivationRecord, InactiveReason, StoredActivation } from "../../../shared/records/account/activation.ts";
import type { Watch } from "../../../shared/records/account/failover-memory.ts";
import type { Evidence } from "../evidence/evidence.ts";
import type { WatchedService } from "../watchlist/watched-services.ts";
import type { Policy } from "./policy.ts";

export type Outage = Extract<InactiveReason, { kind: "OUTAGE" }>;
export type Latch = Extract<InactiveReason, { kind: "LATCHED" }>;

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

export function outageIn({ reasons }: ActivationRecord): Outage | undefined {
  return reasons.find((reason): reason is Outage => reason.kind === "OUTAGE");
}

/** The latch, whether it still holds or not. */
export function latchIn({ reasons }: ActivationRecord): Latch | undefined {
  return reasons.find((reason): reason is Latch => reason.kind === "LATCHED");
}

/** One service, all that was seen of it, and what is remembered. */
export interface Scene {
  service: WatchedService;
  record: StoredActivation;
  evidence: Evidence;
  watch: Watch;
  policy: Policy;
  /** Epoch milliseconds. */
  deadline: number;
}
