import type { Logger } from "@aws-lambda-powertools/logger";
import { authorizeSender } from "../../../shared/contract/door/authorize-sender.ts";
import { eventTimeProblems } from "../../../shared/contract/door/command-time.ts";
import { peekEvent } from "../../../shared/contract/door/read-event.ts";
import { footprintOf } from "../../../shared/contract/footprint.ts";
import { MessageRejectedError } from "../../../shared/contract/message-rejected-error.ts";
import type { Cause } from "../../../shared/contract/outcome.ts";
import {
  type ProvisioningMessage,
  parseProvisioningMessage,
  readProvisioningMessage,
} from "../../../shared/contract/provisioning-message.ts";
import { rejectionOutcome } from "../../../shared/outcomes/rejection.ts";
import { tellAsBefore } from "../../../shared/outcomes/told-before.ts";
import type { Clock, Random } from "../../../shared/primitives/clock.ts";
import type { AutomationError } from "../../../shared/primitives/errors.ts";
import { claimEvent, noteRefused, type SentMessage } from "../../../shared/queues/claim-event.ts";
import type { Delivery } from "../../../shared/queues/message.ts";
import { openBodyItem, openMessageItem, openMessageKey } from "../../../shared/records/account/open-message.ts";
import { contentHash, type EventClaim } from "../../../shared/records/event-claim.ts";
import type { Connection } from "../../../shared/ringcx/session/connection.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { isUnreadable } from "../../../shared/state/unreadable-item.ts";
import { accountProblems } from "../authorize/authorize-account.ts";
import { type ConcludeDependencies, concludeMessage, tellOutcome } from "../report/conclude-message.ts";
import { MessageProgress } from "../report/message-progress.ts";
import type { ProvisioningSettings } from "../settings.ts";

/** What it takes to take a message in. */
export interface AcceptDependencies extends ConcludeDependencies {
  table: StateTable;
  clock: Clock;
  random: Random;
  connections: readonly Connection[];
  settings: ProvisioningSettings;
  logger: Pick<Logger, "info" | "warn" | "error">;
}

/** A message as it is taken in: `sequence` is its place in the queue, `sentAt` when that took it in, epoch milliseconds. */
export type QueuedDelivery = Delivery & { sequence: string; sentAt: number };

/**
 * Takes a message in: reads it at the door, checks its sender, claims the event's id for it, and writes it down as open. It
 * needs neither RingCX nor Secrets Manager, so that no message waits for another one here. What is refused ends here, and so does a
 * copy of what was rejected after that was sent.
 *
 * @returns the account that has something to do now; `undefined` when the message has ended
 * @throws {DeferredError} when its outcome could not be published yet
 */
export async function acceptMessage(
  delivery: QueuedDelivery,
  dependencies: AcceptDependencies,
): Promise<string | undefined> {
  const { table, clock, settings, connections } = dependencies;
  const { body, messageId, messageGroupId, sequence, sentAt } = delivery;
  const peeked = peekEvent(body);
  const cause = { source: peeked.source ?? "sqs", id: peeked.id ?? messageId, type: peeked.type ?? "unknown" };
  // Where what is known of it cannot be read, it is taken in: it waits alone then, not with its whole group.
  const progress = await MessageProgress.read(dependencies, { ...cause, messageId }).catch((error: unknown) => {
    if (!isUnreadable(error)) throw error;
    return error;
  });
  if (!isUnreadable(progress) && progress.finished) {
    await tellOutcome(dependencies, delivery, progress);
    return undefined;
  }
  let sent: SentMessage | undefined;
  try {
    const received = readProvisioningMessage(body);
    authorizeSender(received, delivery.senderId, {
      senders: settings.senders,
      setting: "provisioning.senders",
      connections,
    });
    const [{ accountId }] = received.accounts;
    sent = { content: contentHash(received.event), messageId, accountId, sequence, sentAt };
    const message = parseProvisioningMessage(received);
    rejectFutureTime(message, clock.now());
    rejectUnknownAccounts(message, connections);
    const { source, id } = message;
    const isOpen = (other: EventClaim) => isMessageOpen({ source, id }, other, dependencies);
    const state = await claimEvent({ source, id }, sent, dependencies, isOpen);
    if (state === "open") {
      dependencies.logger.info("duplicate of an open message", { messageId });
      return accountId;
    }
    if (state === "copy") {
      await answerCopy({ source, id }, messageId, dependencies);
      return undefined;
    }
    const key = openMessageKey(accountId, sequence);
    const footprint = footprintOf(message);
    // Its text first: what is open has one.
    await table.put(openBodyItem(key, body, clock.now()));
    const item = openMessageItem(key, { messageId, messageGroupId, footprint, takenInAt: clock.now() });
    await table.put(item, "absent");
    dependencies.logger.info("message taken in", { messageId, accountId, source });
    return accountId;
  } catch (error) {
    if (!(error instanceof MessageRejectedError)) throw error;
    // Of what holds a credential not even a hash is kept.
    const known = error.code === "CREDENTIAL_IN_MESSAGE" ? undefined : sent;
    await refuse(delivery, error, { cause, accountId: peeked.accountId, progress, sent: known }, dependencies);
    return undefined;
  }
}

