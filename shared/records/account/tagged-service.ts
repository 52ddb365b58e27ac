import * as z from "zod";
import type { Key, NewItem } from "../../state/table.ts";
import { accountItemKey, type ServiceName, servicePath } from "../service-name.ts";

/** Which alarms name this service by a tag? */
export function taggedServiceKey(name: ServiceName): Key {
  return accountItemKey(name.accountId, `${taggedServicesOfAccount}${servicePath(name)}`);
}

/** How the `sk` of every tagged service of an account begins. */
export const taggedServicesOfAccount = "TAGGED#";

/** Names and ids as they were when the tags were read. */
export const taggedServiceSchema = z.object({
  accountId: z.string(),
  groupName: z.string(),
  serviceDescription: z.string(),
  serviceGroupId: z.int(),
  serviceId: z.int(),
  /** ARNs of the alarms whose tags name it. */
  alarms: z.array(z.string()),
});

/** A service that the tag of an alarm names, by its names and by the ids that it had when the tags were read. */
export type TaggedServiceRecord = z.output<typeof taggedServiceSchema>;

/** The item that keeps a tagged service. */
export function taggedServiceToItem(record: TaggedServiceRecord): NewItem {
  return { ...taggedServiceKey(record), ...record };
}
