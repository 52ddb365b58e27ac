import { namedOrCut } from "../primitives/same-name.ts";
import type { ServiceName } from "../records/service-name.ts";
import type { RingCxAccount } from "../ringcx/client/api.ts";

/** RingCX's ids of a service. */
export interface ServiceIds {
  serviceGroupId: number;
  serviceId: number;
}

/** Of a service of which only the name is known: it is looked up. */
export const unknownIds: ServiceIds = { serviceGroupId: 0, serviceId: 0 };

/** A service as RingCX has it: its ids, and its name as it is spelled there. */
export type FoundService = ServiceIds & Pick<ServiceName, "groupName" | "serviceDescription">;

/**
 * Looks a service up by its name: one read of the account's tree.
 *
 * @returns `undefined` when there is none of that name, or several in other spellings of it
 */
export async function findServiceByName(
  account: RingCxAccount,
  { groupName, serviceDescription }: Pick<ServiceName, "groupName" | "serviceDescription">,
): Promise<FoundService | undefined> {
  const groups = namedOrCut(await account.groups.listWithChildren(), groupName, (group) => group.groupName);
  const [group, ...otherGroups] = groups;
  const [service, ...others] = namedOrCut(group?.services ?? [], serviceDescription, (one) => one.serviceDescription);
  if (!group || !service || otherGroups.length > 0 || others.length > 0) return undefined;
  return {
    serviceGroupId: group.serviceGroupId,
    serviceId: service.serviceId,
    groupName: group.groupName,
    serviceDescription: service.serviceDescription,
  };
}
