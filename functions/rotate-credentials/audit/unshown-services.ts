import {
  deletedFromItem,
  deletedOfAccount,
  writtenServiceFromItem,
  writtenServiceKey,
} from "../../../shared/records/account/own-writes.ts";
import { accountPartition } from "../../../shared/records/service-name.ts";
import { unshownMs } from "../../../shared/ringcx/client/unshown.ts";
import type { StateTable } from "../../../shared/state/table.ts";

/**
 * Of which services a look at RingCX may be older than what we ourselves have written of them, or their deletion: by such a
 * look no edge begins or ends. The one owner of that question here, as `isSurelyGone` is for what is missing.
 *
 * @param serviceIds those that are in question
 * @param lookedAt when the look began, epoch milliseconds
 */
export async function unshownServices(
  table: StateTable,
  accountId: string,
  serviceIds: ReadonlySet<number>,
  lookedAt: number,
): Promise<ReadonlySet<number>> {
  if (serviceIds.size === 0) return serviceIds;
  const unshown = new Set<number>();
  for (const item of await table.query(accountPartition(accountId), deletedOfAccount)) {
    const { at, deletedId } = deletedFromItem(item);
    if (unshownMs(at, lookedAt) > 0) unshown.add(Number(deletedId));
  }
  for (const serviceId of serviceIds) {
    const item = await table.get(writtenServiceKey(accountId, serviceId));
    if (item && unshownMs(writtenServiceFromItem(item), lookedAt) > 0) unshown.add(serviceId);
  }
  return unshown;
}
