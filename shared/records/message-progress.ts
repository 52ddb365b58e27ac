import * as z from "zod";
import { outcomeDataSchema, problemSchema, resourceOutcomeSchema } from "../contract/outcome.ts";
import type { Item, Key, NewItem } from "../state/table.ts";
import { parseItem } from "../state/unreadable-item.ts";

/** What did earlier deliveries of this message do, and how often did it fail? Deliveries themselves do not count. */
export function messageProgressKey(source: string, id: string): Key {
  return { pk: `ATTEMPTS#${source}`, sk: id };
}

// Looser than the contract's: an outcome that a later version wrote down is still published.
const problems = z.array(z.looseObject(problemSchema.shape)).optional();
const storedResourceSchema = z.looseObject({ ...resourceOutcomeSchema.shape, problems });
const storedOutcomeSchema = z.looseObject({
  ...outcomeDataSchema.shape,
  resources: z.array(storedResourceSchema).optional(),
  problems,
});

// What a later version added to the item is written back with it.
const messageProgressSchema = z.looseObject({
  /** SQS's id of the message: the same event sent again is another one. */
  messageId: z.string(),
  /** Genuine failures so far. */
  failures: z.int().default(0),
  /** What earlier deliveries did, by resource key. */
  done: z.record(z.string(), storedResourceSchema).default({}),
  /** The outcome that an earlier delivery came to, and may not have published. */
  finished: z.object({ data: storedOutcomeSchema, isRejected: z.boolean() }).optional(),
});

/** How far a message has come over its deliveries. */
export type MessageProgressRecord = z.output<typeof messageProgressSchema>;

/** @throws {AutomationError} `ITEM_UNREADABLE` */
export function messageProgressFromItem(item: Item): MessageProgressRecord {
  return parseItem(messageProgressSchema, item);
}

/** The whole item. @param expiresAt epoch seconds */
export function messageProgressItem(
  { source, id }: { source: string; id: string },
  record: MessageProgressRecord,
  expiresAt: number,
): NewItem {
  return { ...record, ...messageProgressKey(source, id), expiresAt };
}
