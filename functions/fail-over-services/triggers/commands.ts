import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { authorizeSender, type Senders } from "../../../shared/contract/door/authorize-sender.ts";
import { commandTimeProblems } from "../../../shared/contract/door/command-time.ts";
import { isDryRun } from "../../../shared/contract/door/dry-run.ts";
import { peekEvent, type ReceivedEvent, readEvent } from "../../../shared/contract/door/read-event.ts";
import { MessageRejectedError } from "../../../shared/contract/message-rejected-error.ts";
import { isOrderType, type Order, orderTypes, parseOrder } from "../../../shared/contract/order.ts";
import type { Problem } from "../../../shared/contract/outcome.ts";
import { asAnswered } from "../../../shared/outcomes/answered.ts";
import { failureReason } from "../../../shared/outcomes/failure-reason.ts";
import { rejectionOutcome } from "../../../shared/outcomes/rejection.ts";
import { reopen, tellAsBefore } from "../../../shared/outcomes/told-before.ts";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import { sentence } from "../../../shared/primitives/sentence.ts";
import {
  claimEvent,
  noteRefused,
  noteRejected,
  type SentMessage,
  wasLetIn,
} from "../../../shared/queues/claim-event.ts";
import type { DeadLetterQueue } from "../../../shared/queues/dead-letter.ts";
import { forMessage } from "../../../shared/queues/for-message.ts";
import { retrySoon } from "../../../shared/queues/visibility-timeout.ts";
import { contentHash } from "../../../shared/records/event-claim.ts";
import { displayName } from "../../../shared/records/service-name.ts";
import { RingCxError, RingCxNotFoundError } from "../../../shared/ringcx/resources/errors.ts";
import { isUnreadable } from "../../../shared/state/unreadable-item.ts";
import { executeCommand, ServiceUnknownError } from "../reconcile/execute-command.ts";
import { CommandNotedError, endNotedCommand } from "../reconcile/noted-command.ts";
import { commandDeliveries } from "../settings.ts";
import { AuthConfigUnknownError, type VerifyDependencies, verifyCredential } from "../verify/verify-credential.ts";
import { mayTreeBeOld } from "./missing-services.ts";
import type { TriggerDependencies } from "./trigger-dependencies.ts";

/** What it takes to carry out commands from their queue. */
export interface CommandDependencies extends TriggerDependencies, VerifyDependencies {
  commandQueueUrl: string;
  /** Who may send commands for which accounts. */
  commandSenders: Senders;
  /** Keeps the commands that cannot be right. */
  deadLetters: DeadLetterQueue;
}

/** How long RingCX is tried for a command, in milliseconds: then it comes again within seconds, and others have room. */
const patienceMs = 10_000;

/**
 * Carries out the commands of a batch. One that cannot be right is rejected with its reason; one that failed is delivered
 * again; the others go on.
 *
 * @param deadline by when RingCX must have answered, epoch milliseconds
 */
export async function processCommands(
  dependencies: CommandDependencies,
  event: SQSEvent,
  { deadline }: { deadline: number },
): Promise<SQSBatchResponse> {
  const latest = Math.min(deadline, dependencies.clock.now() + patienceMs);
  return processPartialResponse(
    event,
    (record: SQSRecord) => forMessage(record, () => processCommand(dependencies, record, latest)),
    processor(),
    {
      throwOnFullBatchFailure: false,
    },
  );
}

/** One for each batch: it keeps the batch's state. */
function processor(): BatchProcessor {
  return new BatchProcessor(EventType.SQS);
}

async function processCommand(dependencies: CommandDependencies, record: SQSRecord, deadline: number): Promise<void> {
  const { messageId } = record;
  let sent: SentMessage | undefined;
  let claimed: Order | undefined;
  try {
    const received = readAllowed(dependencies, record);
    const content = contentHash(received.event);
    const [{ accountId }] = received.accounts;
    const sentAt = Number(record.attributes.SentTimestamp);
    sent = { content, messageId, accountId, sequence: "", sentAt };
    const command = parseOrder(received);
    const problems = commandTimeProblems(command, dependencies.clock.now());
    // What was in time when it came first may have been carried out, by a process that died.
    if (problems.length > 0 && !(await wasLetIn(command, content, dependencies))) {
      throw new MessageRejectedError(problems);
    }
    const state = await claimEvent(command, sent, dependencies);
    claimed = command;
    // SQS delivers a message twice now and then, and what was missing may be there by now.
    if ((state === "rejected" || state === "copy") && (await tellAsBefore(dependencies, command))) return;
    if (state === "movedBack") await reopen(dependencies, command, sentAt);
    if (command.type === "ringcx.verify.v1") await verifyCredential(dependencies, command, { deadline });
    else await executeCommand(dependencies, command, deadline);
  } catch (error) {
    // Of what holds a credential not even a hash is kept.
    const isKept = error instanceof MessageRejectedError && error.code !== "CREDENTIAL_IN_MESSAGE";
    if (await endCommand(dependencies, record, { command: claimed, sent: isKept ? sent : undefined, error })) return;
    dependencies.logger.warn("command failed and will be retried", { messageId, reason: String(error) });
    await retrySoon({ sqs: dependencies.sqs, queueUrl: dependencies.commandQueueUrl }, record);
    throw error;
  }
}

