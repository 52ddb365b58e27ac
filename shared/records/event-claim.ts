import { createHash } from "node:crypto";
import * as z from "zod";
import { boundedKey, longestPartitionKey } from "../state/bounded-key.ts";
import type { Item, Key, NewItem } from "../state/table.ts";
import { parseItem } from "../state/unreadable-item.ts";

/** As long as an outcome, 30 days, behind a message that was open for as long as its progress is kept, in seconds. */
const keptSeconds = 45 * 24 * 60 * 60;

/**
 * Which content has this event's id, and which message brought it? CloudEvents 1.0, "source": a source and an id name one
 * event.
 */
export function eventClaimKey(source: string, id: string): Key {
  return { pk: boundedKey(`EVENT#${source}`, longestPartitionKey), sk: boundedKey(id) };
}

const eventClaimSchema = z.object({
  /** See {@link contentHash}. */
  content: z.string(),
  /** SQS's id of the message that brought the event, or that brought it last. */
  messageId: z.string(),
  /** That message's place among those that are open. */
  accountId: z.string(),
  sequence: z.string(),
  /** That message was rejected: delivered again, it is told again, whatever has changed since. */
  isRejected: z.literal(true).optional(),
  /**
   * When it was, or an earlier message of the event, epoch milliseconds: a copy that was sent before then is rejected with it;
   * one that was sent later was moved back.
   */
  rejectedAt: z.number().optional(),
  /** The door refused it, before it could claim anything: another content may have the id. */
  isIdFree: z.literal(true).optional(),
});

/** The message that an event's id belongs to. */
export type EventClaim = z.output<typeof eventClaimSchema>;

/**
 * @param now epoch milliseconds
 * @returns `undefined` for one that has run out and is still there
 * @throws {AutomationError} `ITEM_UNREADABLE`
 */
export function eventClaimFromItem(item: Item, now: number): EventClaim | undefined {
  const claim = parseItem(eventClaimSchema, item);
  return item.expiresAt !== undefined && item.expiresAt * 1000 <= now ? undefined : claim;
}

/** The whole item. @param now epoch milliseconds */
export function eventClaimItem(event: { source: string; id: string }, claim: EventClaim, now: number): NewItem {
  const { content, messageId, accountId, sequence, isRejected, rejectedAt, isIdFree } = claim;
  const expiresAt = Math.floor(now / 1000) + keptSeconds;
  const key = eventClaimKey(event.source, event.id);
  return {
    ...key,
    content,
    messageId,
    accountId,
    sequence,
    ...(isRejected && { isRejected }),
    ...(rejectedAt !== undefined && { rejectedAt }),
    ...(isIdFree && { isIdFree }),
    expiresAt,
  };
}

/** A hash of an event: the same however its fields are ordered and its text is laid out. */
export function contentHash(event: Readonly<Record<string, unknown>>): string {
  const sorted = JSON.stringify(event, (_name, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? // No prototype, so that a field called `__proto__` is a field.
        Object.assign(
          Object.create(null),
          Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))),
        )
      : value,
  );
  return createHash("sha256").update(sorted).digest("base64url");
}
