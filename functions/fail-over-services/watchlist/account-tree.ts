import type { ServiceName } from "../../../shared/records/service-name.ts";
import type { WatchlistDependencies } from "./alarm-tags.ts";

/** How often an account's tree is read, in milliseconds: the bound on how late a person's change is noticed. */
export const treeEveryMs = 5 * 60_000;

export const treeEveryInOutageMs = 60_000;

/** A service as the tree shows it. */
export interface TreeService {
  name: ServiceName;
  serviceGroupId: number;
  serviceId: number;
  /** Left out where RingCX does not say. */
  isEnabled: boolean | undefined;
}

export async function treeOf(
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
