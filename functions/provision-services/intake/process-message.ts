import type { Logger } from "@aws-lambda-powertools/logger";
import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import {
  MessageRejectedError,
  type ProvisioningMessage,
  parseProvisioningMessage,
  peekMessage,
} from "../../../shared/contract/provisioning-message.ts";
import type { Outcomes } from "../../../shared/outcomes/outcome-publisher.ts";
import { type Clock, fullJitter, type Random } from "../../../shared/primitives/clock.ts";
import type { DeadLetterQueue } from "../../../shared/queues/dead-letter.ts";
import { DeferredError, type Delivery } from "../../../shared/queues/message.ts";
import { QuotaDeferredError } from "../../../shared/ringcx/quota/quota-deferred-error.ts";
import { RingCxUnavailableError } from "../../../shared/ringcx/resources/errors.ts";
import { LoginError } from "../../../shared/ringcx/session/login-error.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { type AuthorizeDependencies, authorizeMessage } from "../authorize/authorize-message.ts";
import type { AccountDesk } from "../reconcile/account-session.ts";
import { carryOut } from "../reconcile/reconcile-message.ts";
import { facts, inWords, refusalOf } from "../report/error-problems.ts";
import { outcomeOf, rejection } from "../report/message-outcome.ts";
import type { ResourceResult } from "../report/resource-result.ts";
import { mostFailures, Progress } from "./message-progress.ts";

/** Done is told and may leave the queue; anything else comes again in `waitMs`. */
export type Verdict = { kind: "done" } | { kind: "wait"; waitMs: number; because: string };

/** What the processing of a message uses. */
export interface MessageParts extends AuthorizeDependencies<AccountDesk> {
  table: StateTable;
  outcomes: Outcomes;
  rejects: DeadLetterQueue;
  clock: Clock;
  random: Random;
  logger: Pick<Logger, "info" | "warn" | "error">;
}

/** How long to wait when RingCX does not answer, in milliseconds. */
const outageMs = 30_000;
const failureBaseMs = 15_000;
const failureCapMs = 300_000;

/** See, decide, do, say: one message, from its text to its outcome. */
export async function processMessage(incoming: Delivery, parts: MessageParts): Promise<Verdict> {
  const seen = peekMessage(incoming.body);
  const cause = { source: seen.source ?? "sqs", id: seen.id ?? incoming.messageId, type: seen.type ?? "unknown" };
  const progress = await Progress.read(parts, cause, incoming.messageId);
  const told: Telling = { incoming, cause, progress, accountId: seen.accountId };
  if (progress.finished) return tell(parts, told, progress.finished.data, progress.finished.isRejected);

  const results: ResourceResult[] = [];
  try {
    const message = parseProvisioningMessage(incoming.body);
    const { accountId } = message.data;
    demandPastTime(message, parts.clock.now());
    const { target: desk, source: sourceDesk } = await authorizeMessage(message, incoming.senderId, parts);
    const onResult = (result: ResourceResult) => note(results, result);
    const planned = await carryOut(message, { ...parts, desk, sourceDesk, onResult });
    const merged = planned ?? outcomeOf(progress.merged(results));
    if (results.some(({ isTransient }) => isTransient)) return await failed(parts, told, results, undefined);
    return await conclude(parts, told, { ...merged, accountId, cause });
  } catch (error) {
    const waitMs = waitFor(error);
    if (waitMs !== undefined) {
      if (results.length > 0) await progress.keep(results, { isFailure: false });
      return { kind: "wait", waitMs, because: error instanceof Error ? error.message : String(error) };
    }
    const problems = refusalOf(error);
    if (problems) return conclude(parts, told, rejection(problems, told));
    parts.logger.error("message failed", { correlationId: cause.id, failures: progress.failures + 1, ...facts(error) });
    return failed(parts, told, results, error);
  }
}

export interface Telling {
  incoming: Delivery;
  cause: OutcomeData["cause"];
  progress: Progress;
  accountId: string | undefined;
}

/** How far a sender's clock may be ahead, in milliseconds. */
const aheadMs = 24 * 60 * 60 * 1000;

/** A time in the future would make every later message of the sender an older one. */
function demandPastTime({ time }: ProvisioningMessage, now: number): void {
  if (Date.parse(time) <= now + aheadMs) return;
  const hint = "it is the time at which the sender meant the message";
  throw new MessageRejectedError([{ path: "time", message: "is more than a day in the future", hint }]);
}

/** The last word on a resource counts, with what was done before it. */
function note(results: ResourceResult[], result: ResourceResult): void {
  const place = results.findIndex(({ key }) => key === result.key);
  if (place === -1) results.push(result);
  else results[place] = result;
}

/** How long what went wrong asks us to wait; nothing when it is a failure or a refusal. */
function waitFor(error: unknown): number | undefined {
  if (error instanceof QuotaDeferredError) return error.retryAfterMs;
  if (error instanceof DeferredError) return error.waitMs;
  if (error instanceof LoginError) return error.retryAfterMs ?? outageMs;
  return error instanceof RingCxUnavailableError ? outageMs : undefined;
}

/** A genuine failure: tried again, rejected the fifth time. */
async function failed(
  parts: MessageParts,
  told: Telling,
  results: readonly ResourceResult[],
  error: unknown,
): Promise<Verdict> {
  const { progress } = told;
  await progress.keep(results, { isFailure: true });
  if (progress.failures < mostFailures) {
    const waitMs = fullJitter(progress.failures, parts.random, failureBaseMs, failureCapMs) + 1_000;
    return { kind: "wait", waitMs, because: `failure ${progress.failures} of ${mostFailures}` };
  }
  const problems = results.flatMap(({ outcome }) => outcome.problems ?? []);
  const why = error === undefined ? problems : [{ path: "", ...inWords(error, mostFailures) }, ...problems];
  const resources = progress.merged(results).map(({ outcome }) => outcome);
  return conclude(parts, told, { ...rejection(why, told), ...(resources.length > 0 && { resources }) });
}

async function conclude(parts: MessageParts, told: Telling, data: OutcomeData): Promise<Verdict> {
  const isRejected = data.status === "REJECTED";
  await told.progress.finish(data, isRejected);
  return tell(parts, told, data, isRejected);
}

/** Kept for whoever mends it, then told; both again if need be. */
async function tell(
  parts: MessageParts,
  { incoming }: Telling,
  data: OutcomeData,
  isRejected: boolean,
): Promise<Verdict> {
  if (isRejected) await parts.rejects.keep(incoming, data);
  await parts.outcomes.publish(data);
  return { kind: "done" };
}
