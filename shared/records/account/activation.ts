import type { Expected, Item, Key } from "../../state/table.ts";
import { accountItemKey, type ServiceName, servicePath } from "../service-name.ts";

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
  /** Provisioning: not yet proven. Ends when validation passes. */
  | { kind: "NOT_VALIDATED"; since: string; because?: string }
  /** Failover: its endpoint is down. Ends with recovery. */
  | { kind: "OUTAGE"; since: string; alarms: readonly string[]; confirmedByProbe: boolean }
  /** Failover: it flapped. Ends at `until`, or by command. */
  | { kind: "LATCHED"; since: string; until: string }
  /** An operator's command. Ends at `until` if there is one, or by `release`. */
  | { kind: "KEEP_INACTIVE"; since: string; by: string; why: string; until?: string }
  /** A person in the admin page. Ends when seen active again, or by command. */
  | { kind: "MANUAL"; since: string }
  /** Provisioning: taken out of use for good. Never ends. */
  | { kind: "RETIRED"; since: string };

export type InactiveReasonKind = InactiveReason["kind"];

export const inactiveReasonKinds = [
  "NOT_WANTED",
  "NOT_VALIDATED",
  "OUTAGE",
  "LATCHED",
  "KEEP_INACTIVE",
  "MANUAL",
  "RETIRED",
] as const satisfies readonly InactiveReasonKind[];

/** Somebody's word that holds for a time. Without `until` it holds until it is released. */
export interface OperatorHold {
  by: string;
  why: string;
  since: string;
  until?: string;
}

/** A state of the service in RingCX, as it was written or seen. */
export interface ObservedState {
  isActive: boolean;
  at: string;
}

/** All that speaks for and against a service being active. Each writer adds and removes only its own reasons. */
export interface ActivationRecord {
  reasons: readonly InactiveReason[];
  /** Automation touches nothing, and says what it would have done. */
  handsOff?: OperatorHold;
  /** The service stays active despite an outage. */
  override?: OperatorHold;
  /** What we last wrote to RingCX. */
  lastAppliedState?: ObservedState;
  /** What RingCX last said. */
  observed?: ObservedState;
  /** When a reason, hold or state was last written, ISO 8601: who wrote it may still be following it. */
  changedAt?: string;
}

/** What one writer changes, all at once. What is not named stays as it is. */
export interface ActivationChange {
  add?: readonly InactiveReason[];
  remove?: readonly InactiveReasonKind[];
  /** `null` ends it. */
  handsOff?: OperatorHold | null;
  override?: OperatorHold | null;
  lastAppliedState?: boolean;
  observed?: boolean;
  /** Attributes of one writer's own that are kept with the record; `undefined` removes one. */
  writerAttributes?: Readonly<Record<string, unknown>>;
}

/** The record and the attributes that its writers keep with it. */
export type StoredActivation = ActivationRecord & {
  writerAttributes: Readonly<Record<string, unknown>>;
  version: Expected;
};

/** Of a service of which nothing was ever written. */
export const emptyActivation: StoredActivation = { reasons: [], writerAttributes: {}, version: "absent" };

export function attributesOf(change: ActivationChange, now: number): Record<string, unknown> {
  const { writerAttributes, ...rest } = change;
  const { add = [], remove = [], handsOff, override, lastAppliedState, observed } = rest;
  const at = new Date(now).toISOString();
  const attributes: Record<string, unknown> = {
    ...writerAttributes,
    ...(Object.keys(rest).length > 0 && { changedAt: at }),
  };
  for (const kind of remove) attributes[kind] = undefined;
  for (const reason of add) attributes[reason.kind] = reason;
  if (handsOff !== undefined) attributes.handsOff = handsOff ?? undefined;
  if (override !== undefined) attributes.override = override ?? undefined;
  if (lastAppliedState !== undefined)
    attributes.lastWritten = { isActive: lastAppliedState, at } satisfies ObservedState;
  if (observed !== undefined) attributes.observed = { isActive: observed, at } satisfies ObservedState;
  return attributes;
}

export function toItem({
  reasons,
  writerAttributes,
  lastAppliedState,
  version: _version,
  ...rest
}: StoredActivation): Record<string, unknown> {
  return {
    ...rest,
    ...(lastAppliedState && { lastWritten: lastAppliedState }),
    ...writerAttributes,
    ...Object.fromEntries(reasons.map((reason) => [reason.kind, reason])),
  };
}

export function fromItem(item: Item | undefined): StoredActivation {
  const attributes: Readonly<Record<string, unknown>> = item ?? {};
  const reasons = inactiveReasonKinds.flatMap((kind) => (attributes[kind] ? [attributes[kind] as InactiveReason] : []));
  const { handsOff, override, observed, changedAt } = attributes as Partial<ActivationRecord>;
  const lastAppliedState = attributes.lastWritten as ObservedState | undefined;
  return {
    reasons,
    ...(handsOff && { handsOff }),
    ...(override && { override }),
    ...(lastAppliedState && { lastAppliedState }),
    ...(observed && { observed }),
    ...(changedAt && { changedAt }),
    writerAttributes: Object.fromEntries(Object.entries(attributes).filter(([name]) => !common.has(name))),
    version: item?.version ?? "absent",
  };
}

/** Attributes that are not one writer's own. */
const common: ReadonlySet<string> = new Set([
  ...["pk", "sk", "version", "handsOff", "override", "lastWritten", "observed", "changedAt"],
  ...inactiveReasonKinds,
]);
