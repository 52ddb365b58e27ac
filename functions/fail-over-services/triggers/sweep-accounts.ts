import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { correlated } from "../../../shared/primitives/correlation.ts";
import { type AccountTick, accountTickOf } from "../../../shared/queues/sweep-queue.ts";
import { gatherAlarmReads } from "../evidence/gather-alarm-reads.ts";
import { batchPatienceMs, noteSweepTime } from "./slow-sweeps.ts";
import { type SweepResult, sweepAccount } from "./sweep-account.ts";
import { sweepError, type TriggerDependencies } from "./trigger-dependencies.ts";

/** A message that waited longer is dropped, in milliseconds: the one of the next minute is there, and does the same. */
const freshMs = 60_000;

/** What the sweep of one account found, or that it waited too long. */
export interface SweptAccount extends SweepResult {
  accountId: string;
}

/** That an account is to be swept, as it came. */
interface SweepMessage extends AccountTick {
  messageId: string;
  /** Epoch milliseconds. */
  sentAt: number;
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
  const newest = new Map<string, SweepMessage>();
  for (const { body, messageId, attributes } of Records) {
    const tick = accountTickOf(body);
    if (!tick) logger.error("message of the sweep queue ignored", { messageId });
    else {
      // Of several of one account the newest holds; the tree is read where it was the turn of any.
      const isTreeRead = tick.isTreeRead || newest.get(tick.accountId)?.isTreeRead === true;
      newest.set(tick.accountId, { ...tick, isTreeRead, messageId, sentAt: Number(attributes.SentTimestamp) });
    }
  }
  const isLate = ({ sentAt }: SweepMessage) => begun - sentAt > freshMs;
  const messages = [...newest.values()];
  const readAlarmStates = gatherAlarmReads(dependencies, messages.filter((message) => !isLate(message)).length);
  const latest = Math.min(deadline, begun + batchPatienceMs(messages));
  await Promise.all(
    messages.map((message) =>
      correlated(message.messageId, async () => {
        const { accountId, isTreeRead } = message;
        const failed = (error: unknown): SweepResult => ({
          errors: [sweepError(`account ${accountId}`, error)],
          inactive: 0,
          inactiveTooLong: 0,
          notAsked: 0,
          unreadable: 0,
        });
        const sweeping = isLate(message)
          ? Promise.reject(new LateError())
          : sweepAccount(dependencies, accountId, { deadline: latest, isTreeRead, readAlarmStates });
        const result = await sweeping.catch(failed);
        if (!isLate(message)) {
          await noteSweepTime(dependencies, message, begun).catch((error: unknown) => {
            result.errors.push(sweepError(`the note of how long account ${accountId} takes`, error));
          });
        }
        for (const { message: reason } of result.errors) logger.error("sweep failed in part", { accountId, reason });
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
