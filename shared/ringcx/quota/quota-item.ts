import * as z from "zod";
import type { Expected, Item, Key } from "../../state/table.ts";
import { parseItem, unreadableItem } from "../../state/unreadable-item.ts";
import type { WindowSettings } from "./quota-policy.ts";
import { emptyWindow, type QuotaWindow } from "./quota-window.ts";

/** Which requests were sent in the last minute? @param scope a sub-account, or a connection */
export function quotaWindowKey(scope: string): Key {
  return { pk: `QUOTA#${scope}`, sk: "WINDOW" };
}

/** What is read and written at once: the window, and the item's version that the write expects. */
export interface StoredWindow {
  window: QuotaWindow;
  version: Expected;
}

const windowSchema = z.object({
  /** The first grant and then the steps, in base 36: 120 grants take about 400 bytes, a single write unit. */
  grants: z
    .string()
    .regex(/^[0-9a-z.,-]*$/)
    .default(""),
  pausedUntil: z.number().default(0),
  refusals: z.number().default(0),
  /** Earlier releases left it out. */
  wroteAt: z.number().default(0),
});

/** The item's attributes, without its key. */
export function toItem({ grants, pausedUntil, refusals, wroteAt }: QuotaWindow): z.output<typeof windowSchema> {
  const steps = grants.map((grant, index) => (grant - (grants[index - 1] ?? 0)).toString(36));
  return { grants: steps.join(","), pausedUntil, refusals, wroteAt };
}

/**
 * The window in an item, an empty one where there is none.
 *
 * @throws {AutomationError} `ITEM_UNREADABLE`
 */
export function fromItem(item: Item | undefined): StoredWindow {
  if (item === undefined) return { window: emptyWindow, version: "absent" };
  const { grants: steps, pausedUntil, refusals, wroteAt } = parseItem(windowSchema, item);
  const grants: number[] = [];
  for (const step of steps.split(",")) {
    if (step !== "") grants.push((grants.at(-1) ?? 0) + Number.parseInt(step, 36));
  }
  // Others in an order of their own, or none at all, would hide those that count.
  const isAscending = grants.every((grant, index) => Number.isFinite(grant) && grant >= (grants[index - 1] ?? grant));
  if (!isAscending) throw unreadableItem(item, ["grants (not ascending)"]);
  return { window: { grants, pausedUntil, refusals, wroteAt }, version: item.version };
}

/** Longer ahead than any call reserves a slot, or anything pauses, beyond ten windows; in milliseconds. */
const farAheadMs = 60 * 60_000;

/**
 * The same, where its times can be ours: with one in the far future nobody would send anything for as long.
 *
 * @param now epoch milliseconds
 * @throws {AutomationError} `ITEM_UNREADABLE`
 */
export function plausibleWindow(item: Item | undefined, now: number, { windowMs }: WindowSettings): StoredWindow {
  const stored = fromItem(item);
  const { grants, pausedUntil, wroteAt } = stored.window;
  const latest = now + 10 * windowMs + farAheadMs;
  const problems = [
    ...(wroteAt > latest ? ["wroteAt (too far ahead)"] : []),
    ...(pausedUntil > latest ? ["pausedUntil (too far ahead)"] : []),
    ...((grants.at(-1) ?? 0) > latest ? ["grants (too far ahead)"] : []),
  ];
  if (item && problems.length > 0) throw unreadableItem(item, problems);
  return stored;
}
