import type { Expected, Item, Key } from "../../state/table.ts";
import { emptyWindow, type QuotaWindow } from "./quota-window.ts";

/** The window of a quota. @param scope a sub-account, or a connection */
export function quotaWindowKey(scope: string): Key {
  return { pk: `QUOTA#${scope}`, sk: "WINDOW" };
}

/** What is read and written at once: the window, and the item's version that the write expects. */
export interface StoredWindow {
  window: QuotaWindow;
  version: Expected;
}

// The first grant and then the steps, in base 36: 120 grants take about 400 bytes, a single write unit.
export function toItem({ grants, pausedUntil, refusals }: QuotaWindow) {
  const steps = grants.map((grant, index) => (grant - (grants[index - 1] ?? 0)).toString(36));
  return { grants: steps.join(","), pausedUntil, refusals };
}

export function fromItem(item: Item | undefined): QuotaWindow {
  if (item === undefined) return emptyWindow;
  const grants: number[] = [];
  for (const step of String(item.grants ?? "").split(",")) {
    if (step !== "") grants.push((grants.at(-1) ?? 0) + Number.parseInt(step, 36));
  }
  return { grants, pausedUntil: Number(item.pausedUntil ?? 0), refusals: Number(item.refusals ?? 0) };
}
