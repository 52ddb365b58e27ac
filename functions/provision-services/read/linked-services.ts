import { displayName } from "../../../shared/contract/resource-key.ts";
import { readAuthConfigUsers } from "../../../shared/records/credential/auth-config-users.ts";
import { isSameId } from "../../../shared/ringcx/resources/auth-config.ts";
import { readLinks } from "../../../shared/secrets/account-links.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { type AccountReader, servicesOfTree } from "./observed-account.ts";

/** A service that is linked with an auth config. */
export interface LinkedService {
  serviceId: number;
  /** `group/service` */
  name: string;
  authConfigId: string;
}

/**
 * The services that are linked with an auth config, read before one is deleted: RingCX may delete it all the same
 * (`authConfigs.deleteInUse` in docs/simulator.md). What v1 does not show v2 does; what was written of late, and no read need
 * show yet, our own records say.
 *
 * @param authConfigIds those that are to be deleted
 */
export async function readLinkedServices(
  { account, accountId, observed, table }: AccountReader & { accountId: string; table: StateTable },
  authConfigIds: readonly string[],
): Promise<LinkedService[]> {
  if (authConfigIds.length === 0) return [];
  const links = await readLinks(account, observed.groups);
  const linked = servicesOfTree(observed.groups).flatMap(({ groupName, service }): LinkedService[] => {
    const { serviceId, serviceDescription = String(serviceId) } = service;
    const authConfigId = links.get(serviceId);
    const name = displayName({ kind: "httpService", groupName, serviceDescription });
    return authConfigId === undefined ? [] : [{ serviceId, name, authConfigId }];
  });
  if ((await account.unshownMs()) === 0) return linked;
  for (const authConfigId of authConfigIds) {
    for (const { serviceId = 0, ...user } of await readAuthConfigUsers(table, { accountId, authConfigId })) {
      if (linked.some((one) => one.serviceId === serviceId && isSameId(one.authConfigId, authConfigId))) continue;
      linked.push({ serviceId, name: displayName({ kind: "httpService", ...user }), authConfigId });
    }
  }
  return linked;
}
