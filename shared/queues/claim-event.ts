import { MessageRejectedError } from "../contract/message-rejected-error.ts";
import type { Cause } from "../contract/outcome.ts";
import type { Clock, Random } from "../primitives/clock.ts";
import { type EventClaim, eventClaimFromItem, eventClaimItem, eventClaimKey } from "../records/event-claim.ts";
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

/**
 * Claims an event's id for a message. The claim is written before anything is done: a process that dies in between leaves
 * it to the same SQS message, which comes again, or to another one of the same content.
 *
 * @param claim with `sentAt`, when SQS took the message in (epoch milliseconds), where {@link noteRejected} is used
 * @param isOpen whether the message of a claim has not ended yet
 * @returns `open`: the same event is open already, in another message; `rejected`: this very message was, or another one of
 *   it after this was sent, see {@link noteRejected}; `movedBack`: sent after that, so it is tried anew
 * @throws {MessageRejectedError} `EVENT_ID_REUSED` where another content has the id
 */
export async function claimEvent(
  event: EventName,
  { sentAt, ...claim }: EventClaim & { sentAt?: number },
  dependencies: ClaimDependencies,
  isOpen: (claim: EventClaim) => Promise<boolean> = async () => false,
): Promise<"claimed" | "movedBack" | "open" | "rejected"> {
  const { table, clock, logger } = dependencies;
  const result = await retryLostWrites(dependencies, async () => {
    const item = await table.get(eventClaimKey(event.source, event.id));
    const found = item && readClaim(item, dependencies);
    if (found && isUnreadable(found)) logger.warn("claim of an event unreadable, made anew", { ...found.details });
    else if (found?.messageId === claim.messageId) return found.isRejected ? "rejected" : claimedAfter(found);
    else if (found && found.content !== claim.content) throw new MessageRejectedError([reusedProblem], eventIdReused);
    else if (found?.isRejected && sentAt !== undefined && sentAt <= (found.rejectedAt ?? 0)) return "rejected";
    else if (found && (await isOpen(found))) return "open";
    const rejectedAt = found && !isUnreadable(found) ? found.rejectedAt : undefined;
    const taken = { ...claim, ...(rejectedAt !== undefined && { rejectedAt }) };
    const written = await table.put(eventClaimItem(event, taken, clock.now()), item ? versionOf(item) : "absent");
    return written === false ? undefined : claimedAfter(taken);
  });
  if (!result) throw contendedError(`the claim of the event ${JSON.stringify(event.id)}`);
  return result;
}

function claimedAfter({ rejectedAt }: EventClaim): "claimed" | "movedBack" {
  return rejectedAt === undefined ? "claimed" : "movedBack";
}

/** Whether the event was let in before: its message is delivered again, or was sent twice. @param content see `contentHash` */
export async function wasLetIn(
  { source, id }: EventName,
  content: string,
  dependencies: ClaimDependencies,
): Promise<boolean> {
  const item = await dependencies.table.get(eventClaimKey(source, id));
  const found = item && readClaim(item, dependencies);
  return found !== undefined && !isUnreadable(found) && found.content === content;
}

/** The message that has the claim is about to be told as rejected: it is never carried out after that, however often it comes. */
export async function noteRejected(
  { source, id }: EventName,
  { table, clock }: Pick<ClaimDependencies, "table" | "clock">,
): Promise<void> {
  await table.update(eventClaimKey(source, id), { isRejected: true, rejectedAt: clock.now() });
}

/** Code of a refusal: another content has the event's id. */
export const eventIdReused = "EVENT_ID_REUSED";

const reusedProblem = {
  path: "id",
  message: "another event of this source has this id already, with another content",
  hint: "give each event an id of its own: a source and an id name one event for 45 days; nothing of this one was done",
};

/**
 * What a refusal is told under. Where another message has the event's id, that one's outcome stays what it is: the refusal
 * has an id of its own, the same whenever the same message comes again.
 */
export async function causeOfRefusal(cause: Cause, messageId: string, dependencies: ClaimDependencies): Promise<Cause> {
  const item = await dependencies.table.get(eventClaimKey(cause.source, cause.id));
  const found = item && readClaim(item, dependencies);
  // Of a claim that cannot be read nobody knows whose it is.
  if (!found || (!isUnreadable(found) && found.messageId === messageId)) return cause;
  return { ...cause, id: `${cause.id}#${messageId}` };
}

function readClaim(item: Parameters<typeof eventClaimFromItem>[0], { clock }: ClaimDependencies) {
  try {
    return eventClaimFromItem(item, clock.now());
  } catch (error) {
    if (isUnreadable(error)) return error;
    throw error;
  }
}
