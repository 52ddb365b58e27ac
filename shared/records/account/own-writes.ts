import * as z from "zod";
import { serviceInputSchema } from "../../ringcx/resources/service-input.ts";
import type { Item, Key, NewItem } from "../../state/table.ts";
import { parseItem } from "../../state/unreadable-item.ts";
import { accountItemKey } from "../service-name.ts";

/** Longer than any read may be old, and than a message waits between its turns, in seconds. */
const keptSeconds = 24 * 60 * 60;

/** Which inputs has this service by our own last write to them? */
export function writtenInputsKey(accountId: string, serviceId: number): Key {
  return accountItemKey(accountId, `INPUTS#${serviceId}`);
}

const writtenInputsSchema = z.object({
  /** When we last wrote, epoch milliseconds. */
  at: z.number(),
  /** Whether `inputs` are what came of it; otherwise they are what was there before. */
  isKnown: z.boolean(),
  inputs: z.array(serviceInputSchema),
  /** Ids of those that our writes of late have taken away. */
  gone: z.array(z.number()),
});

/** What is known of a service's inputs by our own last write to them. */
export type WrittenInputs = z.output<typeof writtenInputsSchema>;

/** @throws {AutomationError} `ITEM_UNREADABLE` */
export function writtenInputsFromItem(item: Item): WrittenInputs {
  return parseItem(writtenInputsSchema, item);
}

/** The item that is written before and after each write of inputs. */
export function writtenInputsItem(accountId: string, serviceId: number, written: WrittenInputs): NewItem {
  return { ...writtenInputsKey(accountId, serviceId), ...written, expiresAt: expiresAt(written.at) };
}

/** When did we last write the record of this service, or switch it? */
export function writtenServiceKey(accountId: string, serviceId: number): Key {
  return accountItemKey(accountId, `WRITTEN#${serviceId}`);
}

const writtenServiceSchema = z.object({ at: z.number() });

/** When we last wrote, epoch milliseconds. @throws {AutomationError} `ITEM_UNREADABLE` */
export function writtenServiceFromItem(item: Item): number {
  return parseItem(writtenServiceSchema, item).at;
}

/** The item that is written before each write. */
export function writtenServiceItem(accountId: string, serviceId: number, at: number): NewItem {
  return { ...writtenServiceKey(accountId, serviceId), at, expiresAt: expiresAt(at) };
}

/** When did we last write this group, which may give all of its services another name? */
export function writtenGroupKey(accountId: string, serviceGroupId: number): Key {
  return accountItemKey(accountId, `WRITTEN#GROUP#${serviceGroupId}`);
}

/** As {@link writtenServiceItem}. {@link writtenServiceFromItem} reads it. */
export function writtenGroupItem(accountId: string, serviceGroupId: number, at: number): NewItem {
  return { ...writtenGroupKey(accountId, serviceGroupId), at, expiresAt: expiresAt(at) };
}

/** How the `sk` of all begins that we have deleted of late. */
export const deletedOfAccount = "DELETED#";

const deletedSchema = z.object({ at: z.number(), deletedId: z.string() });

/** What was deleted, by RingCX's id (UUIDs in lower case), and when, epoch milliseconds. */
export type Deleted = z.output<typeof deletedSchema>;

/** @throws {AutomationError} `ITEM_UNREADABLE` */
export function deletedFromItem(item: Item): Deleted {
  return parseItem(deletedSchema, item);
}

/** The item that is written once RingCX has deleted something. */
export function deletedItem(accountId: string, id: number | string, at: number): NewItem {
  const deletedId = String(id).toLowerCase();
  return { ...accountItemKey(accountId, `${deletedOfAccount}${deletedId}`), deletedId, at, expiresAt: expiresAt(at) };
}

function expiresAt(at: number): number {
  return Math.floor(at / 1000) + keptSeconds;
}
