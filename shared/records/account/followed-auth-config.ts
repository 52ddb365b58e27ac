import * as z from "zod";
import type { Item, NewItem } from "../../state/table.ts";
import { parseItem } from "../../state/unreadable-item.ts";
import { accountItemKey } from "../service-name.ts";
import { unknownAttributes } from "../unknown-attributes.ts";
import { toldProblemSchema } from "./told.ts";

/** How the `sk` of all begins that is kept of an account's followed auth configs. */
export const followedOfAccount = "FOLLOWED";

/** When were this account's followed auth configs last looked at? */
export function followedCheckKey(accountId: string) {
  return accountItemKey(accountId, followedOfAccount);
}

/** Which secret does this auth config get its value from, and is that still so? UUIDs are the same in either case. */
export function followedAuthConfigKey(accountId: string, authConfigId: string) {
  return accountItemKey(accountId, `${followedOfAccount}#${authConfigId.toLowerCase()}`);
}

const problemSchema = toldProblemSchema.extend({
  /**
   * `FOLLOWING`: new versions of its secret do not reach it. `CHANGE`: somebody but us changed it in RingCX. `AGE`: its
   * credential is older than its secret allows. `FAILURE`: a version of its secret could not be applied.
   */
  topic: z.enum(["FOLLOWING", "CHANGE", "AGE", "FAILURE"]),
});

/** What is wrong with a followed auth config, and what has been published of it. */
export type FollowedProblem = z.output<typeof problemSchema>;

const itemSchema = z.object({
  authConfigId: z.string(),
  /** RingCX's name for it, as it was last known. */
  providerName: z.string().optional(),
  /** ARN and name of the secret, and how old its tag lets a credential become, as they were when it was last followed. */
  secretArn: z.string(),
  secret: z.string(),
  rotateWithin: z.string().optional(),
  /** RingCX's `updatedTime` where no write of ours told it, and the version of the `STATE` item that it was seen with. */
  baseline: z.object({ updatedTime: z.string(), stateVersion: z.number() }).optional(),
  /** When our last rewrite of what somebody changed was asked for, epoch milliseconds. */
  rewrittenAt: z.number().optional(),
  /** At most one of each topic that has not ended. */
  problems: z.array(problemSchema).default([]),
});

/** An auth config that has a secret's value, and so should be followed. */
export interface FollowedAuthConfig extends z.output<typeof itemSchema> {
  /** What a later version of this software wrote; kept as it is. */
  unknownAttributes: Readonly<Record<string, unknown>>;
}

/** @throws {AutomationError} `ITEM_UNREADABLE` */
export function followedFromItem(item: Item): FollowedAuthConfig {
  return { ...parseItem(itemSchema, item), unknownAttributes: unknownAttributes(itemSchema, item) };
}

/** The item that keeps a followed auth config. */
export function followedToItem(accountId: string, { unknownAttributes, ...followed }: FollowedAuthConfig): NewItem {
  return { ...unknownAttributes, ...followed, ...followedAuthConfigKey(accountId, followed.authConfigId) };
}

const checkSchema = z.object({
  /** Epoch milliseconds; 0 before the first time. */
  checkedAt: z.number().default(0),
});

/** @throws {AutomationError} `ITEM_UNREADABLE` */
export function followedCheckFromItem(item: Item | undefined): z.output<typeof checkSchema> {
  return item ? parseItem(checkSchema, item) : { checkedAt: 0 };
}
