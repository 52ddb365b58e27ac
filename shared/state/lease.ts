import type { Clock } from "../primitives/clock.ts";
import { accountLeaseKey } from "../records/account/account-lease.ts";
import type { StateTable } from "./table.ts";

/** How much longer than the invocation a lease lives, in milliseconds: RingCX cannot honour fencing numbers. */
const overhangMs = 15_000;

/**
 * Takes the account for one writer until it is released or runs out.
 *
 * @param deadline epoch milliseconds by which the holder has stopped writing
 * @returns how to give it back, or how long somebody else may hold it
 */
export async function takeLease(
  { table, clock }: { table: StateTable; clock: Clock },
  accountId: string,
  { holder, deadline }: { holder: string; deadline: number },
): Promise<{ release: () => Promise<void> } | { heldForMs: number }> {
  const key = accountLeaseKey(accountId);
  const item = await table.get(key);
  const until = Number(item?.until ?? 0);
  if (item && item.holder !== holder && until > clock.now()) return { heldForMs: until - clock.now() };
  const isTaken = await table.put({ ...key, holder, until: deadline + overhangMs }, item?.version ?? "absent");
  if (!isTaken) return { heldForMs: 1_000 };
  return {
    async release() {
      const mine = await table.get(key);
      if (mine?.holder === holder) await table.delete(key, mine.version);
    },
  };
}
