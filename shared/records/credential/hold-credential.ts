import { giveBack, isHeldByAnother, leaseOf, takeOrGiveBack } from "../../state/lease.ts";
import type { StateTable } from "../../state/table.ts";
import { authConfigStateKey, type CredentialRecord, fromItem, toItem } from "./auth-config-state.ts";

/** How long to wait before asking again for a record that somebody else was quicker to take, in milliseconds. */
const lostRaceMs = 1_000;

/** The record of an auth config that no run of rotation takes before it is released, or the lease's time is up. */
export interface HeldCredential {
  record: CredentialRecord;
  /** Without effect where the record is deleted, or somebody else's by now. */
  release(): Promise<void>;
}

/**
 * Takes the lease of an auth config's credential, the same that rotation takes for whatever it does to one.
 *
 * @param refuse says by the record why it is not to be taken
 * @param lease the holder, and epoch milliseconds by which it has stopped writing
 * @returns the record, or what `refuse` said, or how long somebody else may hold it (milliseconds)
 * @throws {AutomationError} `ITEM_UNREADABLE`
 */
export async function holdCredential<Refusal extends object>(
  { table, now }: { table: StateTable; now: number },
  { accountId, authConfigId }: { accountId: string; authConfigId: string },
  refuse: (record: CredentialRecord) => Promise<Refusal | undefined>,
  lease: { holder: string; deadline: number },
): Promise<HeldCredential | { refusal: Refusal } | { heldForMs: number }> {
  const key = authConfigStateKey(accountId, authConfigId);
  const { holder } = lease;
  const item = await table.get(key);
  const record = fromItem(item);
  const refusal = await refuse(record);
  if (refusal) return { refusal };
  if (isHeldByAnother(record.lease, holder, now)) return { heldForMs: record.lease.until - now };
  const held = { ...toItem({ ...record, lease: leaseOf(lease) }), ...key };
  const free = async () => {
    const mine = await table.get(key);
    if (mine?.lease === undefined || fromItem(mine).lease?.holder !== holder) return;
    await table.put({ ...toItem({ ...fromItem(mine), lease: undefined }), ...key }, mine.version);
  };
  const take = () => table.put(held, item?.version ?? "absent");
  if ((await takeOrGiveBack(take, free)) === false) return { heldForMs: lostRaceMs };
  return { record, release: () => giveBack(free) };
}