/**
 * Ends a command that failed with the one outcome that its sender waits for, where trying it again would be in vain or was
 * tried often enough.
 *
 * @returns false where it is to come again
 */
async function endCommand(
  dependencies: CommandDependencies,
  record: SQSRecord,
  { command, sent, error }: { command: Order | undefined; sent: SentMessage | undefined; error: unknown },
): Promise<boolean> {
  const noted = error instanceof CommandNotedError ? error : undefined;
  const failure = noted ? noted.cause : error;
  const isLast = Number(record.attributes.ApproximateReceiveCount) >= commandDeliveries.last;
  if (!isLast && command && isSaidByRead(failure) && (await mayTreeBeOld(dependencies, command.data.accountId)))
    return false;
  const problems = rejectionProblems(failure);
  if (!problems && !isLast) return false;
  const { message } = failureReason(failure, commandDeliveries.last);
  const because = sentence(message);
  // What stands in the record is not taken back: it is done as soon as it can be.
  if (noted && command?.type === "ringcx.command.v1") return endNotedCommand(dependencies, command, noted, because);
  if (problems) {
    if (command) await noteRejected(command, dependencies);
    await reject(dependencies, record, problems, command ? undefined : sent);
    return true;
  }
  if (command) await giveUp(dependencies, record, command, because);
  return command !== undefined;
}

/** Whether a read of RingCX alone says that a service is not there: one that was just made, or named, may not be shown yet. */
function isSaidByRead(error: unknown): boolean {
  if (error instanceof ServiceUnknownError) return error.isUnsure;
  return error instanceof RingCxNotFoundError && error.operation !== "services.setActive";
}

/** Keeps a command that nothing was done about, and says so. */
async function giveUp(
  dependencies: CommandDependencies,
  { body }: SQSRecord,
  order: Order,
  because: string,
): Promise<void> {
  const { deadLetters, outcomes } = dependencies;
  const { source, id, type, data } = order;
  await noteRejected(order, dependencies);
  if (await tellAsBefore(dependencies, order)) return;
  const isAsked = isDryRun(body);
  const kept = isAsked ? "" : " It is kept in CommandRejects: move it back once that is mended.";
  const summary = `${orderWords(order)} was not carried out: ${because}${kept}`;
  if (!isAsked) await deadLetters.keep({ body, attributes: { reason: summary } });
  const failed = { status: "FAILED", summary, accountId: data.accountId, cause: { source, id, type } } as const;
  await outcomes.publish(asAnswered(body, failed).data);
}

function orderWords({ type, data }: Order): string {
  if (type === "ringcx.verify.v1") return `${data.providerName}: verify`;
  return `${displayName(data)}: ${data.command} by ${data.by}`;
}

/** @throws {MessageRejectedError} and nothing else, whatever the text is */
function readAllowed(
  { commandSenders, connections }: CommandDependencies,
  { body, attributes }: SQSRecord,
): ReceivedEvent {
  const received = readEvent(body, orderTypes);
  authorizeSender(received, attributes.SenderId, {
    senders: commandSenders,
    setting: "failover.commandSenders",
    connections,
  });
  return received;
}

/** Why the same command could never succeed; `undefined` when it may: an item that we cannot read is ours to mend. */
function rejectionProblems(error: unknown): readonly Problem[] | undefined {
  if (isUnreadable(error)) return undefined;
  if (error instanceof MessageRejectedError) return error.problems;
  if (error instanceof ServiceUnknownError) {
    return [{ path: "data.serviceDescription", message: error.message, hint: error.hint }];
  }
  if (error instanceof AuthConfigUnknownError) {
    const hint = "name the auth config as its manifest does: `ops list auth-configs` shows them";
    return [{ path: "data.providerName", message: error.message, hint }];
  }
  if (error instanceof AutomationError && !error.retryable) {
    const hint = error instanceof RingCxError ? error.advice : "mend that, then send the command again";
    return [{ path: "data", message: error.message, hint }];
  }
  return undefined;
}

async function reject(
  dependencies: CommandDependencies,
  { body, messageId, attributes }: SQSRecord,
  problems: readonly Problem[],
  sent: SentMessage | undefined,
): Promise<void> {
  const { deadLetters, outcomes } = dependencies;
  // Answered by its own id as far as it has one, and no other command or message has: its sender waits for that.
  const { source = "command-queue", id = messageId, type: peeked, accountId } = peekEvent(body);
  const type = isOrderType(peeked) ? peeked : "ringcx.command.v1";
  const { cause } = await noteRefused({ source, id, type }, messageId, sent, dependencies);
  // One that the door refused may have been moved back just so.
  await reopen(dependencies, cause, Number(attributes.SentTimestamp));
  if (await tellAsBefore(dependencies, cause)) return;
  const { data, isKept } = asAnswered(body, rejectionOutcome(problems, { cause, accountId }));
  if (isKept) await deadLetters.keep({ body, attributes: { reason: data.summary } });
  await outcomes.publish(data);
}
