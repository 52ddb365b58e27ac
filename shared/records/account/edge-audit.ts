import * as z from "zod";
import type { Item, Key, NewItem } from "../../state/table.ts";
import { parseItem } from "../../state/unreadable-item.ts";
import { accountItemKey, type ServiceName } from "../service-name.ts";
import { unknownAttributes } from "../unknown-attributes.ts";
import { toldSchema } from "./told.ts";

/** Which services of this account are called with a secret that does not allow it, and when was it last looked at? */
export function edgeAuditKey(accountId: string): Key {
  return accountItemKey(accountId, "EDGES");
}

const edgeSchema = z.object({
  groupName: z.string(),
  serviceDescription: z.string(),
  serviceId: z.int(),
  /** `undefined` where the service's URL does not tell it. */
  host: z.string().optional(),
  authConfigId: z.string(),
  secretArn: z.string(),
});

/** A service × auth config × secret that the secret's tags do not allow, as it is in RingCX. */
export type WrongEdge = z.output<typeof edgeSchema>;

const toldEdgeSchema = edgeSchema.extend({
  ...toldSchema.shape,
  /** Nothing is told of it: its auth config tells that it is not followed, for the same cause. An earlier release told both. */
  isLeft: z.boolean().optional(),
});

/** A wrong edge, and what has been published of it. */
export type ToldEdge = z.output<typeof toldEdgeSchema>;

const itemSchema = z.object({
  /** Epoch milliseconds; 0 before the first time. */
  checkedAt: z.number().default(0),
  /** Auth configs that had a secret's value when they were last looked at: a secret that is gone can name them no more. */
  authConfigIds: z.array(z.string()).default([]),
  edges: z.array(toldEdgeSchema).default([]),
  /** How many more there were than an item takes: they are told as others end. */
  notListed: z.number().default(0),
});

/** What is kept of an account from one audit to the next. */
export interface EdgeAudit extends z.output<typeof itemSchema> {
  /** What a later version of this software wrote; kept as it is. */
  unknownAttributes: Readonly<Record<string, unknown>>;
}

/** @throws {AutomationError} `ITEM_UNREADABLE` */
export function edgeAuditFromItem(item: Item | undefined): EdgeAudit {
  if (!item) return { checkedAt: 0, authConfigIds: [], edges: [], notListed: 0, unknownAttributes: {} };
  return { ...parseItem(itemSchema, item), unknownAttributes: unknownAttributes(itemSchema, item) };
}

/** The item that keeps an audit. */
export function edgeAuditToItem(accountId: string, { unknownAttributes, ...audit }: EdgeAudit): NewItem {
  return { ...unknownAttributes, ...audit, ...edgeAuditKey(accountId) };
}

/**
 * What makes a wrong edge the same one again: it is told, and a service is deactivated for it, once. Another name of the service or
 * its group makes it no other one.
 */
export function edgeId({ serviceId, host = "", authConfigId, secretArn }: WrongEdge): string {
  return JSON.stringify([serviceId, host, authConfigId.toLowerCase(), secretArn]);
}

/** What an earlier release took for {@link edgeId}. */
export function namedEdgeId(edge: WrongEdge): string {
  const { groupName, serviceDescription, serviceId, host = "", authConfigId, secretArn } = edge;
  return JSON.stringify([groupName, serviceDescription, serviceId, host, authConfigId.toLowerCase(), secretArn]);
}

/** The service of a wrong edge. */
export function serviceOfEdge(accountId: string, { groupName, serviceDescription }: WrongEdge): ServiceName {
  return { accountId, groupName, serviceDescription };
}
