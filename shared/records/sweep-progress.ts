import * as z from "zod";
import type { Item, Key, NewItem } from "../state/table.ts";
import { accountItemKey } from "./service-name.ts";

/** When was this account's tree last read by the sweep? */
export function accountSweepKey(accountId: string): Key {
  return accountItemKey(accountId, "SWEEP");
}

/** An account that was never swept has no item. */
export const accountSweepSchema = z.object({
  /** Epoch milliseconds. */
  treeReadAt: z.number().default(0),
});

/** What the sweep keeps of an account. */
export type AccountSweep = z.output<typeof accountSweepSchema>;

/** Which alarms have a tag that names services, as it was last read? */
export const alarmTagsKey: Key = { pk: "FAILOVER", sk: "ALARMTAGS" };

/** When the tags of alarms were read. */
export interface AlarmTagsRead {
  /** Epoch milliseconds. */
  readAt: number;
  /** Mistakes in them that were reported, in words: each is reported once. */
  reported: readonly string[];
}

const alarmTagsSchema = z
  .object({ readAt: z.number(), told: z.array(z.string()).default([]) })
  .transform(({ readAt, told }): AlarmTagsRead => ({ readAt, reported: told }));

/** What an item says of the tags; `undefined` where it cannot be read: then they are read, and reported, once more. */
export function alarmTagsFromItem(item: Item | undefined): AlarmTagsRead | undefined {
  return alarmTagsSchema.safeParse(item).data;
}

/** The item that keeps when the tags were read. */
export function alarmTagsToItem({ readAt, reported }: AlarmTagsRead): NewItem {
  return { ...alarmTagsKey, readAt, told: reported };
}
