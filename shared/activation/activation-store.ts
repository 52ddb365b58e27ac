import type { Clock } from "../primitives/clock.ts";
import { activationKey, activationsOfAccount } from "../records/account/activation.ts";
import { accountPartition, type ServiceName } from "../records/service-name.ts";
import type { Expected, Item, StateTable } from "../state/table.ts";
import {
  type ActivationChange,
  type ActivationRecord,
  type InactiveReason,
  inactiveReasonKinds,
  type Witnessed,
} from "./decide-activation.ts";

/** The record and the attributes that its writers keep with it. */
export type StoredActivation = ActivationRecord & { own: Readonly<Record<string, unknown>>; version: Expected };

/** Of a service of which nothing was ever written. */
export const emptyActivation: StoredActivation = { reasons: [], own: {}, version: "absent" };

/** The activation records in the table. */
export interface Activation {
  get(service: ServiceName): Promise<StoredActivation>;
  /** One atomic write that returns the whole record as it is now: two writers never lose each other's reasons. */
  change(service: ServiceName, change: ActivationChange): Promise<StoredActivation>;
  /**
   * The same for a change that was decided on a record as it was read: `undefined`, and nothing is written, when
   * anybody has written since. So of two that decide the same at the same moment one does it.
   */
  changeIf(
    service: ServiceName,
    before: StoredActivation,
    change: ActivationChange,
  ): Promise<StoredActivation | undefined>;
  /** The records of all services of an account that have one, by the `sk` of their key. */
  ofAccount(accountId: string): Promise<ReadonlyMap<string, StoredActivation>>;
}

/** Reasons are attributes of their own in the item, so that a writer touches nothing but its own. */
export function createActivation({ table, clock }: { table: StateTable; clock: Clock }): Activation {
  return {
    async get(service) {
      return recordOf(await table.get(activationKey(service)));
    },
    async change(service, change) {
      return recordOf(await table.update(activationKey(service), attributesOf(change, clock.now())));
    },
    async changeIf(service, before, change) {
      const item = { ...itemOf(before), ...attributesOf(change, clock.now()), ...activationKey(service) };
      const version = await table.put(item, before.version);
      return version === false ? undefined : recordOf({ ...item, version });
    },
    async ofAccount(accountId) {
      const items = await table.query(accountPartition(accountId), activationsOfAccount);
      return new Map(items.map((item) => [item.sk, recordOf(item)]));
    },
  };
}

function attributesOf(change: ActivationChange, now: number): Record<string, unknown> {
  const { own, ...rest } = change;
  const { add = [], remove = [], handsOff, override, lastWritten, observed } = rest;
  const at = new Date(now).toISOString();
  const attributes: Record<string, unknown> = { ...own, ...(Object.keys(rest).length > 0 && { changedAt: at }) };
  for (const kind of remove) attributes[kind] = undefined;
  for (const reason of add) attributes[reason.kind] = reason;
  if (handsOff !== undefined) attributes.handsOff = handsOff ?? undefined;
  if (override !== undefined) attributes.override = override ?? undefined;
  if (lastWritten !== undefined) attributes.lastWritten = { isActive: lastWritten, at } satisfies Witnessed;
  if (observed !== undefined) attributes.observed = { isActive: observed, at } satisfies Witnessed;
  return attributes;
}

function itemOf({ reasons, own, version: _version, ...common }: StoredActivation): Record<string, unknown> {
  return { ...common, ...own, ...Object.fromEntries(reasons.map((reason) => [reason.kind, reason])) };
}

function recordOf(item: Item | undefined): StoredActivation {
  const attributes: Readonly<Record<string, unknown>> = item ?? {};
  const reasons = inactiveReasonKinds.flatMap((kind) => (attributes[kind] ? [attributes[kind] as InactiveReason] : []));
  const { handsOff, override, lastWritten, observed, changedAt } = attributes as Partial<ActivationRecord>;
  return {
    reasons,
    ...(handsOff && { handsOff }),
    ...(override && { override }),
    ...(lastWritten && { lastWritten }),
    ...(observed && { observed }),
    ...(changedAt && { changedAt }),
    own: Object.fromEntries(Object.entries(attributes).filter(([name]) => !common.has(name))),
    version: item?.version ?? "absent",
  };
}

/** Attributes that are not one writer's own. */
const common: ReadonlySet<string> = new Set([
  ...["pk", "sk", "version", "handsOff", "override", "lastWritten", "observed", "changedAt"],
  ...inactiveReasonKinds,
]);
