import * as z from "zod";
import type { Item, Key, NewItem } from "../../state/table.ts";
import { parseItem } from "../../state/unreadable-item.ts";
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
  /** The message as it came. */
  body: z.string(),
  /** SQS's id of it. */
  messageId: z.string(),
  messageGroupId: z.string(),
  /** What of its resources has not ended. */
  footprint: z.object({ changes: tokens, needs: tokens, ends: tokens }).default({ changes: [], needs: [], ends: [] }),
  /** When it was taken in, epoch milliseconds. */
  takenInAt: z.number().optional(),
  /** When it is worked on next, epoch milliseconds. */
  notBefore: z.number().default(0),
  /** When it was worked on last, epoch milliseconds: messages are worked on in turn. */
  workedAt: z.number().default(0),
});

/** A message that was taken in and has not ended. */
export type OpenMessage = z.output<typeof openMessageSchema> & { key: Key; sequence: string };

/** @throws {AutomationError} `ITEM_UNREADABLE` */
export function openMessageFromItem(item: Item): OpenMessage {
  const { pk, sk } = item;
  return { ...parseItem(openMessageSchema, item), key: { pk, sk }, sequence: sk.slice(openMessagesOfAccount.length) };
}

/** The whole item of a message that was just taken in, at `takenInAt` (epoch milliseconds). */
export function openMessageItem(
  key: Key,
  message: Required<Pick<OpenMessage, "body" | "messageId" | "messageGroupId" | "footprint" | "takenInAt">>,
): NewItem {
  const { body, messageId, messageGroupId, footprint, takenInAt } = message;
  return { ...key, body, messageId, messageGroupId, footprint, takenInAt, notBefore: 0, workedAt: 0 };
}
