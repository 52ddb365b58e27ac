import * as z from "zod";
import type { Key, NewItem } from "../state/table.ts";
import { type ServiceName, servicePath } from "./service-name.ts";

/** Which services depend on this alarm? The partition of its links. */
export function alarmPartition(alarmArn: string): string {
  return `ALARM#${alarmArn}`;
}

/** The link from an alarm to a service whose manifest names it. */
export function alarmServiceKey(alarmArn: string, name: ServiceName): Key {
  return { pk: alarmPartition(alarmArn), sk: `SERVICE#${name.accountId}/${servicePath(name)}` };
}

/** The link from an alarm to a service that a tag of the alarm names. */
export function alarmTaggedServiceKey(alarmArn: string, name: ServiceName): Key {
  return { pk: alarmPartition(alarmArn), sk: `TAGGED#${name.accountId}/${servicePath(name)}` };
}

/** A link, whoever made it: the name of the service that depends on the alarm. */
export const alarmLinkSchema = z.object({
  accountId: z.string(),
  groupName: z.string(),
  serviceDescription: z.string(),
});

/** The item that links an alarm to a service that a tag of the alarm names. */
export function alarmTaggedServiceToItem(alarmArn: string, name: ServiceName): NewItem {
  return { ...alarmTaggedServiceKey(alarmArn, name), ...name };
}
