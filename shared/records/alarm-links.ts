import type { Key } from "../state/table.ts";
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
