import type * as z from "zod";
import { AutomationError } from "../primitives/errors.ts";
import type { Item } from "./table.ts";

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
  const { pk, sk } = item;
  const problems = result.error.issues.map(({ path, code }) => `${path.map(String).join(".") || "the item"} (${code})`);
  throw new AutomationError(
    `The item pk "${pk}", sk "${sk}" of the state table cannot be read: ${problems.join("; ")}. It was written by a version of this software that is not known here, or by hand: deploy the version that wrote it, or mend the item.`,
    { code: "ITEM_UNREADABLE", details: { pk, sk, problems } },
  );
}
