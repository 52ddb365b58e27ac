import { MessageRejectedError } from "../contract/message-rejected-error.ts";
import type { Cause } from "../contract/outcome.ts";
import type { Clock, Random } from "../primitives/clock.ts";
import { type EventClaim, eventClaimFromItem, eventClaimItem, eventClaimKey } from "../records/event-claim.ts";
import { asideId } from "../records/outcome.ts";
import { contendedError, retryLostWrites } from "../state/conditional-write.ts";
import type { StateTable } from "../state/table.ts";
import { isUnreadable, versionOf } from "../state/unreadable-item.ts";

/** What claims are read and written with. */
export interface ClaimDependencies {
  table: StateTable;
  clock: Clock;
  random: Random;
  logger: { warn(message: string, facts: Record<string, unknown>): void };
}

interface EventName {
  source: string;
  id: string;
}

/** A message that a door knows, once its sender may send it. */
export interface SentMessage extends Pick<EventClaim, "content" | "messageId" | "accountId" | "sequence"> {
  /** When SQS took it in, epoch milliseconds: what is moved back from a dead-letter queue is sent anew. */
  sentAt: number;
}

/**
 * Claims an event's id for a message. The claim is written before anything is done: a process that dies in between leaves
 * it to the same SQS message, which comes again, or to another one of the same content.
 *
 * @param isOpen whether the message of a claim has not ended yet
 * @returns `open`: the same event is open already, in another message; `rejected`: this very message was, see
 *   {@link noteRejected}; `copy`: another one of the same event was, after this was sent; `movedBack`: sent after that, so it
 *   is tried anew
 * @throws {MessageRejectedError} `EVENT_ID_REUSED` where another content has the id
 */
export async function claimEvent(
  event: EventName,
  { sentAt, ...claim }: SentMessage,
  dependencies: ClaimDependencies,
  isOpen: (claim: EventClaim) => Promise<boolean> = async () => false,
): Promise<"claimed" | "movedBack" | "open" | "rejected" | "copy"> {
  const { table, clock, logger } = dependencies;
  const result = await retryLostWrites(dependencies, async () => {
    const item = await table.get(eventClaimKey(event.source, event.id));
    const read = item && readClaim(item, dependencies);
    if (isUnreadable(read)) logger.warn("claim of an event unreadable, made anew", { ...read.details });
    const found = isUnreadable(read) ? undefined : read;
    const isOwn = found?.messageId === claim.messageId;
    if (found && isCopy(found, { ...claim, sentAt })) return "copy";
    if (found && !found.isIdFree) {
      if (isOwn) return stateOf(found);
      if (found.content !== claim.content) throw new MessageRejectedError([reusedProblem], eventIdReused);
      if (await isOpen(found)) return "open";
    }
    const { isRejected, rejectedAt } = found ?? {};
    const taken = { ...claim, rejectedAt, ...(isOwn && { isRejected }) };
    const written = await table.put(eventClaimItem(event, taken, clock.now()), item ? versionOf(item) : "absent");
    return written === false ? undefined : stateOf(taken);
  });
  if (!result) throw contendedError(`the claim of the event ${JSON.stringify(event.id)}`);
  return result;
}

function stateOf({ isRejected, rejectedAt }: EventClaim): "claimed" | "movedBack" | "rejected" {
  if (isRejected) return "rejected";
  return rejectedAt === undefined ? "claimed" : "movedBack";
}

/** Whether another message of the same event was rejected after this one was sent: what was told of that is the answer. */
function isCopy({ isRejected, rejectedAt = 0, messageId, content }: EventClaim, sent: SentMessage): boolean {
  return isRejected === true && messageId !== sent.messageId && content === sent.content && sent.sentAt <= rejectedAt;
}

/** Whether the event was let in before: its message is delivered again, or was sent twice. @param content see `contentHash` */
export async function wasLetIn(
  { source, id }: EventName,
  content: string,
  dependencies: ClaimDependencies,
): Promise<boolean> {
  const item = await dependencies.table.get(eventClaimKey(source, id));
  const found = item && readClaim(item, dependencies);
  return found !== undefined && !isUnreadable(found) && !found.isIdFree && found.content === content;
}

/**
 * The message that has the claim is about to be told as rejected: it is never carried out after that, however often it comes,
 * nor is a copy of it that was sent before.
 */
export async function noteRejected(
  { source, id }: EventName,
  { table, clock }: Pick<ClaimDependencies, "table" | "clock">,
): Promise<void> {
  const key = eventClaimKey(source, id);
  // Without a claim, as where it has run out, there is nothing that a copy could be held against.
  if (await table.get(key)) await table.update(key, { isRejected: true, rejectedAt: clock.now() });
}

/** Code of a refusal: another content has the event's id. */
export const eventIdReused = "EVENT_ID_REUSED";

const reusedProblem = {
  path: "id",
  message: "another event of this source has this id already, with another content",
  hint: "give each event an id of its own: a source and an id name one event for 45 days; nothing of this one was done",
};

/**
 * What a refusal is told under, and that it is one is noted as {@link noteRejected} does. Where another message has the event's
 * id, that one's outcome stays what it is: the refusal has an id of its own, the same whenever the same message comes again.
 * Where none has, the id stays free for another content.
 *
 * @param sent nothing where its sender may not send it, or is not known yet: then nothing is noted, or whoever reaches the queue
 *   could speak for others; nor where not even a hash of it may be kept
 * @returns `isCopy`: another message of the same event was refused after this was sent, and was or is being told as that
 */
export async function noteRefused(
  cause: Cause,
  messageId: string,
  sent: SentMessage | undefined,
  dependencies: ClaimDependencies,
): Promise<{ cause: Cause; isCopy: boolean }> {
  const { table, clock } = dependencies;
  const own = { cause, isCopy: false };
  const aside = { cause: { ...cause, id: asideId(cause.id, messageId) }, isCopy: false };
  const result = await retryLostWrites(dependencies, async () => {
    const item = await table.get(eventClaimKey(cause.source, cause.id));
    const found = item && readClaim(item, dependencies);
    // Of a claim that cannot be read nobody knows whose it is.
    if (isUnreadable(found)) return aside;
    if (found && sent && isCopy(found, sent)) return { cause, isCopy: true };
    if (found && !found.isIdFree) {
      if (found.messageId !== messageId) return aside;
      if (!found.isRejected) await noteRejected(cause, dependencies);
      return own;
    }
    if (!sent) return own;
    const { sentAt, ...claim } = sent;
    const noted = { ...claim, isRejected: true, rejectedAt: clock.now(), isIdFree: true } as const;
    const written = await table.put(eventClaimItem(cause, noted, clock.now()), item ? versionOf(item) : "absent");
    return written === false ? undefined : own;
  });
  if (!result) throw contendedError(`the claim of the event ${JSON.stringify(cause.id)}`);
  return result;
}

function readClaim(item: Parameters<typeof eventClaimFromItem>[0], { clock }: ClaimDependencies) {
  try {
    return eventClaimFromItem(item, clock.now());
  } catch (error) {
    if (isUnreadable(error)) return error;
    throw error;
  }
}
