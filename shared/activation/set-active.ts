import { serviceRecordKey } from "../records/account/service.ts";
import type { ServiceName } from "../records/service-name.ts";
import type { RingCxAccount } from "../ringcx/client/api.ts";
import { RingCxNotFoundError } from "../ringcx/resources/errors.ts";
import type { StateTable } from "../state/table.ts";
import { findServiceByName, type ServiceIds } from "./service-ids.ts";

/**
 * Activates or deactivates a service in RingCX: one PUT. Ids are a cache: where they lead nowhere the tree is read once, and they are mended in the table.
 *
 * @throws {RingCxNotFoundError} when no service has that name
 */
export async function setActive(
  { account, table }: { account: RingCxAccount; table: StateTable },
  name: ServiceName,
  ids: ServiceIds,
  isActive: boolean,
): Promise<void> {
  try {
    await account.services.setActive(ids.serviceGroupId, ids.serviceId, isActive);
  } catch (error) {
    if (!(error instanceof RingCxNotFoundError)) throw error;
    const found = await findServiceByName(account, name);
    if (!found) throw error;
    await account.services.setActive(found.serviceGroupId, found.serviceId, isActive);
    await table.update(serviceRecordKey(name), { serviceGroupId: found.serviceGroupId, serviceId: found.serviceId });
  }
}

/** Whether a service is active in RingCX now: one GET. */
export async function isActiveNow(account: RingCxAccount, ids: ServiceIds): Promise<boolean> {
  return (await account.services.get(ids.serviceGroupId, ids.serviceId)).isEnabled ?? false;
}

/**
 * The same where the ids are a cache: where they lead nowhere the service is looked up by its name.
 *
 * @throws {RingCxNotFoundError} when no service has that name
 */
export async function isNamedActiveNow(account: RingCxAccount, name: ServiceName, ids: ServiceIds): Promise<boolean> {
  try {
    return await isActiveNow(account, ids);
  } catch (error) {
    if (!(error instanceof RingCxNotFoundError)) throw error;
    const found = await findServiceByName(account, name);
    if (!found) throw error;
    return isActiveNow(account, found);
  }
}
