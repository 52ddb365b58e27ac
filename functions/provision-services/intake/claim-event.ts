import type { Logger } from "@aws-lambda-powertools/logger";
import { MessageRejectedError } from "../../../shared/contract/message-rejected-error.ts";
import type { Cause } from "../../../shared/contract/outcome.ts";
import type { Clock, Random } from "../../../shared/primitives/clock.ts";
import { openMessageKey } from "../../../shared/records/account/open-message.ts";
import {
  type EventClaim,
  eventClaimFromItem,
  eventClaimItem,
  eventClaimKey,
} from "../../../shared/records/event-claim.ts";
import { contendedError, retryLostWrites } from "../../../shared/state/conditional-write.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { isUnreadable, versionOf } from "../../../shared/state/unreadable-item.ts";
import { MessageProgress } from "../report/message-progress.ts";

/** What claims are read and written with. */
export interface ClaimDependencies {
  table: StateTable;
  clock: Clock;
  random: Random;
  logger: Pick<Logger, "error">;
}

interface EventName {
  source: string;
  id: string;
}

/**
 * Claims an event's id for a message. The claim is written before the message is open: a process that dies in between leaves
 * it to the same SQS message, which comes again, or to another one of the same content.
 *
 * @returns `open`: the same event is open already, in another message
 * @throws {MessageRejectedError} `EVENT_ID_REUSED` where another content has the id
 */
export async function claimEvent(
  event: EventName,
  claim: EventClaim,
  dependencies: ClaimDependencies,
): Promise<"claimed" | "open"> {
  const { table, clock, logger } = dependencies;
  const result = await retryLostWrites(dependencies, async () => {
    const item = await table.get(eventClaimKey(event.source, event.id));
    const found = item && readClaim(item, dependencies);
    if (found && isUnreadable(found)) logger.error("claim of an event unreadable, made anew", { ...found.details });
    else if (found?.messageId === claim.messageId) return "claimed";
    else if (found && found.content !== claim.content)
      throw new MessageRejectedError([reusedProblem], "EVENT_ID_REUSED");
    else if (found && (await isOpen(event, found, dependencies))) return "open";
    const written = await table.put(eventClaimItem(event, claim, clock.now()), item ? versionOf(item) : "absent");
    return written === false ? undefined : "claimed";
  });
  if (!result) throw contendedError(`the claim of the event ${JSON.stringify(event.id)}`);
  return result;
}

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

/** Whether a message has not ended. One whose outcome is only to be told has: it may stand in the reject queue already. */
async function isOpen(event: EventName, claim: EventClaim, dependencies: ClaimDependencies): Promise<boolean> {
  const { accountId, sequence, messageId } = claim;
  if (!(await dependencies.table.get(openMessageKey(accountId, sequence)))) return false;
  const progress = await MessageProgress.read(dependencies, { ...event, messageId }).catch((error: unknown) => {
    if (!isUnreadable(error)) throw error;
    return undefined;
  });
  return !progress?.finished;
}
