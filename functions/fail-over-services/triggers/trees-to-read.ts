import { type AccountSweep, accountSweepFromItem, accountSweepKey } from "../../../shared/records/sweep-progress.ts";
import { readOrRebuild } from "../../../shared/state/rebuilt-item.ts";
import type { WatchlistDependencies } from "../watchlist/alarm-tags.ts";

/** Most trees a minute that are read over a connection whose quota counts all of its accounts: a tenth of 120 requests. */
const treesPerConnection = 12;

/**
 * The accounts whose trees this sweep reads: all of them, so that a click in the admin page is noticed within a minute.
 * Where the quota counts a connection, with many accounts, they come in turn; those with an open outage before the others.
 *
 * @param inOutage accounts with an open outage
 */
export async function treesToRead(
  dependencies: Pick<WatchlistDependencies, "table" | "clock" | "random" | "onUnreadable" | "connections">,
  inOutage: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  const { connections, clock, table } = dependencies;
  const chosen = await Promise.all(
    connections.map(async ({ accountIds, quota }) => {
      if (quota.scope === "account" || accountIds.length <= treesPerConnection) return accountIds;
      const waiting = await Promise.all(
        accountIds.map(async (accountId) => {
          const { treeReadAt } = await readOrRebuild(dependencies, accountSweepKey(accountId), {
            parse: (item) => accountSweepFromItem(item, clock.now()),
            safe: () => ({ treeReadAt: 0 }),
          });
          return { accountId, treeReadAt, isFirst: inOutage.has(accountId) };
        }),
      );
      const next = waiting
        .sort((a, b) => Number(b.isFirst) - Number(a.isFirst) || a.treeReadAt - b.treeReadAt)
        .slice(0, treesPerConnection)
        .map(({ accountId }) => accountId);
      const turn: AccountSweep = { treeReadAt: clock.now() };
      await Promise.all(next.map((accountId) => table.update(accountSweepKey(accountId), { ...turn })));
      return next;
    }),
  );
  return new Set(chosen.flat());
}
