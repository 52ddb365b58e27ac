import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { Invocation } from "../../../shared/primitives/invocation.ts";
import type { ExtendVisibility } from "../../../shared/queues/visibility-timeout.ts";
import type { WakeQueue } from "../../../shared/queues/wake-queue.ts";
import { type AcceptDependencies, acceptMessage } from "./accept-message.ts";
import { processBatch } from "./fifo-batch.ts";

/** What the intake of a batch uses. */
export interface IntakeDependencies extends AcceptDependencies {
  extendVisibility: ExtendVisibility;
  wakes: WakeQueue;
}

/**
 * Takes in one batch of the provisioning queue, and wakes the accounts that have something to do.
 *
 * @returns which of its messages are delivered again
 */
export async function provisionBatch(
  event: SQSEvent,
  dependencies: IntakeDependencies,
  { deadline }: Pick<Invocation, "deadline">,
): Promise<SQSBatchResponse> {
  const accounts = new Set<string>();
  const response = await processBatch(event, {
    extendVisibility: dependencies.extendVisibility,
    isLate: () => dependencies.clock.now() >= deadline,
    onDeferred: ({ messageId }, { waitMs, because }) =>
      dependencies.logger.info("message deferred", { messageId, waitMs, because }),
    process: async (delivery) => {
      const accountId = await acceptMessage(delivery, dependencies);
      if (accountId !== undefined) accounts.add(accountId);
    },
  });
  // Before the batch is acknowledged: what is open has a wake on its way. Thrown, so that the whole batch comes again.
  for (const accountId of accounts) await dependencies.wakes.wake(accountId, 0);
  return response;
}
