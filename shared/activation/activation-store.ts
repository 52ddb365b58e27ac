import type { Clock } from "../primitives/clock.ts";
import type { AutomationError } from "../primitives/errors.ts";
import {
  type ActivationChange,
  activationKey,
  activationsOfAccount,
  type StoredActivation,
} from "../records/account/activation.ts";
import { changedAttributes, fromItem, toItem } from "../records/account/activation-item.ts";
import { arrivesFrom, arrivingAmong, isArriving } from "../records/account/moving-activation.ts";
import { accountPartition, displayName, type ServiceName } from "../records/service-name.ts";
import type { StateTable } from "../state/table.ts";
import { isUnreadable } from "../state/unreadable-item.ts";
import { ChangeUnderWayError } from "./intents.ts";

/** The activation records in the table. */
export interface ActivationStore {
  /**
   * @param options.isAnew nobody knows a service of that name: what has ended under it says nothing of this one
   * @throws {AutomationError} `ITEM_UNREADABLE`, as everything that reads a record does
   * @throws {ChangeUnderWayError} while the service gets another name, or has just got one or gone: nothing can be
   *   concluded from what is recorded under this one
   */
  get(service: ServiceName, options?: { isAnew?: boolean }): Promise<StoredActivation>;
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
  /** The records of all services of an account that have one. One that cannot be read keeps no other from being read. */
  ofAccount(accountId: string): Promise<AccountActivations>;
}

/** Activation records by the `sk` of their key. */
export interface AccountActivations {
  records: ReadonlyMap<string, StoredActivation>;
  /** `ITEM_UNREADABLE` of those that cannot be read. */
  unreadable: ReadonlyMap<string, AutomationError>;
  /** Those that do not count yet: the service is in the middle of a change. None of them is among the records. */
  arriving: ReadonlySet<string>;
}

/**
 * The store in the state table. Reasons are attributes of their own in the item, so that a writer touches nothing but
 * its own.
 *
 * @param isMover it belongs to whoever moves and ends records, or only looks: it reads what is there
 */
export function createActivationStore(
  { table, clock }: { table: StateTable; clock: Clock },
  { isMover = false }: { isMover?: boolean } = {},
): ActivationStore {
  return {
    async get(service, { isAnew = false } = {}) {
      const { pk, sk } = activationKey(service);
      const item = await table.get({ pk, sk });
      const record = fromItem(item);
      if (isMover) return record;
      const source = arrivesFrom(item);
      const isComing = source !== undefined && isArriving(item, await table.get({ pk, sk: source }));
      if (isComing || (record.isEnded && !isAnew)) throw new ChangeUnderWayError(displayName(service));
      return record;
    },
    async change(service, change) {
      // What was seen is newer than what had been written by then, and older than what is written from now on; and since
      // when a service has been as it is, is said by what was known before.
      const isOfState = change.observed !== undefined || change.lastAppliedState !== undefined;
      const before = isOfState ? fromItem(await table.get(activationKey(service))) : undefined;
      return fromItem(await table.update(activationKey(service), changedAttributes(change, before, clock.now())));
    },
    async changeIf(service, before, change) {
      const item = { ...toItem(before), ...changedAttributes(change, before, clock.now()), ...activationKey(service) };
      const version = await table.put(item, before.version);
      return version === false ? undefined : fromItem({ ...item, version });
    },
    async ofAccount(accountId) {
      const items = await table.query(accountPartition(accountId), activationsOfAccount);
      const records = new Map<string, StoredActivation>();
      const unreadable = new Map<string, AutomationError>();
      const arriving = arrivingAmong(items);
      for (const item of items) {
        if (arriving.has(item.sk)) continue;
        try {
          records.set(item.sk, fromItem(item));
        } catch (error) {
          if (!isUnreadable(error)) throw error;
          unreadable.set(item.sk, error);
        }
      }
      return { records, unreadable, arriving };
    },
  };
}
