import { createHash } from "node:crypto";
import * as z from "zod";
import { outcomeDataSchema, problemSchema, resourceOutcomeSchema } from "../contract/outcome.ts";
import { boundedKey, longestPartitionKey, longestSortKey } from "../state/bounded-key.ts";
import type { Item, Key, NewItem } from "../state/table.ts";
import { parseItem } from "../state/unreadable-item.ts";

/** What a part adds to a message's sort key: a separator and a hash, in bytes. */
const partLength = 44;

/** How far has this message come, and how often did it fail? Turns themselves do not count. */
export function messageProgressKey(source: string, id: string): Key {
  return { pk: boundedKey(`ATTEMPTS#${source}`, longestPartitionKey), sk: boundedKey(id, longestSortKey - partLength) };
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
  /** SQS's id of the message: the same event sent again begins anew. */
  messageId: z.string(),
  /** Genuine failures so far. */
  failures: z.int().default(0),
  /** What earlier releases wrote down of what was done, by resource key; now it stands in the parts. */
  done: z.record(z.string(), storedResourceSchema).default({}),
  /** The outcome that it came to, and that may not be published yet. */
  finished: z
    .object({
      data: storedOutcomeSchema,
      isRejected: z.boolean(),
      /** When it came to it, ISO 8601: the outcome's time, however often it is published. Earlier releases left it out. */
      at: z.string().optional(),
    })
    .optional(),
  /** How often the outcome was refused when it was to be published. */
  refusals: z.int().default(0),
  /** What RingCX said that may have been old, and was not believed once. */
  doubts: z.array(z.string()).default([]),
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

const messagePartSchema = z.looseObject({
  messageId: z.string(),
  /** The resource's key. */
  part: z.string(),
  /** What was about to be done, in words; after a crash it may have been done. */
  intended: z.array(z.string()).optional(),
  /** What was done so far of a resource that has not ended. */
  done: storedResourceSchema.optional(),
  /** How it ended. */
  ended: z
    .looseObject({
      outcome: storedResourceSchema,
      isCreated: z.boolean(),
      isSuperseded: z.boolean(),
      isUnvalidated: z.boolean(),
    })
    .optional(),
  /** Of a service to be copied: its inputs as they were read. */
  inputs: z.array(z.looseObject({ inputId: z.int() })).optional(),
});

/** What a message has come to with one resource. */
export type MessagePart = z.output<typeof messagePartSchema>;

/** How the `sk` of every part of a message begins. */
export function messagePartsOf({ source, id }: { source: string; id: string }): Key {
  const { pk, sk } = messageProgressKey(source, id);
  return { pk, sk: `${sk}\u0000` };
}

/** @throws {AutomationError} `ITEM_UNREADABLE` */
export function messagePartFromItem(item: Item): MessagePart {
  return parseItem(messagePartSchema, item);
}

/** The whole item of a part; names may be longer than a key. @param expiresAt epoch seconds */
export function messagePartItem(
  message: { source: string; id: string },
  part: MessagePart,
  expiresAt: number,
): NewItem {
  const { pk, sk } = messagePartsOf(message);
  return { ...part, pk, sk: `${sk}${createHash("sha256").update(part.part).digest("base64url")}`, expiresAt };
}
