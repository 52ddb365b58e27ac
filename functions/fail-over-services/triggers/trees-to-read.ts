import { forEachAccount } from "../../../shared/primitives/each-account.ts";
import {
  type AccountSweep,
  accountSweepFromItem,
  accountSweepKey,
  neverSwept,
} from "../../../shared/records/sweep-progress.ts";
import { type Connection, connectionForAccount } from "../../../shared/ringcx/session/connection.ts";
import { readOrRebuild } from "../../../shared/state/rebuilt-item.ts";
import type { WatchlistDependencies } from "../watchlist/alarm-tags.ts";

/** Most trees a minute that are read over a connection whose quota counts all of its accounts: a tenth of 120 requests. */
const treesPerConnection = 12;

/**
 * Where a connection has more accounts, none is read for this alone: a sweep of a thousand empty ones came to no end by it. `doctor`
 * asks RingCX once for all of them.
 */
const mostReadEmpty = 100;

/** So often an account without services is read, in milliseconds: only whether RingCX lets us. */
const emptyEveryMs = 10 * 60_000;

type TurnDependencies = Pick<WatchlistDependencies, "table" | "clock" | "random" | "onUnreadable" | "connections">;

/** Whether the quota allows to read the trees of all of a connection's accounts each minute. */
export function areAllTreesRead({ accountIds, quota }: Pick<Connection, "accountIds" | "quota">): boolean {
  return quota.scope === "account" || accountIds.length <= treesPerConnection;
}

/**
 * The accounts whose trees this minute's sweeps read: all of them, so that a click in the admin page is noticed within a
 * minute. Where the quota counts a connection, with many accounts, they come in turn; those with an open outage before
 * the others.
 */
export async function treesToRead(dependencies: TurnDependencies): Promise<ReadonlySet<string>> {
  const { connections, clock, table } = dependencies;
  const chosen = await Promise.all(
    connections.map(async (connection) => {
      const { accountIds } = connection;
      if (areAllTreesRead(connection)) return accountIds;
      const waiting = await forEachAccount(accountIds, async (accountId) => ({
        accountId,
        ...(await readTurn(dependencies, accountId)),
      }));
      const next = waiting
        .sort((a, b) => Number(b.hasOutage) - Number(a.hasOutage) || a.treeReadAt - b.treeReadAt)
        .slice(0, treesPerConnection)
        .map(({ accountId }) => accountId);
      const turn: Pick<AccountSweep, "treeReadAt"> = { treeReadAt: clock.now() };
      await Promise.all(next.map((accountId) => table.update(accountSweepKey(accountId), { ...turn })));
      return next;
    }),
  );
  return new Set(chosen.flat());
}

/** Notes whether an account has an open outage, where its turn depends on it. */
export async function noteTreeTurn(
  dependencies: TurnDependencies,
  accountId: string,
  { hasOutage }: Pick<AccountSweep, "hasOutage">,
): Promise<void> {
  if (areAllTreesRead(connectionForAccount(dependencies.connections, accountId))) return;
  if ((await readTurn(dependencies, accountId)).hasOutage === hasOutage) return;
  await dependencies.table.update(accountSweepKey(accountId), { hasOutage });
}

/**
 * Whether an account of which no service is known is read in this turn of its own. Nothing is to be compared; but an account that
 * RingCX does not know, or does not let us use, is told before somebody needs it.
 */
export async function isEmptyDue(dependencies: TurnDependencies, accountId: string): Promise<boolean> {
  const connection = connectionForAccount(dependencies.connections, accountId);
  if (connection.accountIds.length > mostReadEmpty) return false;
  if (!areAllTreesRead(connection)) return true;
  const now = dependencies.clock.now();
  const { treeReadAt } = await readTurn(dependencies, accountId);
  if (now - treeReadAt < emptyEveryMs) return false;
  await dependencies.table.update(accountSweepKey(accountId), { treeReadAt: now });
  return true;
}

function readTurn(dependencies: TurnDependencies, accountId: string): Promise<AccountSweep> {
  return readOrRebuild(dependencies, accountSweepKey(accountId), {
    parse: (item) => accountSweepFromItem(item, dependencies.clock.now()),
    safe: () => neverSwept,
  });
}
