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
