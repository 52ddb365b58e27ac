import type { AccountTick, SweepQueue } from "../../../shared/queues/sweep-queue.ts";
import { apartMs, readSlowSweeps, slowestLast } from "./slow-sweeps.ts";
import { treesToRead } from "./trees-to-read.ts";
import { sweepError, type TriggerDependencies } from "./trigger-dependencies.ts";

/** What a tick of the schedule uses. */
export interface TickDependencies extends TriggerDependencies {
  sweeps: SweepQueue;
}

/** So many accounts are sent at once, and the next ones so many milliseconds later ... */
const pace = { accounts: 40, ms: 600 };

/**
 * ... because ten accounts' sweeps ask CloudWatch one question, and it takes nine a second. Above some 1,700 accounts that would
 * be longer than this, in milliseconds: then the pace is quicker, and CloudWatch's quota is to be raised.
 */
const sentWithinMs = 25_000;

/**
 * Has each account swept, by itself: a message each. Nothing of an account is read here, so no account can keep another one
 * from being swept: those that were slow come last ({@link slowestLast}).
 *
 * @param tick the same for the same tick of the schedule, however often it comes
 * @returns what could not be sent; the next tick sends it
 */
export async function startSweeps(dependencies: TickDependencies, tick: string): Promise<Error[]> {
  const { clock, connections, sweeps } = dependencies;
  const errors: Error[] = [];
  const trees = await treesToRead(dependencies).catch((error: unknown) => {
    errors.push(sweepError("the turns of the accounts", error));
    return new Set<string>();
  });
  const slow = await readSlowSweeps(dependencies).catch((error: unknown) => {
    errors.push(sweepError("the slow accounts", error));
    return new Map<string, number>();
  });
  const accountIds = connections.flatMap((connection) => connection.accountIds);
  const ticks = slowestLast(accountIds, slow).map((one) => ({ ...one, isTreeRead: trees.has(one.accountId) }));
  const pauseMs = Math.min(pace.ms, sentWithinMs / Math.ceil(ticks.length / pace.accounts));
  const [patient = [], others = []] = [true, false].map((which) => ticks.filter((one) => one.isPatient === which));
  const send = async (batch: readonly AccountTick[]) => {
    for (let from = 0; from < batch.length; from += pace.accounts) {
      if (from > 0) await clock.sleep(pauseMs);
      const unsent = await sweeps.send(batch.slice(from, from + pace.accounts), tick);
      errors.push(...unsent.map(({ accountId, error }) => sweepError(`account ${accountId}`, error)));
    }
  };
  await send(others);
  // Alone they are in nobody's way.
  if (patient.length > 0 && others.length > 0) await clock.sleep(apartMs);
  await send(patient);
  return errors;
}
