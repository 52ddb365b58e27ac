import type { Logger } from "@aws-lambda-powertools/logger";
import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import { asAnswered } from "../../../shared/outcomes/answered.ts";
import { noteOutcome } from "../../../shared/outcomes/note-outcome.ts";
import type { Outcomes } from "../../../shared/outcomes/outcome-publisher.ts";
import { publishableData } from "../../../shared/outcomes/publishable.ts";
import type { DeadLetterQueue } from "../../../shared/queues/dead-letter.ts";
import { DeferredError, type Delivery } from "../../../shared/queues/message.ts";
import { deadLetterOf } from "./message-outcome.ts";
import type { MessageProgress } from "./message-progress.ts";

/** What it takes to tell how a message ended. */
export interface ConcludeDependencies {
  outcomes: Outcomes;
  deadLetters: DeadLetterQueue;
  logger: Pick<Logger, "warn" | "error">;
}

/** The part of a delivery that a dead letter is made of. */
export type Concluded = Pick<Delivery, "body" | "messageId" | "messageGroupId">;

/** How long to wait after the outcome could not be published, in milliseconds. */
const unpublishedMs = 30_000;

/** Times that an outcome may be refused, for reasons of its own, before only the table and the reject queue keep it. */
const maxRefusals = 5;

/**
 * Writes down how a message ended and tells it. A rejected one is kept for whoever mends it; a dry run is not, see
 * {@link asAnswered}.
 *
 * @throws {DeferredError} when it is to be told later
 */
export async function concludeMessage(
  dependencies: ConcludeDependencies,
  message: Concluded,
  progress: MessageProgress,
  data: OutcomeData,
): Promise<void> {
  const { data: told, isKept } = asAnswered(message.body, data);
  await progress.finish(publishableData(noteOutcome(told)), isKept);
  await tellOutcome(dependencies, message, progress);
}

/**
 * Tells how a message ended: a rejected one is kept for whoever mends it, then the outcome is published; both again if
 * need be.
 *
 * @throws {DeferredError} when it is to be told later
 */
export async function tellOutcome(
  { outcomes, deadLetters, logger }: ConcludeDependencies,
  message: Concluded,
  progress: MessageProgress,
): Promise<void> {
  const { finished } = progress;
  if (!finished) return;
  const data = finished.data as OutcomeData;
  try {
    if (finished.isRejected) await deadLetters.keep(deadLetterOf(message, data));
    await outcomes.publish(data, finished.at);
  } catch (error) {
    const reason = error instanceof Error ? error.name : "unknown";
    if (!isRefusal(error)) {
      logger.warn("outcome not published yet", { reason });
      throw new DeferredError(`Its outcome could not be published (${reason}).`, unpublishedMs);
    }
    await progress.refused();
    if (progress.refusals < maxRefusals) throw new DeferredError(`Its outcome was refused (${reason}).`, unpublishedMs);
    logger.error("outcome given up", { reason });
    const summary = `Its outcome could not be published (${reason}): ${data.summary}`;
    await deadLetters.keep(deadLetterOf(message, { ...data, summary }));
  }
}

/** An AWS service refuses the request itself: another try is as good as none. Anything else passes. */
function isRefusal(error: unknown): boolean {
  const { $fault, $retryable, $metadata, name } = error as {
    $fault?: string;
    $retryable?: unknown;
    $metadata?: { httpStatusCode?: number };
    name?: string;
  };
  const isDenied = /AccessDenied|AuthorizationError|KMS|Throttl|RequestLimit/i.test(name ?? "");
  return $fault === "client" && $retryable === undefined && $metadata?.httpStatusCode !== 429 && !isDenied;
}
