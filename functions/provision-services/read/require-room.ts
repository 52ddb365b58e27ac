import { DeferredError } from "../../../shared/queues/message.ts";
import type { RingCxAccount } from "../../../shared/ringcx/client/api.ts";

/**
 * Before the first of some requests that are of no use, or do harm, without the others: they go one after the other, or none
 * does.
 *
 * @param what needs them, in words
 * @throws {DeferredError} when the quota has no place for all of them: nothing is spent then
 */
export async function requireRoom(account: RingCxAccount, requests: number, what = "this message"): Promise<void> {
  const room = await account.hasCapacity(requests);
  if (!room.fits) throw new DeferredError(`RingCX's quota has no place for ${what} now.`, room.retryAfterMs);
}
