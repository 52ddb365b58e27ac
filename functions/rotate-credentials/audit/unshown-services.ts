import {
  deletedFromItem,
  deletedOfAccount,
  writtenGroupKey,
  writtenServiceFromItem,
  writtenServiceKey,
} from "../../../shared/records/account/own-writes.ts";
import { accountPartition } from "../../../shared/records/service-name.ts";
import { unshownMs } from "../../../shared/ringcx/client/unshown.ts";
import type { Key, StateTable } from "../../../shared/state/table.ts";

/**
 * Of which services a look at RingCX may be older than what we ourselves have written of them or their group, or their deletion: by
 * such a look no edge begins or ends. The one owner of that question here, as `isSurelyGone` is for what is missing.
 *
 * @param groupIds those that are in question, each with its group where that is known
 * @param lookedAt when the look began, epoch milliseconds
 */
export async function unshownServices(
  table: StateTable,
  accountId: string,
  groupIds: ReadonlyMap<number, number | undefined>,
  lookedAt: number,
): Promise<ReadonlySet<number>> {
  const unshown = new Set<number>();
  if (groupIds.size === 0) return unshown;
  const isWritten = async (key: Key) => {
    const item = await table.get(key);
    return item !== undefined && unshownMs(writtenServiceFromItem(item), lookedAt) > 0;
  };
  for (const item of await table.query(accountPartition(accountId), deletedOfAccount)) {
    const { at, deletedId } = deletedFromItem(item);
    if (unshownMs(at, lookedAt) > 0) unshown.add(Number(deletedId));
  }
  for (const [serviceId, groupId] of groupIds) {
    const keys = [writtenServiceKey(accountId, serviceId)];
    if (groupId !== undefined) keys.push(writtenGroupKey(accountId, groupId));
    for (const key of keys) if (await isWritten(key)) unshown.add(serviceId);
  }
  return unshown;
}
