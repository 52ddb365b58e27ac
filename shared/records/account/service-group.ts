import * as z from "zod";
import type { Item, Key } from "../../state/table.ts";
import { parseItem } from "../../state/unreadable-item.ts";
import { generationSchema } from "../generation.ts";
import { accountItemKey } from "../service-name.ts";

/** What do we know of this group? By the name that a message gave it. */
export function groupRecordKey(accountId: string, groupName: string): Key {
  return accountItemKey(accountId, `${groupsOfAccount}${groupName}`);
}

/** How the `sk` of every group of an account begins. */
export const groupsOfAccount = "GROUP#";

const groupRecordSchema = z.object({
  serviceGroupId: z.int(),
  /** All that messages have declared of it. */
  manifest: z.looseObject({ groupName: z.string().optional(), isDefault: z.boolean().optional() }).prefault({}),
  stamp: generationSchema.optional(),
});

/** What the table knows of a group that a message made or took over. */
export type GroupRecord = Omit<z.output<typeof groupRecordSchema>, "stamp"> & {
  generation: z.output<typeof generationSchema> | undefined;
};

/** @throws {AutomationError} `ITEM_UNREADABLE` */
export function groupRecordFromItem(item: Item): GroupRecord {
  const { stamp, ...record } = parseItem(groupRecordSchema, item);
  return { ...record, generation: stamp };
}

/** The attributes of the item. */
export function groupRecordToItem({ generation, ...record }: GroupRecord): Record<string, unknown> {
  return { ...record, stamp: generation };
}
