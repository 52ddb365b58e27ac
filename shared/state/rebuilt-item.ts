import type { AutomationError } from "../primitives/errors.ts";
import { contendedError, type RetryOptions, retryLostWrites } from "./conditional-write.ts";
import type { Item, Key, StateTable } from "./table.ts";
import { isUnreadable, versionOf } from "./unreadable-item.ts";

/** What it takes to read an item that can be rebuilt. */
export interface RebuildDependencies extends RetryOptions {
  table: StateTable;
  /** Is told of an item that was not readable, once a safe one stands in its place. */
  onUnreadable?: OnUnreadable | undefined;
}

/**
 * Is told that an item cannot be read. Must not throw.
 *
 * @param error `ITEM_UNREADABLE`
 * @param fate `rebuilt`: a safe value stands in its place. `left`: it stays as it is until somebody mends it, and whoever
 *   needs it tells so by itself
 */
export type OnUnreadable = (error: AutomationError, fate: "rebuilt" | "left") => void | Promise<void>;

/**
 * Reads an item whose content can be had again. One that does not parse is replaced at once by a safe value, so that it
 * stops nobody for longer than that value says, and is reported.
 *
 * @param parse what the item says; throws `ITEM_UNREADABLE` where it says nothing usable, a time in the far future included
 * @param safe the attributes to put in its place: those that permit the least
 */
export async function readOrRebuild<T extends object>(
  { table, onUnreadable, ...retry }: RebuildDependencies,
  key: Key,
  { parse, safe }: { parse: (item: Item | undefined) => T; safe: () => Readonly<Record<string, unknown>> },
): Promise<T> {
  const result = await retryLostWrites(retry, async () => {
    const item = await table.get(key);
    try {
      return parse(item);
    } catch (error) {
      if (!isUnreadable(error) || !item) throw error;
      const rebuilt = { ...safe(), ...key };
      const version = await table.put(rebuilt, versionOf(item));
      if (version === false) return undefined;
      await onUnreadable?.(error, "rebuilt");
      return parse({ ...rebuilt, version });
    }
  });
  if (!result) throw contendedError(`the item pk "${key.pk}", sk "${key.sk}"`);
  return result;
}
