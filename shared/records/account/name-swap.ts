import { createHash } from "node:crypto";
import * as z from "zod";
import { normalName } from "../../primitives/same-name.ts";
import type { Item, Key, NewItem } from "../../state/table.ts";
import { parseItem } from "../../state/unreadable-item.ts";
import { accountItemKey, type ServiceName } from "../service-name.ts";

/** Two services of a group that swap their names, or have done so. */
export interface NameSwap {
  /** The one that is called `first` afterwards, and the one that is called `second`. */
  first: { serviceDescription: string; serviceId: number };
  second: { serviceDescription: string; serviceId: number };
}

/**
 * Which of two services is which, whose names a message swaps? Written before the first of them is renamed, and kept: by
 * names alone nobody could tell a swap that was done from one that is to be done, so that the message, sent again, would
 * undo it.
 */
export function nameSwapKey(
  { accountId, groupName }: Pick<ServiceName, "accountId" | "groupName">,
  names: readonly [string, string],
): Key {
  const pair = JSON.stringify([groupName, ...names.map(normalName).sort()].map(normalName));
  return accountItemKey(accountId, `SWAP#${createHash("sha256").update(pair).digest("base64url")}`);
}

const swapped = z.object({ serviceDescription: z.string(), serviceId: z.int() });
const nameSwapSchema = z.object({ first: swapped, second: swapped });

/** @throws {AutomationError} `ITEM_UNREADABLE` */
export function nameSwapFromItem(item: Item): NameSwap {
  return parseItem(nameSwapSchema, item);
}

/** The whole item. */
export function nameSwapItem(
  group: Pick<ServiceName, "accountId" | "groupName">,
  { first, second }: NameSwap,
): NewItem {
  return { ...nameSwapKey(group, [first.serviceDescription, second.serviceDescription]), first, second };
}

/** What a service is called while the other one takes its name. No two services have it: it holds the id. */
export function nameAside(serviceId: number): string {
  return `Being renamed (service ${serviceId})`;
}
