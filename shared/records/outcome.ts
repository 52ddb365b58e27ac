import * as z from "zod";
import type { Outcome } from "../contract/outcome.ts";
import { boundedKey, longestPartitionKey } from "../state/bounded-key.ts";
import type { Item, Key, NewItem } from "../state/table.ts";
import { parseItem } from "../state/unreadable-item.ts";

/** How long an outcome can be looked up, in seconds. */
const keptSeconds = 30 * 24 * 60 * 60;

/** What became of this message? @param id of the cause, not of the outcome */
export function outcomeKey(source: string, id: string): Key {
  return { pk: boundedKey(`OUTCOME#${source}`, longestPartitionKey), sk: boundedKey(id) };
}

/**
 * What a refusal is told under where another content has its event's id: that one's outcome stays what it is.
 *
 * @param messageId SQS's id of what is refused
 */
export function asideId(id: string, messageId: string): string {
  return `${id}#${messageId}`;
}

/** Whether a cause is an event, or what was refused because another content has the event's id, see {@link asideId}. */
export function isOfEvent(causeId: string, id: string): boolean {
  return causeId === id || (causeId.startsWith(`${id}#`) && /^[\da-f-]{36}$/.test(causeId.slice(id.length + 1)));
}

/** The partition of a day's outcomes. @param date `2026-01-31` */
export function dailyOutcomesPartition(date: string): string {
  return `OUTCOMES#${date}`;
}

/** An outcome among those of its day. @param time ISO 8601 */
export function dailyOutcomeKey(time: string, source: string, id: string): Key {
  return { pk: dailyOutcomesPartition(time.slice(0, 10)), sk: boundedKey(`${time}#${source}/${id}`) };
}

/** The two items of an outcome: by its cause, which takes the place of an earlier one, and among those of its day. */
export function toItems(outcome: Outcome): [byCause: NewItem, byDay: NewItem] {
  const { time } = outcome;
  const { source, id } = outcome.data.cause;
  const attributes = { outcome, expiresAt: Math.floor(Date.parse(time) / 1000) + keptSeconds };
  return [
    { ...outcomeKey(source, id), ...attributes },
    { ...dailyOutcomeKey(time, source, id), ...attributes },
  ];
}

// As much as a reader needs: what a later version says of an outcome is kept and not judged.
const outcomeItemSchema = z.object({
  outcome: z.looseObject({
    id: z.string(),
    time: z.string(),
    data: z.looseObject({
      status: z.string(),
      summary: z.string(),
      accountId: z.string().optional(),
      cause: z.looseObject({ source: z.string(), id: z.string(), type: z.string() }),
    }),
  }),
});

/** An outcome as it was published, by whichever version. */
export type StoredOutcome = z.output<typeof outcomeItemSchema>["outcome"];

/** @throws {AutomationError} `ITEM_UNREADABLE` */
export function fromItem(item: Item): StoredOutcome {
  return parseItem(outcomeItemSchema, item).outcome;
}