/** What was told of the message that was rejected; where nothing was yet, that one is not at its end and is going to be. */
async function answerCopy(
  event: Pick<Cause, "source" | "id">,
  messageId: string,
  dependencies: AcceptDependencies,
): Promise<void> {
  dependencies.logger.info("copy of a rejected message", { messageId });
  await tellAsBefore(dependencies, event);
}

/** What is known of a message that is refused. */
interface Refused {
  cause: Cause;
  accountId: string | undefined;
  progress: MessageProgress | AutomationError;
  /** See {@link noteRefused}. */
  sent: SentMessage | undefined;
}

async function refuse(
  delivery: QueuedDelivery,
  { problems, code }: MessageRejectedError,
  { cause: event, accountId, progress, sent }: Refused,
  dependencies: AcceptDependencies,
): Promise<void> {
  const { messageId } = delivery;
  const { cause, isCopy } = await noteRefused(event, messageId, sent, dependencies);
  if (isCopy) return answerCopy(event, messageId, dependencies);
  const isOwn = cause.id !== event.id;
  const known = isOwn ? await MessageProgress.read(dependencies, { ...cause, messageId }) : progress;
  if (isUnreadable(known)) throw known;
  if (known.finished) return tellOutcome(dependencies, delivery, known);
  const outcome = rejectionOutcome(problems, { cause, accountId });
  const details = isOwn ? { details: { code, eventId: event.id } } : {};
  await concludeMessage(dependencies, delivery, known, { ...outcome, ...details });
}

/** Whether a message has not ended. One whose outcome is only to be told has: it may stand in the reject queue already. */
async function isMessageOpen(
  event: { source: string; id: string },
  { accountId, sequence, messageId }: EventClaim,
  dependencies: AcceptDependencies,
): Promise<boolean> {
  if (!(await dependencies.table.get(openMessageKey(accountId, sequence)))) return false;
  const progress = await MessageProgress.read(dependencies, { ...event, messageId }).catch((error: unknown) => {
    if (!isUnreadable(error)) throw error;
    return undefined;
  });
  return !progress?.finished;
}

/** A time in the future would make every later message of the sender an older one. */
function rejectFutureTime({ time }: ProvisioningMessage, now: number): void {
  const problems = eventTimeProblems(time, now);
  if (problems.length > 0) throw new MessageRejectedError(problems);
}

function rejectUnknownAccounts({ type, data }: ProvisioningMessage, connections: readonly Connection[]): void {
  const source = type === "ringcx.copy.v1" ? data.from.accountId : undefined;
  const problems = [
    ...accountProblems(data.accountId, connections),
    ...(source === undefined ? [] : accountProblems(source, connections, "data.from.accountId")),
  ];
  if (problems.length > 0) throw new MessageRejectedError(problems, "ACCOUNT_UNKNOWN");
}
