import type { SweepQueue } from "../../../shared/queues/sweep-queue.ts";
import { treesToRead } from "./trees-to-read.ts";
import { sweepError, type TriggerDependencies } from "./trigger-dependencies.ts";

/** What a tick of the schedule uses. */
export interface TickDependencies extends TriggerDependencies {
  sweeps: SweepQueue;
}

/**
 * Has each account swept, by itself: a message each. Nothing of an account is read here, so no account can keep another one
 * from being swept.
 *
 * @param tick the same for the same tick of the schedule, however often it comes
 * @returns what could not be sent; the next tick sends it
 */
export async function startSweeps(dependencies: TickDependencies, tick: string): Promise<Error[]> {
  const { connections, sweeps } = dependencies;
  const errors: Error[] = [];
  const trees = await treesToRead(dependencies).catch((error: unknown) => {
    errors.push(sweepError("the turns of the accounts", error));
    return new Set<string>();
  });
  const accountIds = connections.flatMap((connection) => connection.accountIds);
  const ticks = accountIds.map((accountId) => ({ accountId, isTreeRead: trees.has(accountId) }));
  const unsent = await sweeps.send(ticks, tick);
  return [...errors, ...unsent.map(({ accountId, error }) => sweepError(`account ${accountId}`, error))];
}
