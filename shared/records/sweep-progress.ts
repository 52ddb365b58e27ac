import * as z from "zod";
import { boundedKey } from "../state/bounded-key.ts";
import type { Item, Key, NewItem } from "../state/table.ts";
import { parseItem, unreadableItem } from "../state/unreadable-item.ts";
import { accountItemKey } from "./service-name.ts";

/** When was this account's tree last read by the sweep, and does it hurry? */
export function accountSweepKey(accountId: string): Key {
  return accountItemKey(accountId, "SWEEP");
}

/** An account that was never swept has no item. */
const accountSweepSchema = z.object({
  /** Epoch milliseconds. */
  treeReadAt: z.number().default(0),
  /** Whether an outage was open when it was last swept. */
  hasOutage: z.boolean().default(false),
});

/** What is known of an account that was never swept. */
export const neverSwept: AccountSweep = { treeReadAt: 0, hasOutage: false };

/** Later than another process's clock can be, in milliseconds. */
const farAheadMs = 10 * 60_000;

/**
 * What the sweep keeps of an account. A time that is to come says nothing: by it no tree would ever be read again.
 *
 * @param now epoch milliseconds
 * @throws {AutomationError} `ITEM_UNREADABLE`
 */
export function accountSweepFromItem(item: Item | undefined, now: number): AccountSweep {
  if (!item) return neverSwept;
  const sweep = parseItem(accountSweepSchema, item);
  if (sweep.treeReadAt > now + farAheadMs) throw unreadableItem(item, ["treeReadAt (to come)"]);
  return sweep;
}

/** What the sweep keeps of an account. */
export type AccountSweep = z.output<typeof accountSweepSchema>;

/** Which accounts' sweeps take long? */
export const slowSweepsPartition = "SLOWSWEEPS";

/** Longer than any sweep is under way, in milliseconds: after that nobody goes by it, and DynamoDB removes the item. */
const slowForMs = 10 * 60_000;

/** When an account's last sweep began, if it took long. An account whose sweeps are quick has no item. */
export function slowSweepKey(accountId: string): Key {
  return { pk: slowSweepsPartition, sk: accountId };
}

/** @param begunAt epoch milliseconds */
export function slowSweepToItem(accountId: string, begunAt: number): NewItem {
  return { ...slowSweepKey(accountId), begunAt, expiresAt: Math.ceil((begunAt + slowForMs) / 1_000) };
}

/**
 * When the account's slow sweep began, epoch milliseconds. `undefined` where there was none of late, or the item cannot be
 * read: then the account is swept as any other, which writes the item anew or shows that it is quick.
 */
export function slowSweepFromItem(item: Item | undefined, now: number): number | undefined {
  const { data } = z.object({ begunAt: z.number() }).safeParse(item);
  return data && Math.abs(now - data.begunAt) < slowForMs ? data.begunAt : undefined;
}

/** Which faults of our own keep the sweep from seeing this account's services, as they were last reported? */
export function ownFaultsKey(accountId: string): Key {
  return accountItemKey(accountId, "OWNFAULTS");
}

/** Faults as they were reported, and what is noted to be reported next. */
export const ownFaultsSchema = z.object({
  /** Since when, ISO 8601, by fault. */
  open: z.record(z.string(), z.string()).default({}),
  /** {@link noteId} of those that began and may not have been reported. */
  begun: z.array(z.string()).default([]),
  /** When those ended whose end may not have been reported, ISO 8601, by {@link noteId}. */
  ended: z.record(z.string(), z.string()).default({}),
});

/** An account without faults may have no item. */
export type OwnFaults = z.output<typeof ownFaultsSchema>;

/** Source and id of what is told of a fault, by which its words are found again. @param since ISO 8601 */
export function ownFaultCause(
  what: "own-fault" | "own-fault-over",
  accountId: string | undefined,
  key: string,
  since: string,
): { source: string; id: string } {
  const id = [what, ...(accountId === undefined ? [] : [accountId]), key, since].join("/");
  return { source: "/ringcx-automation/sweep", id };
}

/** Something in a note, so short that an item takes many: its key stands beside it in full. */
export function noteId(key: string): string {
  return boundedKey(key, 64);
}

/** Which alarms have a tag that names services, as it was last read? */
export const alarmTagsKey: Key = { pk: "FAILOVER", sk: "ALARMTAGS" };

/** When the tags of alarms were read. */
export interface AlarmTagsRead {
  /** Epoch milliseconds. */
  readAt: number;
  /** Mistakes in them that were reported, in words: each is reported once. */
  reported: readonly string[];
  /** Places that cannot be read. */
  unread: OwnFaults;
  /** When mistakes were seen first that may not have been reported, ISO 8601, by {@link noteId}. */
  seen: Readonly<Record<string, string>>;
}

const alarmTagsSchema = z
  .object({
    readAt: z.number(),
    told: z.array(z.string()).default([]),
    unread: z.record(z.string(), z.string()).default({}),
    unreadBegun: ownFaultsSchema.shape.begun,
    unreadEnded: ownFaultsSchema.shape.ended,
    seen: z.record(z.string(), z.string()).default({}),
  })
  .transform(
    ({ told, unread, unreadBegun, unreadEnded, ...rest }): AlarmTagsRead => ({
      ...rest,
      reported: told,
      unread: { open: unread, begun: unreadBegun, ended: unreadEnded },
    }),
  );

/** What an item says of the tags; `undefined` where it cannot be read: then they are read, and reported, once more. */
export function alarmTagsFromItem(item: Item | undefined): AlarmTagsRead | undefined {
  return alarmTagsSchema.safeParse(item).data;
}

/** The item that keeps when the tags were read. */
export function alarmTagsToItem({ readAt, reported, unread: { open, begun, ended }, seen }: AlarmTagsRead): NewItem {
  return {
    ...alarmTagsKey,
    readAt,
    told: reported,
    ...(Object.keys(open).length > 0 && { unread: open, unreadBegun: begun, unreadEnded: ended }),
    ...(Object.keys(seen).length > 0 && { seen }),
  };
}
