import type * as z from "zod";
import { AutomationError } from "../primitives/errors.ts";
import type { Expected, Item, Key } from "./table.ts";

/**
 * What a schema makes of an item of the table. Attributes that the schema does not know are its own business: a plain
 * `z.object` drops them, a `z.looseObject` keeps them.
 *
 * @throws {AutomationError} `ITEM_UNREADABLE`, naming the item's key and the attributes that do not fit, never a value:
 *   an item may hold a token
 */
export function parseItem<S extends z.ZodType>(schema: S, item: Item): z.output<S> {
  const result = schema.safeParse(item);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, code }) => `${path.map(String).join(".") || "the item"} (${code})`);
  throw unreadableItem(item, problems);
}

/** That an item cannot be used. @param problems attributes with what is wrong, never a value */
export function unreadableItem({ pk, sk }: Key, problems: readonly string[]): AutomationError {
  return new AutomationError(
    `The item pk "${pk}", sk "${sk}" of the state table cannot be read: ${problems.join("; ")}. It was written by a version of this software that is not known here, or by hand: deploy the version that wrote it, or mend the item.`,
    { code: "ITEM_UNREADABLE", details: { pk, sk, problems } },
  );
}

/** Whether an error says that an item cannot be read. */
export function isUnreadable(error: unknown): error is AutomationError {
  return error instanceof AutomationError && error.code === "ITEM_UNREADABLE";
}

/** What a write expects that replaces an unreadable item: nothing, where its version cannot be read either. */
export function versionOf({ version }: Item): Expected | undefined {
  return typeof version === "number" ? version : undefined;
}

/** What an item says, or that it cannot be read, where one of many must not stop the others. */
export function readableItem<S extends z.ZodType>(schema: S, item: Item): z.output<S> | AutomationError {
  try {
    return parseItem(schema, item);
  } catch (error) {
    if (isUnreadable(error)) return error;
    throw error;
  }
}
