import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { Invocation } from "../../../shared/primitives/invocation.ts";
import { accountOfWake, type WakeQueue } from "../../../shared/queues/wake-queue.ts";
import { type AccountWorkDependencies, workAccount } from "./work-account.ts";

/** What working off accounts uses. */
export interface WakeDependencies extends AccountWorkDependencies {
  wakes: WakeQueue;
}

/**
 * Works off the accounts of a batch of wakes. Before a wake is acknowledged the next one is on its way, if anything is left
 * to do; what throws has its wake delivered again, and so has what is no wake.
 */
export async function workAccounts(
  { Records }: SQSEvent,
  dependencies: WakeDependencies,
  invocation: Invocation,
): Promise<SQSBatchResponse> {
  const accounts = Records.map((record) => ({ ...record, accountId: accountOfWake(record.body) }));
  const accountIds = new Set(accounts.flatMap(({ accountId }) => accountId ?? []));
  for (const accountId of accountIds) {
    const inMs = await workAccount(accountId, dependencies, invocation);
    if (inMs !== undefined) await dependencies.wakes.wake(accountId, inMs);
  }
  // Never acknowledged: it may be a message that came through a mapping of another version, in a deployment.
  const unknown = accounts.filter(({ accountId }) => accountId === undefined);
  return { batchItemFailures: unknown.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
