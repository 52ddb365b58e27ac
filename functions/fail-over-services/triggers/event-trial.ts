import {
  eventTrialKey,
  eventTrialToItem,
  isTried,
  longestTrialMs,
} from "../../../shared/records/account/event-trial.ts";
import { QuotaDeferredError } from "../../../shared/ringcx/quota/quota-deferred-error.ts";
import { RingCxError } from "../../../shared/ringcx/resources/errors.ts";
import type { TriggerDependencies } from "./trigger-dependencies.ts";

/** How long each event tries RingCX, in milliseconds: long enough for what works, and so short that others wait in no outage. */
const shortTrialMs = 3_000;

/** Raised for an event that leaves it to another one to try RingCX for its account. It comes again within seconds. */
class TriedElsewhereError extends Error {
  override readonly name = "TriedElsewhereError";

  constructor(accountId: string) {
    super(`RingCX does not do what is asked for account ${accountId}, and is tried for another of its alarms`);
  }
}

/** @throws {TriedElsewhereError} while another event tries RingCX for this account */
export async function notTriedElsewhere(
  { table, clock }: Pick<TriggerDependencies, "table" | "clock">,
  accountId: string,
): Promise<void> {
  if (isTried(await table.get(eventTrialKey(accountId)), clock.now())) throw new TriedElsewhereError(accountId);
}

/** Whether RingCX does not do at once what is asked, though it may later. */
export function hasRingCxFailed(error: unknown): boolean {
  return (error instanceof RingCxError && error.retryable) || error instanceof QuotaDeferredError;
}

/**
 * Works for an account, for a short time; what has failed by then is tried for longer by one event of the account alone.
 * So an account for which RingCX does not answer never takes more than one of the executions that all alarms share.
 *
 * @param work until a time, epoch milliseconds; @returns whether RingCX has failed
 * @param deadline by when RingCX must have answered, epoch milliseconds
 */
export async function tryForAccount<Result>(
  { table, clock }: Pick<TriggerDependencies, "table" | "clock">,
  accountId: string,
  deadline: number,
  work: (latest: number) => Promise<{ result: Result; hasFailed: boolean }>,
): Promise<Result> {
  const first = await work(Math.min(deadline, clock.now() + shortTrialMs));
  if (!first.hasFailed) return first.result;
  const item = await table.get(eventTrialKey(accountId));
  if (isTried(item, clock.now())) return first.result;
  const isMine = await table.put(eventTrialToItem(accountId, clock.now()), item?.version ?? "absent");
  if (isMine === false) return first.result;
  try {
    return (await work(Math.min(deadline, clock.now() + longestTrialMs))).result;
  } finally {
    await table.delete(eventTrialKey(accountId));
  }
}
