import type { Expected, Key } from "../../state/table.ts";
import type { NotedOutcome } from "../noted-outcome.ts";
import { accountItemKey, type ServiceName, servicePath } from "../service-name.ts";
import type { appliedMark, KnownStates } from "./known-state.ts";

/** Why is this service inactive? One record, three writers. */
export function activationKey(name: ServiceName): Key {
  return accountItemKey(name.accountId, `${activationsOfAccount}${servicePath(name)}`);
}

/** How the `sk` of every activation record of an account begins. */
export const activationsOfAccount = "ACTIVATION#";

/** Why a service is inactive. A service should be active exactly when no reason is left. Times are ISO 8601. */
export type InactiveReason =
  /** Provisioning: the manifest says inactive. Ends when a manifest or a command says active. */
  | { kind: "NOT_WANTED"; since: string }
  /** Provisioning: not yet proven, or not made to its end. Ends when validation passes. */
  | { kind: "NOT_VALIDATED"; since: string; because?: string }
  /** Failover: its endpoint is down. Ends with recovery. */
  | { kind: "OUTAGE"; since: string; alarms: readonly string[]; confirmedByProbe: boolean }
  /** Failover: too many outages in a short time. Ends at `until`, or by command. */
  | { kind: "FLAPPING"; since: string; until: string }
  /** An operator's command, or rotation's audit of edges. Ends at `until` if there is one, or by `release`. */
  | { kind: "KEEP_INACTIVE"; since: string; by: string; why: string; until?: string }
  /** A person in the admin page. Ends when seen active again, or by command. */
  | { kind: "MANUAL"; since: string }
  /** Provisioning: taken out of use for good. Never ends. */
  | { kind: "RETIRED"; since: string };

/** Each writer owns some of these kinds. */
export type InactiveReasonKind = InactiveReason["kind"];

/** Somebody's word that holds for a time. Without `until` it holds until it is released. */
export interface OperatorHold {
  by: string;
  why: string;
  since: string;
  until?: string;
}

/**
 * A change of the service in RingCX that is to be made and published. It is noted in the same write as its reason, and
 * removed by the write that says that it was done; whoever finds it does what is left.
 */
export interface Intent {
  /** The record's number at that time: it only goes up. */
  generation: number;
  isActive: boolean;
  /** Why, in words. */
  because: string;
  /** ISO 8601: the time of its outcome, however often that is published. */
  since: string;
  /** What is published of it; left out where whoever noted it tells it in an outcome of their own. */
  outcome?: NotedOutcome;
  /** RingCX has done it, so all that is left is to publish it. */
  isApplied?: true;
  /** A guard has refused it, and that is told: where it was not done either, nothing more is said of it. */
  isRefused?: true;
  /** RingCX failed when it was to do it first, and nobody was told: once it is done, its outcome gets the time of that. */
  isDelayed?: true;
  /** RingCX may have been called for it until then at the latest, ISO 8601, and nobody knows what came of it. */
  triedAt?: string;
  /** A message has noted it, and tells it in its own outcome, whoever carries it out. */
  isOfMessage?: true;
}

/** Who carries out a record's intents, and by when it will have stopped, ISO 8601. */
export interface Carrier {
  id: string;
  until: string;
}

/** All that speaks for and against a service being active. Each writer adds and removes only its own reasons. */
export interface ActivationRecord extends KnownStates {
  reasons: readonly InactiveReason[];
  /** Automation touches nothing, and says what it would have done. */
  handsOff?: OperatorHold;
  /** The service stays active despite an outage. */
  override?: OperatorHold;
  /** When a reason, hold or state was last written, ISO 8601: who wrote it may still be following it. */
  changedAt?: string;
  /** How many intents were noted so far. @default 0 */
  generation?: number;
  /** Those that are not finished, in order. Only the first of them that is not applied may have been begun. @default none */
  intents?: readonly Intent[];
  /** Left out where nobody is at them. */
  carrier?: Carrier;
}

/** What one writer changes, all at once. What is not named stays as it is. */
export interface ActivationChange {
  add?: readonly InactiveReason[];
  remove?: readonly InactiveReasonKind[];
  /** `null` ends it. */
  handsOff?: OperatorHold | null;
  override?: OperatorHold | null;
  lastAppliedState?: boolean;
  /** Number of the intent that was carried out. */
  appliedGeneration?: number;
  observed?: boolean;
  /**
   * What had been written last before RingCX said so, see {@link appliedMark}: what was written since then is newer.
   * @default what has been written by now
   */
  observedAfter?: string;
  /**
   * It was something else in between, or is another service of that name: what was known says nothing of since when. With no state
   * beside it, nobody knows how it is.
   */
  isAnew?: true;
  /** Only on a record as it was read. */
  generation?: number;
  intents?: readonly Intent[];
  /** `null`: nobody is at them any more. */
  carrier?: Carrier | null;
  /** Attributes of one writer's own that are kept with the record; `undefined` removes one. */
  writerAttributes?: Readonly<Record<string, unknown>>;
}

/** The record and the attributes that its writers keep with it. */
export type StoredActivation = ActivationRecord & {
  writerAttributes: Readonly<Record<string, unknown>>;
  version: Expected;
  /** The service that it was of has another name, or is no more: nothing is recorded of one that has the name now. */
  isEnded?: true;
};

/** Of a service of which nothing was ever written. */
export const emptyActivation: StoredActivation = { reasons: [], writerAttributes: {}, version: "absent" };
