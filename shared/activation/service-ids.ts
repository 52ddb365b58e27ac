import type { ServiceName } from "../records/service-name.ts";
import type { RingCxAccount } from "../ringcx/client/api.ts";

/** RingCX's ids of a service. */
export interface ServiceIds {
  serviceGroupId: number;
  serviceId: number;
}

/** Looks a service up by its name: one read of the account's tree. `undefined` when there is none of that name. */
export async function findServiceIds(
  account: RingCxAccount,
  { groupName, serviceDescription }: Pick<ServiceName, "groupName" | "serviceDescription">,
): Promise<ServiceIds | undefined> {
  const groups = await account.groups.listWithChildren();
  const group = groups.find((one) => one.groupName === groupName);
  const service = group?.services?.find((one) => one.serviceDescription === serviceDescription);
  return group && service && { serviceGroupId: group.serviceGroupId, serviceId: service.serviceId };
}
