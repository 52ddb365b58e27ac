/** Where an item is. The keys stand in `shared/records`, each beside its item; session and quota keep their own. */
export interface Key {
  pk: string;
  sk: string;
}

/**
 * What is stored under a key. `version` is another number after every write of the item and is what
 * conditional writes compare; `expiresAt` (epoch seconds) is when it may disappear.
 */
export type Item = Key & { version: number; expiresAt?: number } & Record<string, unknown>;

/** What a caller writes: the version is the table's business. */
export type NewItem = Key & { expiresAt?: number } & Record<string, unknown>;

/** The version that a write expects to find: an item's `version`, or that there is no item. */
export type Expected = number | "absent";

/**
 * The state table: single-item conditional writes, strongly consistent reads, nothing more.
 * An item whose `expiresAt` has passed may still be returned: DynamoDB removes it when it gets round to it.
 */
export interface StateTable {
  /** The item, read consistently, or `undefined`. */
  get(key: Key): Promise<Item | undefined>;
  /** Replaces the whole item. Its new version, or false when `expected` no longer holds: then nothing was written. */
  put(item: NewItem, expected?: Expected): Promise<number | false>;
  /**
   * Sets the given top-level attributes (those given as `undefined` are removed) and leaves the others
   * alone, in one atomic write; creates the item if need be. Returns the whole item as it is now.
   */
  update(key: Key, changes: Readonly<Record<string, unknown>>): Promise<Item>;
  /** Removes the item. False when `expected` no longer holds. */
  delete(key: Key, expected?: Expected): Promise<boolean>;
  /** Every item of a partition whose `sk` begins with the prefix, in the order of `sk`. */
  query(pk: string, skPrefix?: string): Promise<Item[]>;
}
