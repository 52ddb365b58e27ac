import * as z from "zod";
import type { Item, Key, NewItem } from "../../state/table.ts";
import { accountItemKey } from "../service-name.ts";

/** Is RingCX being tried for an alarm of this account, because it did not do at once what was asked? */
export function eventTrialKey(accountId: string): Key {
  return accountItemKey(accountId, "EVENTTRIAL");
}

/** Longest that one event tries, in milliseconds. */
export const longestTrialMs = 10_000;

/** Later than another process's clock can be, in milliseconds: a time that is further away says nothing. */
const skewMs = 5_000;

const eventTrialSchema = z.object({ until: z.number() });

/** Whether somebody tries. An item that cannot be read keeps nobody from trying. @param now epoch milliseconds */
export function isTried(item: Item | undefined, now: number): boolean {
  const { data } = eventTrialSchema.safeParse(item);
  return data !== undefined && data.until > now && data.until <= now + longestTrialMs + skewMs;
}

/** Says that somebody tries. @param now epoch milliseconds */
export function eventTrialToItem(accountId: string, now: number): NewItem {
  return { ...eventTrialKey(accountId), until: now + longestTrialMs };
}
