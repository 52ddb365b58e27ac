import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { correlated } from "../../../shared/primitives/correlation.ts";
import { accountTickOf } from "../../../shared/queues/sweep-queue.ts";
import { gatherAlarmReads } from "../evidence/gather-alarm-reads.ts";
import { type SweepResult, sweepAccount } from "./sweep-account.ts";
import { sweepError, type TriggerDependencies } from "./trigger-dependencies.ts";

/** How long the sweep of one account may take, in milliseconds: what is left is for its next one. */
const patienceMs = 25_000;

/** A message that waited longer is dropped, in milliseconds: the one of the next minute is there, and does the same. */
const freshMs = 60_000;

/** What the sweep of one account found, or that it waited too long. */
export interface SweptAccount extends SweepResult {
  accountId: string;
}

/**
 * Sweeps the accounts of a batch, at the same time and each by itself. None is delivered again: what failed in one is told,
 * and done by its next sweep, a minute later.
 *
 * @param onSwept is told of each account as soon as it is done
 */
export async function sweepAccounts(
  dependencies: TriggerDependencies,
  { Records }: SQSEvent,
  { deadline }: { deadline: number },
  onSwept: (swept: SweptAccount) => void,
): Promise<SQSBatchResponse> {
  const { clock, logger } = dependencies;
  const begun = clock.now();
  const accounts = new Map<string, { isTreeRead: boolean; isLate: boolean; messageId: string }>();
  for (const { body, messageId, attributes } of Records) {
    const tick = accountTickOf(body);
    if (!tick) logger.error("message of the sweep queue ignored", { messageId });
    // Of two of the same account the later one holds.
    else
      accounts.set(tick.accountId, { ...tick, isLate: begun - Number(attributes.SentTimestamp) > freshMs, messageId });
  }
  const fresh = [...accounts].filter(([, { isLate }]) => !isLate);
  const readAlarmStates = gatherAlarmReads(dependencies, fresh.length);
  await Promise.all(
    [...accounts].map(([accountId, { isTreeRead, isLate, messageId }]) =>
      correlated(messageId, async () => {
        const options = { deadline: Math.min(deadline, begun + patienceMs), isTreeRead, readAlarmStates };
        const sweeping = isLate ? Promise.reject(new LateError()) : sweepAccount(dependencies, accountId, options);
        const result = await sweeping.catch(
          (error: unknown): SweepResult => ({
            errors: [sweepError(`account ${accountId}`, error)],
            inactive: 0,
            inactiveTooLong: 0,
            notAsked: 0,
            unreadable: 0,
          }),
        );
        for (const { message } of result.errors) logger.error("sweep failed in part", { accountId, reason: message });
        onSwept({ accountId, ...result });
      }),
    ),
  );
  return { batchItemFailures: [] };
}

/** Nothing was done: whoever waited so long is swept by the next minute's message. */
class LateError extends Error {
  override readonly name = "LateError";

  constructor() {
    super(
      "it waited for over a minute and was left to the next one: more is to be done than the function has time for",
    );
  }
}
