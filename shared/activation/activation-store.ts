import type { Clock } from "../primitives/clock.ts";
import type { AutomationError } from "../primitives/errors.ts";
import {
  type ActivationChange,
  activationKey,
  activationsOfAccount,
  type StoredActivation,
} from "../records/account/activation.ts";
import { changedAttributes, fromItem, toItem } from "../records/account/activation-item.ts";
import { accountPartition, type ServiceName } from "../records/service-name.ts";
import type { StateTable } from "../state/table.ts";
import { isUnreadable } from "../state/unreadable-item.ts";

/** The activation records in the table. */
export interface ActivationStore {
  /** @throws {AutomationError} `ITEM_UNREADABLE`, as everything that reads a record does */
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
  /** The records of all services of an account that have one. One that cannot be read keeps no other from being read. */
  ofAccount(accountId: string): Promise<AccountActivations>;
}

/** Activation records by the `sk` of their key. */
export interface AccountActivations {
  records: ReadonlyMap<string, StoredActivation>;
  /** `ITEM_UNREADABLE` of those that cannot be read. */
  unreadable: ReadonlyMap<string, AutomationError>;
}

/**
 * The store in the state table. Reasons are attributes of their own in the item, so that a writer touches nothing but
 * its own.
 */
export function createActivationStore({ table, clock }: { table: StateTable; clock: Clock }): ActivationStore {
  return {
    async get(service) {
      return fromItem(await table.get(activationKey(service)));
    },
    async change(service, change) {
      // What was seen is newer than what had been written by then, and older than what is written from now on; and since
      // when a service has been as it is, is said by what was known before.
      const isOfState = change.observed !== undefined || change.lastAppliedState !== undefined;
      const before = isOfState ? await this.get(service) : undefined;
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
      for (const item of items) {
        try {
          records.set(item.sk, fromItem(item));
        } catch (error) {
          if (!isUnreadable(error)) throw error;
          unreadable.set(item.sk, error);
        }
      }
      return { records, unreadable };
    },
  };
}
