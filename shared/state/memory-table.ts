import type { Expected, Item, Key, NewItem, StateTable } from "./table.ts";

/** The table in memory, for simulations and tests of pure cores: the same promises, no network. */
export class MemoryStateTable implements StateTable {
  readonly #partitions = new Map<string, Map<string, Item>>();
  #writes = 0;

  async get({ pk, sk }: Key): Promise<Item | undefined> {
    return copyOf(this.#partitions.get(pk)?.get(sk));
  }

  async put(item: NewItem, expected?: Expected): Promise<number | false> {
    if (expected !== undefined && expected !== (this.#version(item) ?? "absent")) return false;
    const version = this.#nextVersion();
    this.#partition(item.pk).set(item.sk, { ...withoutUndefined(item), version } as Item);
    return version;
  }

  async update(key: Key, changes: Readonly<Record<string, unknown>>): Promise<Item> {
    const { pk, sk } = key;
    const before = this.#partitions.get(pk)?.get(sk);
    const item = { ...withoutUndefined({ ...before, ...changes }), pk, sk, version: this.#nextVersion() } as Item;
    this.#partition(pk).set(sk, item);
    return copyOf(item);
  }

  async delete(key: Key, expected?: Expected): Promise<boolean> {
    if (expected !== undefined && expected !== (this.#version(key) ?? "absent")) return false;
    this.#partitions.get(key.pk)?.delete(key.sk);
    return true;
  }

  async query(pk: string, skPrefix = ""): Promise<Item[]> {
    return [...(this.#partitions.get(pk)?.values() ?? [])]
      .filter(({ sk }) => sk.startsWith(skPrefix))
      .sort((a, b) => (a.sk < b.sk ? -1 : 1))
      .map((item) => copyOf(item));
  }

  /** All items, for whoever looks for something that must not be there. */
  everything(): Item[] {
    return [...this.#partitions.values()].flatMap((items) => [...items.values()].map((item) => copyOf(item)));
  }

  /** Counts over all items, so that an item deleted and made again has a version it never had. */
  #nextVersion(): number {
    this.#writes += 1;
    return this.#writes;
  }

  #version({ pk, sk }: Key): number | undefined {
    return this.#partitions.get(pk)?.get(sk)?.version;
  }

  #partition(pk: string): Map<string, Item> {
    const partition = this.#partitions.get(pk) ?? new Map<string, Item>();
    this.#partitions.set(pk, partition);
    return partition;
  }
}

/** A stored copy, so that a caller who changes its object later does not change the table. */
function withoutUndefined(item: Record<string, unknown>): Record<string, unknown> {
  return copyOf(Object.fromEntries(Object.entries(item).filter(([, value]) => value !== undefined)));
}

/** `structuredClone`, without its price for what items mostly are: plain objects, lists and primitive values. */
function copyOf<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((one: unknown) => copyOf(one)) as Value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return structuredClone(value);
  const copy: Record<string, unknown> = {};
  for (const name in value) copy[name] = copyOf(value[name] as unknown);
  return copy as Value;
}
