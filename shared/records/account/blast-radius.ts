import * as z from "zod";
import type { Expected, Item, Key, NewItem } from "../../state/table.ts";
import { parseItem } from "../../state/unreadable-item.ts";
import { accountItemKey } from "../service-name.ts";

/** How many services has it, and which were deactivated for an outage that nothing but an alarm speaks for? */
export function blastRadiusKey(accountId: string): Key {
  return accountItemKey(accountId, "BLASTRADIUS");
}

/** How many services an account has, as far as is known, and which of them are within its blast radius. */
export interface BlastRadiusRecord {
  services: number;
  /** When each place was taken: epoch milliseconds by the `sk` of a service's own record, or by an endpoint. */
  places: Readonly<Record<string, number>>;
  /** No place is free before this moment (epoch milliseconds): the item was rebuilt, and who has one is not known. */
  fullUntil?: number | undefined;
  version: Expected;
}

// What a later version added is kept, because the item is rewritten whole.
const itemSchema = z.looseObject({
  version: z.number(),
  services: z.int().default(0),
  places: z.record(z.string(), z.number()).default({}),
  fullUntil: z.number().optional(),
});

/**
 * The record in an item of the table; an empty one where there is none.
 *
 * @throws {AutomationError} `ITEM_UNREADABLE`
 */
export function blastRadiusFromItem(item: Item | undefined): BlastRadiusRecord {
  return item ? parseItem(itemSchema, item) : { services: 0, places: {}, version: "absent" };
}

/** The item that keeps an account's blast radius. */
export function blastRadiusToItem(accountId: string, radius: Omit<BlastRadiusRecord, "version">): NewItem {
  return { ...radius, ...blastRadiusKey(accountId) };
}
