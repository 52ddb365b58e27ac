import * as z from "zod";
import { isChangedBy } from "../../../shared/contract/footprint.ts";
import { serviceKey } from "../../../shared/contract/resource-key.ts";
import { isCutName, isSameName } from "../../../shared/primitives/same-name.ts";
import { openMessageFromItem, openMessagesOfAccount } from "../../../shared/records/account/open-message.ts";
import { serviceRecordKey, servicesOfAccount } from "../../../shared/records/account/service.ts";
import { accountPartition, displayName, type ServiceName } from "../../../shared/records/service-name.ts";
import type { Item, StateTable } from "../../../shared/state/table.ts";
import { isUnreadable } from "../../../shared/state/unreadable-item.ts";

// Loosely: what cannot be read has no former name either.
const renamedSchema = z.object({
  formerNames: z.array(z.string()),
  manifest: z.object({ groupName: z.string(), serviceDescription: z.string() }),
});

/** What a service is called that had this name until it was renamed; `undefined` where none had. */
export async function findByFormerName(
  table: Pick<StateTable, "query">,
  name: ServiceName,
): Promise<ServiceName | undefined> {
  return formerlyNamed(await table.query(accountPartition(name.accountId), servicesOfAccount), name);
}

/** {@link findByFormerName} among the items of an account's services. */
export function formerlyNamed(items: readonly Item[], name: ServiceName): ServiceName | undefined {
  const { accountId } = name;
  for (const item of items) {
    const { formerNames = [], manifest } = renamedSchema.safeParse(item).data ?? {};
    if (manifest && formerNames.some((former) => isSameName(former, displayName(name)))) {
      return { accountId, groupName: manifest.groupName, serviceDescription: manifest.serviceDescription };
    }
  }
  return undefined;
}

/**
 * Whether a service has a record, and not under this name: a tree that shows it under this one was read before it was renamed, and
 * no record is to be made of that. One id, one record.
 */
export async function isKnownElsewhere(
  table: Pick<StateTable, "query">,
  name: ServiceName,
  serviceId: number,
): Promise<boolean> {
  return isElsewhere(await table.query(accountPartition(name.accountId), servicesOfAccount), name, serviceId);
}

/** {@link isKnownElsewhere} among the items of an account's services. */
export function isElsewhere(items: readonly Item[], name: ServiceName, serviceId: number): boolean {
  const { sk } = serviceRecordKey(name);
  return items.some((item) => item.serviceId === serviceId && item.sk !== sk && item.manifest !== undefined);
}

/** Whether what RingCX shows is called as a service is known, in whatever spelling, or by what is left of a long name. */
export function isSameService(shown: ServiceName, known: ServiceName): boolean {
  const isOf = (one: string, whole: string) => isSameName(one, whole) || isCutName(one, whole);
  return isOf(shown.groupName, known.groupName) && isOf(shown.serviceDescription, known.serviceDescription);
}

/** Whether a message that has not ended makes a service of this name, gives it the name, or changes or ends it. */
export async function isMessageAbout(
  table: Pick<StateTable, "query">,
  { accountId, groupName, serviceDescription }: ServiceName,
): Promise<boolean> {
  const key = serviceKey(groupName, serviceDescription);
  const items = await table.query(accountPartition(accountId), openMessagesOfAccount);
  return items.some((item) => {
    try {
      return isChangedBy(openMessageFromItem(item).footprint, key);
    } catch (error) {
      if (isUnreadable(error)) return false;
      throw error;
    }
  });
}
