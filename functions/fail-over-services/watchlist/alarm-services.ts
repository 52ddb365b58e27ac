import {
  alarmLinkSchema,
  alarmPartition,
  alarmServiceKey,
  alarmTaggedServiceKey,
} from "../../../shared/records/alarm-links.ts";
import type { ServiceName } from "../../../shared/records/service-name.ts";
import type { Item } from "../../../shared/state/table.ts";
import { isUnreadable, readableItem, versionOf } from "../../../shared/state/unreadable-item.ts";
import type { WatchlistDependencies } from "./alarm-tags.ts";
import { readWatchedServices, type WatchedService } from "./watched-services.ts";

/** The services that depend on an alarm. */
export interface LinkedServices {
  names: ServiceName[];
  /** `ITEM_UNREADABLE` of links that lead to no service that is known. */
  unreadable: unknown[];
}

/**
 * The names of the services that depend on an alarm: a manifest names the alarm, or a tag of the alarm the service. A
 * link that cannot be read stops no other; it is written anew from the service that its key belongs to.
 */
export async function servicesOfAlarm(
  dependencies: Pick<WatchlistDependencies, "table" | "activation" | "onUnreadable">,
  alarmArn: string,
): Promise<LinkedServices> {
  const found: LinkedServices = { names: [], unreadable: [] };
  for (const link of await dependencies.table.query(alarmPartition(alarmArn))) {
    const read = readableItem(alarmLinkSchema, link);
    if (!isUnreadable(read)) {
      found.names.push(read);
      continue;
    }
    const name = await rebuiltLink(dependencies, alarmArn, link);
    if (name) await dependencies.onUnreadable(read, "left");
    if (name) found.names.push(name);
    else found.unreadable.push(read);
  }
  return found;
}

async function rebuiltLink(
  dependencies: Pick<WatchlistDependencies, "table" | "activation">,
  alarmArn: string,
  link: Item,
): Promise<ServiceName | undefined> {
  const accountId = /^(?:SERVICE|TAGGED)#([^/]+)\//.exec(link.sk)?.[1];
  if (accountId === undefined) return undefined;
  const { services } = await readWatchedServices(dependencies, accountId);
  const isLinked = ({ name }: WatchedService) =>
    [alarmServiceKey(alarmArn, name), alarmTaggedServiceKey(alarmArn, name)].some(({ sk }) => sk === link.sk);
  const service = services.map((one) => one.service).find(isLinked);
  if (!service) return undefined;
  const { name, serviceGroupId, serviceId } = service;
  const { pk, sk } = link;
  // Lost: somebody else has written it, which is as well.
  await dependencies.table.put({ pk, sk, ...name, serviceGroupId, serviceId }, versionOf(link));
  return name;
}
