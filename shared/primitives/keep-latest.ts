/** Adds to a list that holds the latest only: beyond `most`, the oldest is forgotten. */
export function keepLatest<Item>(list: Item[], item: Item, most: number): void {
  list.push(item);
  if (list.length > most) list.shift();
}

/** The same of a map or a set, which are in the order in which their keys came. */
export function forgetOldest<Key>(
  known: { size: number; keys(): Iterator<Key>; delete(key: Key): boolean },
  most: number,
) {
  for (const keys = known.keys(); known.size > most; ) known.delete(keys.next().value as Key);
}
