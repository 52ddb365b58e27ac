import type * as z from "zod";
import type { Item } from "../state/table.ts";

/**
 * The attributes of an item that its schema does not name: a later version of this software wrote them. Whoever writes
 * the item whole writes them again, so that a release that was rolled back loses nothing.
 */
export function unknownAttributes(schema: z.ZodObject, item: Item): Readonly<Record<string, unknown>> {
  const { pk: _pk, sk: _sk, version: _version, expiresAt: _expiresAt, ...attributes } = item;
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !(name in schema.shape)));
}
