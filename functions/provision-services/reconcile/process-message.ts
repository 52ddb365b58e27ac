import type { Logger } from "@aws-lambda-powertools/logger";
import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { peekEvent } from "../../../shared/contract/door/read-event.ts";
import { eventToken, type Footprint, footprintOf, nothing } from "../../../shared/contract/footprint.ts";
import type { OutcomeData, ToldProblem } from "../../../shared/contract/outcome.ts";
import {
  type ProvisioningMessage,
  parseProvisioningMessage,
  readProvisioningMessage,
} from "../../../shared/contract/provisioning-message.ts";
import { fullJitter, type Random } from "../../../shared/primitives/clock.ts";
import { noteRejected } from "../../../shared/queues/claim-event.ts";
import { DeferredError } from "../../../shared/queues/message.ts";
import type { OpenMessage } from "../../../shared/records/account/open-message.ts";
import { QuotaDeferredError } from "../../../shared/ringcx/quota/quota-deferred-error.ts";
import type { Priority } from "../../../shared/ringcx/quota/quota-policy.ts";
import { RingCxUnavailableError } from "../../../shared/ringcx/resources/errors.ts";
import { LoginError } from "../../../shared/ringcx/session/login-error.ts";
import { SecretReader } from "../../../shared/secrets/secret-reader.ts";
import { SecretUnreadableError } from "../../../shared/secrets/unusable-secret.ts";
import { authorizeMessage } from "../authorize/authorize-message.ts";
import { requireShownBehind } from "../read/require-shown.ts";
import { type ConcludeDependencies, concludeMessage, tellOutcome } from "../report/conclude-message.ts";
import { errorFacts, failureProblem, rejectionProblems } from "../report/error-problems.ts";
import { messageOutcome } from "../report/message-outcome.ts";
import { MessageProgress, maxFailures } from "../report/message-progress.ts";
import { rejectMessage } from "../report/reject-message.ts";
import type { ResourceResult } from "../report/resource-result.ts";
import type { Validator } from "../write/validations.ts";
import { type AccountSession, openSession, type SessionDependencies } from "./account-session.ts";
import { reconcileMessage } from "./reconcile-message.ts";

/**
 * What became of a message in one turn. `ended`: its outcome is published. `waits`: it is worked on again in `waitMs`
 * milliseconds; until then it has to do with the resources of `footprint` only. `hasCome`: the turn brought it further.
 */
export type TurnResult =
  | { kind: "ended" }
  | { kind: "waits"; waitMs: number; because: string; footprint: Footprint; hasCome: boolean };

/** What working on messages uses. */
export interface WorkDependencies extends SessionDependencies, ConcludeDependencies {
  secrets: SecretsManagerClient;
  random: Random;
  logger: Pick<Logger, "info" | "warn" | "error">;
}

/** How long to wait when RingCX does not answer, in milliseconds. */
const unavailableMs = 30_000;
const failureBaseMs = 15_000;
const failureCapMs = 300_000;

/** How long secrets are kept for the messages of an invocation, in milliseconds. */
const secretsKept = { tagsForMs: 60_000, valueForMs: 60_000 };

/** The account that messages are worked on for, as its only writer. */
export function openAccount(dependencies: WorkDependencies, accountId: string, deadline: number): AccountSession {
  const secretReader = new SecretReader(dependencies.secrets, dependencies.clock, secretsKept);
  return openSession(dependencies, accountId, { secretReader, deadline });
}

/**
 * Works on one open message: authorizes it, reconciles what of it has not ended, and tells its outcome.
 *
 * @param time for how long further resources are begun after the first one (milliseconds), and when none is begun at all
 *   (epoch milliseconds)
 */
export async function processMessage(
  open: WholeMessage,
  session: AccountSession,
  dependencies: WorkDependencies,
  time: TurnTime,
): Promise<TurnResult> {
  const peeked = peekEvent(open.body);
  const { messageId } = open;
  const cause = { source: peeked.source ?? "sqs", id: peeked.id ?? messageId, type: peeked.type ?? "unknown" };
  const validator = session.validations.of(messageId);
  const progress = await MessageProgress.read(dependencies, { ...cause, messageId });
  try {
    return await takeTurn({ open, session, validator, dependencies, time, progress, cause });
  } catch (error) {
    const waitMs = deferralMs(error);
    if (waitMs === undefined) throw error;
    await progress.save({ isFailure: false });
    // A closed secret, or RingCX out of reach, may last: nobody else waits for it.
    if (!(error instanceof DeferredError || error instanceof QuotaDeferredError)) progress.noteLooked();
    return waits(open, progress, waitMs, error instanceof Error ? error.message : String(error));
  }
}

/** An open message with its text. */
export type WholeMessage = OpenMessage & { body: string };

