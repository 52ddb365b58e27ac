import pMap from "p-map";

/**
 * So many accounts are looked at at the same time: enough that a thousand take seconds, and half of the sockets that an AWS
 * client has, so that nobody waits for one longer than a connection may take.
 */
const atOnce = 25;

/** What is done for each of all accounts, or of their batches, at most so many at once. Results come in the order of what is given. */
export function forEachAccount<Account, Result>(
  accounts: readonly Account[],
  work: (account: Account) => Promise<Result>,
): Promise<Result[]> {
  return pMap(accounts, work, { concurrency: atOnce });
}

/**
 * The same accounts, in an order that begins elsewhere each minute where they cannot all begin at once: who waited behind
 * slow ones until a run had no time left does not wait behind them again.
 *
 * @param now epoch milliseconds
 */
export function inTurn<Account>(accounts: readonly Account[], now: number): readonly Account[] {
  if (accounts.length <= atOnce) return accounts;
  const first = (Math.floor(now / 60_000) * atOnce) % accounts.length;
  return [...accounts.slice(first), ...accounts.slice(0, first)];
}
