import type { Logger } from "@aws-lambda-powertools/logger";
import { authorizeSender } from "../../../shared/contract/door/authorize-sender.ts";
import { peekEvent } from "../../../shared/contract/door/read-event.ts";
import { MessageRejectedError } from "../../../shared/contract/message-rejected-error.ts";
import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import {
  type ProvisioningMessage,
  parseProvisioningMessage,
  readProvisioningMessage,
} from "../../../shared/contract/provisioning-message.ts";
import type { Outcomes } from "../../../shared/outcomes/outcome-publisher.ts";
import { publishableData } from "../../../shared/outcomes/publishable.ts";
import { rejectionOutcome } from "../../../shared/outcomes/rejection.ts";
import { type Clock, fullJitter, type Random } from "../../../shared/primitives/clock.ts";
import type { DeadLetterQueue } from "../../../shared/queues/dead-letter.ts";
import { DeferredError, type Delivery } from "../../../shared/queues/message.ts";
import { QuotaDeferredError } from "../../../shared/ringcx/quota/quota-deferred-error.ts";
import { RingCxUnavailableError } from "../../../shared/ringcx/resources/errors.ts";
import { LoginError } from "../../../shared/ringcx/session/login-error.ts";
import { SecretUnreadableError } from "../../../shared/secrets/unusable-secret.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { type AuthorizeDependencies, authorizeMessage } from "../authorize/authorize-message.ts";
import type { AccountSession } from "../reconcile/account-session.ts";
import { reconcileMessage } from "../reconcile/reconcile-message.ts";
import { errorFacts, failureProblem, rejectionProblems } from "../report/error-problems.ts";
import { deadLetterOf, messageOutcome } from "../report/message-outcome.ts";
import type { ResourceResult } from "../report/resource-result.ts";
import { MessageProgress, maxFailures } from "./message-progress.ts";

/** `done`: its outcome is published and it may leave the queue. `deferred`: it is delivered again in `waitMs` milliseconds. */
export type DeliveryResult = { kind: "done" } | { kind: "deferred"; waitMs: number; because: string };

/** What the processing of a message uses. */
export interface MessageDependencies extends AuthorizeDependencies<AccountSession> {
  table: StateTable;
  outcomes: Outcomes;
  deadLetters: DeadLetterQueue;
  clock: Clock;
  random: Random;
  logger: Pick<Logger, "info" | "warn" | "error">;
}

/** How long to wait when RingCX does not answer, in milliseconds. */
const unavailableMs = 30_000;
const failureBaseMs = 15_000;
const failureCapMs = 300_000;

/** Reads, authorizes and reconciles one message, from its text to its outcome. */
export async function processMessage(delivery: Delivery, dependencies: MessageDependencies): Promise<DeliveryResult> {
  const peeked = peekEvent(delivery.body);
  const cause = { source: peeked.source ?? "sqs", id: peeked.id ?? delivery.messageId, type: peeked.type ?? "unknown" };
  const progress = await MessageProgress.read(dependencies, cause, delivery.messageId);
  const processed: MessageInProcess = { delivery, cause, progress, accountId: peeked.accountId };
  if (progress.finished)
    return publishOutcome(dependencies, processed, progress.finished.data, progress.finished.isRejected);

  const results: ResourceResult[] = [];
  try {
    const received = readProvisioningMessage(delivery.body);
    const { senders } = dependencies.settings;
    authorizeSender(received, delivery.senderId, { senders, setting: "provisioning.senders" });
    const message = parseProvisioningMessage(received);
    const { accountId } = message.data;
    rejectFutureTime(message, dependencies.clock.now());
    const { target: session, source: sourceSession } = await authorizeMessage(message, dependencies);
    const onResult = (result: ResourceResult) => keepLatest(results, result);
    const planned = await reconcileMessage(message, { ...dependencies, session, sourceSession, onResult });
    const merged = planned ?? messageOutcome(progress.withEarlier(results));
    if (results.some(({ isTransient }) => isTransient))
      return await recordFailure(dependencies, processed, results, undefined);
    return await conclude(dependencies, processed, { ...merged, accountId, cause });
  } catch (error) {
    const waitMs = deferralMs(error);
    if (waitMs !== undefined) {
      if (results.length > 0) await progress.save(results, { isFailure: false });
      return { kind: "deferred", waitMs, because: error instanceof Error ? error.message : String(error) };
    }
    const problems = rejectionProblems(error);
    if (problems) return conclude(dependencies, processed, rejectionOutcome(problems, processed));
    dependencies.logger.error("message failed", {
      correlationId: cause.id,
      failures: progress.failures + 1,
      ...errorFacts(error),
    });
    return recordFailure(dependencies, processed, results, error);
  }
}

