import type { MemoryStateTable } from "../../shared/state/memory-table.ts";
import type { Item, Key } from "../../shared/state/table.ts";

/** Makes a table hold these items and no other. */
export async function restore(table: MemoryStateTable, items: readonly Item[]): Promise<void> {
  const wanted = new Set(items.map(({ pk, sk }) => `${pk}|${sk}`));
  for (const item of table.everything()) if (!wanted.has(`${item.pk}|${item.sk}`)) await table.delete(item);
  for (const item of items) await table.put(item);
}

/** One attribute of one item, and what becomes of it. */
export interface Spoiling {
  item: Item;
  attribute: string;
  how: "missing" | "null" | "of another type" | "with something else in it";
}

/** What an item is about, without its ids: `ACCOUNT|ACTIVATION`. */
export function kindOf({ pk, sk }: Key): string {
  return [pk, sk].map((text) => text.split("#")[0]).join("|");
}

/** Every attribute of the last item of each kind, spoilt in every way. */
export function spoilings(items: readonly Item[]): Spoiling[] {
  const last = new Map(items.map((item) => [`${kindOf(item)} ${attributesOf(item).join()}`, item]));
  return [...last.values()].flatMap((item) =>
    attributesOf(item).flatMap((attribute) =>
      waysOf(item[attribute]).map((how): Spoiling => ({ item, attribute, how })),
    ),
  );
}

/** The item as it is then. */
export function spoilt({ item, attribute, how }: Spoiling): Item {
  const { [attribute]: value, ...rest } = item;
  if (how === "missing") return rest as Item;
  if (how === "null") return { ...item, [attribute]: null };
  if (how === "of another type") return { ...item, [attribute]: typeof value === "string" ? 42 : "spoilt" };
  const other = Array.isArray(value) ? [...(value as unknown[]), "spoilt"] : { ...(value as object), spoilt: "spoilt" };
  return { ...item, [attribute]: other };
}

function attributesOf(item: Item): string[] {
  return Object.keys(item).filter((name) => !["pk", "sk", "version"].includes(name));
}

function waysOf(value: unknown): Spoiling["how"][] {
  const always: Spoiling["how"][] = ["missing", "null", "of another type"];
  return typeof value === "object" && value !== null ? [...always, "with something else in it"] : always;
}
