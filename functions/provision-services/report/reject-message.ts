import type { OutcomeData, ToldProblem } from "../../../shared/contract/outcome.ts";
import { rejectionOutcome } from "../../../shared/outcomes/rejection.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import { noteRejected } from "../../../shared/queues/claim-event.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { type ConcludeDependencies, type Concluded, concludeMessage } from "./conclude-message.ts";
import { messageOutcome } from "./message-outcome.ts";
import type { MessageProgress } from "./message-progress.ts";
import type { ResourceResult } from "./resource-result.ts";

/** What telling a rejection uses. */
export interface RejectDependencies extends ConcludeDependencies {
  table: StateTable;
  clock: Clock;
}

/** A message that is rejected: whose it is, and what became of its resources before. */
export interface Rejected {
  open: Concluded;
  accountId: string;
  cause: OutcomeData["cause"];
  progress: MessageProgress;
  results: readonly ResourceResult[];
}

/**
 * Rejects a message that was taken in, and says what of it was done all the same.
 *
 * @throws {DeferredError} when it is to be told later
 */
export async function rejectMessage(
  problems: readonly ToldProblem[],
  { open, accountId, cause, progress, results }: Rejected,
  dependencies: RejectDependencies,
): Promise<void> {
  const resources = results.map(({ outcome }) => outcome);
  const rejected = rejectionOutcome(problems, { cause, accountId });
  const isPart = resources.some(({ changes = [] }) => changes.length > 0);
  await noteRejected(cause, dependencies);
  await concludeMessage(dependencies, open, progress, {
    ...rejected,
    ...(isPart && { summary: `${rejected.summary} In part it was done: ${messageOutcome(results).summary}` }),
    ...(resources.length > 0 && { resources }),
  });
}