/** A delivery, and what its outcome is told by. */
export interface MessageInProcess {
  delivery: Delivery;
  cause: OutcomeData["cause"];
  progress: MessageProgress;
  accountId: string | undefined;
}

/** How far a sender's clock may be ahead, in milliseconds, of a command's too. */
const maxAheadMs = 5 * 60_000;

/** A time in the future would make every later message of the sender an older one. */
function rejectFutureTime({ time }: ProvisioningMessage, now: number): void {
  if (Date.parse(time) <= now + maxAheadMs) return;
  const hint = "it is the time at which the sender meant the message";
  throw new MessageRejectedError([{ path: "time", message: "is more than five minutes in the future", hint }]);
}

/** The last word on a resource counts, with what was done before it. */
function keepLatest(results: ResourceResult[], result: ResourceResult): void {
  const place = results.findIndex(({ key }) => key === result.key);
  if (place === -1) results.push(result);
  else results[place] = result;
}

/** How long to defer the message for this error, in milliseconds; `undefined` for a failure or a refusal. */
function deferralMs(error: unknown): number | undefined {
  if (error instanceof QuotaDeferredError) return error.retryAfterMs;
  if (error instanceof DeferredError) return error.waitMs;
  if (error instanceof LoginError) return error.retryAfterMs ?? unavailableMs;
  // What cannot be read of a secret now says nothing about the message.
  if (error instanceof SecretUnreadableError && error.retryable) return unavailableMs;
  return error instanceof RingCxUnavailableError ? unavailableMs : undefined;
}

/** A genuine failure: deferred with growing pauses, rejected the fifth time. */
async function recordFailure(
  dependencies: MessageDependencies,
  processed: MessageInProcess,
  results: readonly ResourceResult[],
  error: unknown,
): Promise<DeliveryResult> {
  const { progress } = processed;
  await progress.save(results, { isFailure: true });
  if (progress.failures < maxFailures) {
    const waitMs = fullJitter(progress.failures, dependencies.random, failureBaseMs, failureCapMs) + 1_000;
    return { kind: "deferred", waitMs, because: `failure ${progress.failures} of ${maxFailures}` };
  }
  const problems = results.flatMap(({ outcome }) => outcome.problems ?? []);
  const why = error === undefined ? problems : [{ path: "", ...failureProblem(error, maxFailures) }, ...problems];
  const resources = progress.withEarlier(results).map(({ outcome }) => outcome);
  return conclude(dependencies, processed, {
    ...rejectionOutcome(why, processed),
    ...(resources.length > 0 && { resources }),
  });
}

async function conclude(
  dependencies: MessageDependencies,
  processed: MessageInProcess,
  data: OutcomeData,
): Promise<DeliveryResult> {
  const isRejected = data.status === "REJECTED";
  const told = publishableData(data);
  await processed.progress.finish(told, isRejected);
  return publishOutcome(dependencies, processed, told, isRejected);
}

/** Kept for whoever mends it, then published; both again if need be. */
async function publishOutcome(
  dependencies: MessageDependencies,
  { delivery }: MessageInProcess,
  data: OutcomeData,
  isRejected: boolean,
): Promise<DeliveryResult> {
  if (isRejected) await dependencies.deadLetters.keep(deadLetterOf(delivery, data));
  await dependencies.outcomes.publish(data);
  return { kind: "done" };
}
