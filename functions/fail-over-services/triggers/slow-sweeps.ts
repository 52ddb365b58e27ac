import type { AccountTick } from "../../../shared/queues/sweep-queue.ts";
import {
  slowSweepFromItem,
  slowSweepKey,
  slowSweepsPartition,
  slowSweepToItem,
} from "../../../shared/records/sweep-progress.ts";
import type { TriggerDependencies } from "./trigger-dependencies.ts";

// Accounts of one batch are swept side by side, and a batch lasts as long as its slowest account. So whoever is slow has a short time
// where others are in the batch, and a long one among its like: behind all others, where nobody waits for it.

type SlowSweepDependencies = Pick<TriggerDependencies, "table" | "clock">;

/** How long a sweep may take, in milliseconds, where others wait: the five batches that an execution has a minute are within it. */
const shortMs = 8_000;

/** How long where nobody does: what is left of a minute is for its next one. */
const patientMs = 25_000;

/** How long after all others those are sent that may take long, in milliseconds: then no other one is left to be in their batch. */
export const apartMs = 3_000;

/** Whose sweep takes longer is slow, in milliseconds: a client whose next try would come too late gives up before the time is over. */
const slowMs = 5_000;

/** One in so many accounts is swept patiently at most, and ten in any case: half of the executions, at most. */
const accountsPerPatient = 10;

/** How long the sweeps of a batch may take, in milliseconds. */
export function batchPatienceMs(batch: readonly Pick<AccountTick, "isPatient">[]): number {
  return batch.every(({ isPatient }) => isPatient) ? patientMs : shortMs;
}

/** When the last sweep of each account that is slow began, epoch milliseconds. */
export async function readSlowSweeps({ table, clock }: SlowSweepDependencies): Promise<ReadonlyMap<string, number>> {
  const items = await table.query(slowSweepsPartition);
  const now = clock.now();
  return new Map(
    items.flatMap((item) => {
      const begunAt = slowSweepFromItem(item, now);
      return begunAt === undefined ? [] : [[item.sk, begunAt] as const];
    }),
  );
}

/**
 * The accounts in the order in which they are to be swept: whoever was slow behind all others, and last of all, together, those
 * whose turn it is to take long. Where too many are slow for that they take turns, because whoever was last began last. Pure.
 *
 * @param slow {@link readSlowSweeps}
 */
export function slowestLast(
  accountIds: readonly string[],
  slow: ReadonlyMap<string, number>,
): Pick<AccountTick, "accountId" | "wasSlow" | "isPatient">[] {
  const most = Math.max(10, Math.floor(accountIds.length / accountsPerPatient));
  const waiting = accountIds
    .filter((accountId) => slow.has(accountId))
    .sort((a, b) => (slow.get(a) ?? 0) - (slow.get(b) ?? 0));
  const quick = accountIds.filter((accountId) => !slow.has(accountId));
  return [
    ...quick.map((accountId) => ({ accountId, wasSlow: false, isPatient: false })),
    ...waiting.slice(most).map((accountId) => ({ accountId, wasSlow: true, isPatient: false })),
    ...waiting.slice(0, most).map((accountId) => ({ accountId, wasSlow: true, isPatient: true })),
  ];
}

/** Notes how long an account's sweep took, where that says something new. @param begunAt epoch milliseconds */
export async function noteSweepTime(
  { table, clock }: SlowSweepDependencies,
  { accountId, wasSlow }: Pick<AccountTick, "accountId" | "wasSlow">,
  begunAt: number,
): Promise<void> {
  if (clock.now() - begunAt >= slowMs) await table.put(slowSweepToItem(accountId, begunAt));
  else if (wasSlow) await table.delete(slowSweepKey(accountId));
}
