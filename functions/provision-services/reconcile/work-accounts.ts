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
 * to do; what throws has its wake delivered again.
 */
export async function workAccounts(
  { Records }: SQSEvent,
  dependencies: WakeDependencies,
  invocation: Invocation,
): Promise<SQSBatchResponse> {
  const accountIds = new Set(Records.flatMap(({ body }) => accountOfWake(body) ?? []));
  for (const accountId of accountIds) {
    const inMs = await workAccount(accountId, dependencies, invocation);
    if (inMs !== undefined) await dependencies.wakes.wake(accountId, inMs);
  }
  return { batchItemFailures: [] };
}
