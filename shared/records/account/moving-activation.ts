import type { Item, Key, NewItem } from "../../state/table.ts";

/**
 * So long it is known that a record has ended, in seconds: as long as a Lambda may run, so that whoever has read the
 * service before does not make the record anew.
 */
const endedForSeconds = 15 * 60;

/** The attributes that say that a record is in the middle of a change; whoever writes a record ends that. */
export const markAttributes = ["isEnded", "arrivesFrom", "expiresAt"] as const;

/**
 * What takes the place of a record whose service has another name now, or is no more. Until the service's own item is gone,
 * too, the service is in the middle of a change.
 *
 * @param now epoch milliseconds
 */
export function endedActivation({ pk, sk }: Key, now: number): NewItem {
  return { pk, sk, isEnded: true, expiresAt: Math.ceil(now / 1000) + endedForSeconds };
}

/** A record as it is written under the service's next name: it counts as soon as the one that it is a copy of has ended. */
export function arrivingActivation({ version: _version, ...record }: Item, to: Key): NewItem {
  return { ...record, ...to, arrivesFrom: record.sk };
}

/** Whether a record has ended: the service has another name, or is no more. */
export function isEnded(item: Item | undefined): boolean {
  return item?.isEnded === true;
}

/** Whether it is a copy that is being written; then the `sk` of what it was copied from. */
export function arrivesFrom(item: Item | undefined): string | undefined {
  return typeof item?.arrivesFrom === "string" ? item.arrivesFrom : undefined;
}

/** Whether a copy counts not yet: the one that it is a copy of still does. */
export function isArriving(item: Item | undefined, source: Item | undefined): boolean {
  return arrivesFrom(item) !== undefined && source !== undefined && !isEnded(source);
}

/** The `sk` of those activation records of an account that do not count yet. */
export function arrivingAmong(items: readonly Item[]): ReadonlySet<string> {
  const bySk = new Map(items.map((item) => [item.sk, item]));
  const arriving = items.filter((item) => isArriving(item, bySk.get(arrivesFrom(item) ?? "")));
  return new Set(arriving.map(({ sk }) => sk));
}
