import type { ServiceName } from "../../../shared/records/service-name.ts";
import type { WatchlistDependencies } from "./alarm-tags.ts";

/** A service as RingCX lists it in its account's tree of groups and services. */
export interface TreeService {
  name: ServiceName;
  serviceGroupId: number;
  serviceId: number;
  /** Left out where RingCX does not say. */
  isEnabled: boolean | undefined;
}

/**
 * All services of an account, in one call to RingCX.
 *
 * @param deadline by when the answer must be there, epoch milliseconds
 */
export async function readAccountTree(
  { ringcxFor }: Pick<WatchlistDependencies, "ringcxFor">,
  accountId: string,
  deadline: number,
): Promise<TreeService[]> {
  const account = ringcxFor(accountId).account(accountId, { priority: "rotation", deadline });
  const groups = await account.groups.listWithChildren();
  return groups.flatMap(({ groupName, serviceGroupId, services = [] }) =>
    services.map(({ serviceId, serviceDescription, isEnabled }) => ({
      name: { accountId, groupName, serviceDescription },
      serviceGroupId,
      serviceId,
      isEnabled,
    })),
  );
}
