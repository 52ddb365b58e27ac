import { isSameName } from "../../../shared/primitives/same-name.ts";
import { nameAside, nameSwapFromItem, nameSwapKey } from "../../../shared/records/account/name-swap.ts";
import { serviceRecordKey } from "../../../shared/records/account/service.ts";
import type { Item, Key, StateTable } from "../../../shared/state/table.ts";
import type { NamedResource } from "./named-resource.ts";

type NamedService = Extract<NamedResource, { kind: "httpService" }>;

/**
 * The service with which a service swaps its name in a message: each was called before as the other one is called
 * afterwards.
 */
export function swapPartner<Resource extends NamedResource>(
  resource: NamedResource,
  resources: readonly Resource[],
): Extract<Resource, { kind: "httpService" }> | undefined {
  if (resource.kind !== "httpService" || resource.previousName === undefined) return undefined;
  if (isSameName(resource.previousName, resource.serviceDescription)) return undefined;
  return resources
    .filter((other): other is Extract<Resource, { kind: "httpService" }> => other.kind === "httpService")
    .find(
      (other) =>
        isSameName(other.groupName, resource.groupName) &&
        isSameName(other.serviceDescription, resource.previousName) &&
        isSameName(other.previousName, resource.serviceDescription),
    );
}

/** What the table knows of a service that swaps its name. */
export interface SwappedService {
  /** RingCX's id of the one that is to have the name, where a swap was begun. */
  serviceId: number | undefined;
  /** The item of its record. */
  item: Item | undefined;
}

/**
 * Reads the record of a service that swaps its name, wherever it is: under either name, or that of the time between.
 *
 * @param groupNames of its group, the previous one as well
 */
export async function readSwapped(
  { table, get }: { table: StateTable; get(key: Key): Promise<Item | undefined> },
  accountId: string,
  { service, partner, groupNames }: { service: NamedService; partner: NamedService; groupNames: readonly string[] },
): Promise<SwappedService> {
  const { groupName, serviceDescription: name } = service;
  const { serviceDescription: previousName } = partner;
  const swapItem = await table.get(nameSwapKey({ accountId, groupName }, [name, previousName]));
  const swap = swapItem && nameSwapFromItem(swapItem);
  const serviceId = [swap?.first, swap?.second].find((one) => isSameName(one?.serviceDescription, name))?.serviceId;
  const names = [previousName, ...(serviceId === undefined ? [] : [name, nameAside(serviceId)])];
  const found: Item[] = [];
  for (const one of groupNames) {
    for (const serviceDescription of names) {
      const item = await get(serviceRecordKey({ accountId, groupName: one, serviceDescription }));
      if (item) found.push(item);
    }
  }
  const own = found.find((item) => item.serviceId === serviceId);
  const isPrevious = ({ sk }: Item) =>
    groupNames.some(
      (one) => serviceRecordKey({ accountId, groupName: one, serviceDescription: previousName }).sk === sk,
    );
  return { serviceId, item: own ?? found.find(isPrevious) };
}