/** See {@link processMessage}. */
export interface TurnTime {
  turnMs: number;
  latest: number;
}

interface Turn {
  open: WholeMessage;
  session: AccountSession;
  validator: Validator;
  dependencies: WorkDependencies;
  time: TurnTime;
  progress: MessageProgress;
  cause: OutcomeData["cause"];
}

async function takeTurn({ open, session, validator, dependencies, time, progress, cause }: Turn): Promise<TurnResult> {
  if (progress.finished) {
    await tellOutcome(dependencies, open, progress);
    return { kind: "ended" };
  }
  const { accountId } = session;
  const results: ResourceResult[] = [];
  // What an earlier turn ended is told also where this one did not come to it: the group that a copy made.
  const addEarlier = () => {
    for (const [key, result] of progress.ended) if (!results.some((one) => one.key === key)) results.unshift(result);
  };
  const reject = async (problems: readonly ToldProblem[]): Promise<TurnResult> => {
    addEarlier();
    await rejectMessage(problems, { open, accountId, cause, progress, results }, dependencies);
    return { kind: "ended" };
  };
  const fail = async (error: unknown): Promise<TurnResult> => {
    await progress.save({ isFailure: true });
    const { failures } = progress;
    if (failures < maxFailures) {
      const waitMs = fullJitter(failures, dependencies.random, failureBaseMs, failureCapMs) + 1_000;
      // What was read or answered before is not what it is tried with again.
      session.observed.invalidate();
      session.validations.forget(open.messageId);
      return waits(open, progress, waitMs, `failure ${failures} of ${maxFailures}`);
    }
    const problems = results.flatMap(({ outcome }) => outcome.problems ?? []);
    return reject(error === undefined ? problems : [{ path: "", ...failureProblem(error, maxFailures) }, ...problems]);
  };
  try {
    const message = parseProvisioningMessage(readProvisioningMessage(open.body));
    session.calls.priority = priorityOf(message);
    const stored = await authorizeMessage(message, dependencies.table, session, new Set(progress.ended.keys()));
    const planned = await reconcileMessage(message, {
      ...dependencies,
      session,
      sourceSession: sourceOf(message, session, dependencies),
      validator,
      ...time,
      stored,
      progress,
      onResult: async (result) => keepLatest(results, await progress.note(result)),
    });
    if (results.some(({ isTransient }) => isTransient)) return await fail(undefined);
    addEarlier();
    const data: OutcomeData = { ...(planned ?? messageOutcome(results)), accountId, cause };
    if (data.status === "REJECTED") await noteRejected(cause, dependencies);
    await concludeMessage(dependencies, open, progress, data);
    return { kind: "ended" };
  } catch (error) {
    if (deferralMs(error) !== undefined) throw error;
    await requireShownBehind({ ...session, doubts: progress }, error);
    session.account.noteBroken(error);
    const problems = rejectionProblems(error);
    if (problems) return await reject(problems);
    const failures = progress.failures + 1;
    dependencies.logger.error("message failed", { failures, ...errorFacts(error) });
    return fail(error);
  }
}

/**
 * What the message still has to do with: its event alone, once it only waits to be told. The same event sent again would
 * otherwise take the place of what is to be told.
 */
function waits(open: WholeMessage, progress: MessageProgress, waitMs: number, because: string): TurnResult {
  const { hasCome } = progress;
  const footprint = progress.finished
    ? { ...nothing, changes: [eventToken(peekEvent(open.body))] }
    : footprintOf(parseProvisioningMessage(readProvisioningMessage(open.body)), progress.ended.keys());
  // What was seen without a doubt does not change by what a later message makes.
  const { relies } = progress.hasLooked ? nothing : footprint;
  return { kind: "waits", waitMs, because, footprint: { ...footprint, relies }, hasCome };
}

/** What a copy reads of another account is read for this message alone: nobody keeps others from changing it. */
function sourceOf(message: ProvisioningMessage, session: AccountSession, dependencies: WorkDependencies) {
  const sourceId = message.type === "ringcx.copy.v1" ? message.data.from.accountId : undefined;
  if (sourceId === undefined || sourceId === session.accountId) return session;
  const { secretReader, deadline } = session;
  return openSession(dependencies, sourceId, { secretReader, deadline, priority: priorityOf(message) });
}

/** Resources of a small message at most: about as many requests as the quota keeps for those beside a large one. */
const smallResources = 5;

/** A large message leaves small ones their places in the quota. How many services a copy of a group has, it does not say. */
function priorityOf({ type, data }: ProvisioningMessage): Priority {
  const isSmall =
    type === "ringcx.copy.v1" ? data.from.serviceDescription !== undefined : data.resources.length <= smallResources;
  return isSmall ? "bulk" : "wave";
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
