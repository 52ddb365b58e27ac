import * as z from "zod";
import { eventToken, nothing } from "../../contract/footprint.ts";
import type { Item, Key, NewItem } from "../../state/table.ts";
import { isUnreadable, parseItem, unreadableItem } from "../../state/unreadable-item.ts";
import { accountItemKey } from "../service-name.ts";

/** How the `sk` of every open message of an account begins; they are in the order in which they were taken in. */
export const openMessagesOfAccount = "OPEN#";

/**
 * A message that was taken in and has not ended.
 *
 * @param sequence of the queue that it came from: digits, so many that texts sort as the numbers do
 */
export function openMessageKey(accountId: string, sequence: string): Key {
  return accountItemKey(accountId, `${openMessagesOfAccount}${sequence}`);
}

const tokens = z.array(z.string()).readonly().default([]);

const openMessageSchema = z.looseObject({
  /** The message as it came, where an earlier release wrote it down. Now it stands beside, see {@link openBodyKey}. */
  body: z.string().optional(),
  /** SQS's id of it. */
  messageId: z.string(),
  messageGroupId: z.string(),
  /** What of its resources has not ended. */
  footprint: z.object({ changes: tokens, needs: tokens, ends: tokens, makes: tokens, relies: tokens }).default(nothing),
  /** When it was taken in, epoch milliseconds. */
  takenInAt: z.number().optional(),
  /** When it is worked on next, epoch milliseconds. */
  notBefore: z.number().default(0),
  /** When it was worked on last, epoch milliseconds: messages are worked on in turn. */
  workedAt: z.number().default(0),
});

/** A message that was taken in and has not ended, without its text. */
export type OpenMessage = z.output<typeof openMessageSchema> & { key: Key; sequence: string };

/** @throws {AutomationError} `ITEM_UNREADABLE` */
export function openMessageFromItem(item: Item): OpenMessage {
  const { pk, sk } = item;
  return { ...parseItem(openMessageSchema, item), key: { pk, sk }, sequence: sk.slice(openMessagesOfAccount.length) };
}

/** The whole item of a message that was just taken in, at `takenInAt` (epoch milliseconds). */
export function openMessageItem(
  key: Key,
  message: Required<Pick<OpenMessage, "messageId" | "messageGroupId" | "footprint" | "takenInAt">>,
): NewItem {
  const { messageId, messageGroupId, footprint, takenInAt } = message;
  return { ...key, messageId, messageGroupId, footprint, takenInAt, notBefore: 0, workedAt: 0 };
}

/** Longer than any message is open: what a crash left of one that has ended disappears then, in seconds. */
const bodyKeptSeconds = 60 * 24 * 60 * 60;

/**
 * The text of an open message: an item of its own, since whose turn it is is asked before each turn, and DynamoDB reads
 * whole items.
 */
export function openBodyKey({ pk, sk }: Key): Key {
  return { pk, sk: `BODY#${sk.slice(openMessagesOfAccount.length)}` };
}

/** The whole item of the text. @param now epoch milliseconds */
export function openBodyItem(key: Key, body: string, now: number): NewItem {
  return { ...openBodyKey(key), body, expiresAt: Math.floor(now / 1000) + bodyKeptSeconds };
}

const openBodySchema = z.object({ body: z.string() });

/** @throws {AutomationError} `ITEM_UNREADABLE`, also where it is not there */
export function openBodyFromItem(key: Key, item: Item | undefined): string {
  if (!item) throw unreadableItem(openBodyKey(key), ["the item (missing)"]);
  return parseItem(openBodySchema, item).body;
}

/** Whether it is this message, which has not ended, that creates something. @param creation a creation intent */
export function isMadeBy(creation: Item, message: Item): boolean {
  try {
    const { changes } = openMessageFromItem(message).footprint;
    return changes.includes(eventToken(creation.message as { source?: string; id?: string }));
  } catch (error) {
    // Nothing of an item that cannot be read: others tell that.
    if (isUnreadable(error)) return false;
    throw error;
  }
}
