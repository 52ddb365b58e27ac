import { peekEvent } from "../../../shared/contract/door/read-event.ts";
import type { Problem } from "../../../shared/contract/outcome.ts";
import { DeferredError } from "../../../shared/queues/message.ts";
import { tellOutcome } from "../report/conclude-message.ts";
import { MessageProgress } from "../report/message-progress.ts";
import { type RejectDependencies, rejectMessage } from "../report/reject-message.ts";
import type { TurnResult, WholeMessage } from "./process-message.ts";

/**
 * How old a message is at least before it is rejected for its account, in milliseconds: what took it in may know of an account
 * before the worker does, in a deployment, or while both read the accounts each minute.
 */
const patienceMs = 300_000;

/** How soon it is looked whether the account is served by now, in milliseconds. */
const lookAgainMs = 60_000;

/**
 * Ends an open message of an account that no connection serves any more: it was taken in before that one was taken out of
 * the settings, and nobody can carry it out.
 *
 * @param problems that say that it is not served
 */
export async function rejectUnserved(
  open: WholeMessage,
  { accountId, problems }: { accountId: string; problems: readonly Problem[] },
  dependencies: RejectDependencies,
): Promise<TurnResult> {
  const { messageId, body, footprint, takenInAt = 0 } = open;
  const waits = (waitMs: number, because: string): TurnResult => ({
    ...{ kind: "waits", waitMs, because, footprint, hasCome: false },
  });
  const patientMs = takenInAt + patienceMs - dependencies.clock.now();
  if (patientMs > 0) return waits(Math.min(patientMs, lookAgainMs), `account ${accountId} is not served`);
  const peeked = peekEvent(body);
  const cause = { source: peeked.source ?? "sqs", id: peeked.id ?? messageId, type: peeked.type ?? "unknown" };
  const progress = await MessageProgress.read(dependencies, { ...cause, messageId });
  try {
    if (progress.finished) await tellOutcome(dependencies, open, progress);
    else {
      const results = [...progress.ended.values()];
      await rejectMessage(problems, { open, accountId, cause, progress, results }, dependencies);
    }
    return { kind: "ended" };
  } catch (error) {
    if (!(error instanceof DeferredError)) throw error;
    return waits(error.waitMs, error.message);
  }
}
