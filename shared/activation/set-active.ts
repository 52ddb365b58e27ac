import { serviceRecordKey } from "../records/account/service.ts";
import type { ServiceName } from "../records/service-name.ts";
import type { RingCxAccount } from "../ringcx/client/api.ts";
import { RingCxConflictError, RingCxNotFoundError, RingCxUnavailableError } from "../ringcx/resources/errors.ts";
import { operations } from "../ringcx/resources/operations.ts";
import type { StateTable } from "../state/table.ts";
import { findServiceByName, type ServiceIds, unknownIds } from "./service-ids.ts";

/**
 * Activates or deactivates a service in RingCX: one PUT. Ids are a cache: where they lead nowhere the tree is read once, and
 * they are mended in the table.
 *
 * @param isSure whether what RingCX shows now is surely no older than what we know, or tried, to the contrary
 * @throws {RingCxNotFoundError} when no service has that name
 */
export async function setActive(
  { account, table }: { account: RingCxAccount; table: StateTable },
  name: ServiceName,
  ids: ServiceIds,
  isActive: boolean,
  isSure: IsSure,
): Promise<void> {
  await withFoundIds(account, name, ids, async ({ serviceGroupId, serviceId }) => {
    await setFoundActive(account, { serviceGroupId, serviceId }, isActive, isSure);
    if (serviceId !== ids.serviceId && ids.serviceId !== unknownIds.serviceId) {
      await table.update(serviceRecordKey(name), { serviceGroupId, serviceId });
    }
  });
}

/** See {@link setActive}. */
export type IsSure = (shown: boolean) => boolean;

/**
 * The same by ids that were just read. Where RingCX refuses what is so already (`services.setActiveAnswer` in
 * docs/simulator.md), it is done; a read tells, which may be older than our own last switch.
 *
 * @throws {RingCxUnavailableError} while nobody knows whether it is so
 */
export async function setFoundActive(
  account: RingCxAccount,
  ids: ServiceIds,
  isActive: boolean,
  isSure: IsSure,
): Promise<void> {
  try {
    await account.services.setActive(ids.serviceGroupId, ids.serviceId, isActive);
  } catch (error) {
    if (!(error instanceof RingCxConflictError)) throw error;
    const shown = await isActiveNow(account, ids);
    // What an attempt before this one, whose answer was lost, has done need not be shown yet.
    const isKnown = isSure(shown) && (shown === isActive || !error.mayBeDone);
    if (isKnown && shown === isActive) return;
    if (isKnown) throw error;
    const { operation, permission, ids: named } = error;
    const reason = "it was refused, and a read may not show yet whether it is so already";
    throw new RingCxUnavailableError({ operation, permission, ids: named, status: error.status, reason });
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
export function isNamedActiveNow(account: RingCxAccount, name: ServiceName, ids: ServiceIds): Promise<boolean> {
  return withFoundIds(account, name, ids, (found) => isActiveNow(account, found));
}

async function withFoundIds<T>(
  account: RingCxAccount,
  name: ServiceName,
  ids: ServiceIds,
  run: (ids: ServiceIds) => Promise<T>,
): Promise<T> {
  let failure: RingCxNotFoundError | undefined;
  if (ids.serviceId !== unknownIds.serviceId) {
    try {
      return await run(ids);
    } catch (error) {
      if (!(error instanceof RingCxNotFoundError)) throw error;
      failure = error;
    }
  }
  const found = await findServiceByName(account, name);
  if (found) return run(found);
  throw failure ?? serviceNotFound(name);
}

function serviceNotFound({ accountId }: ServiceName): RingCxNotFoundError {
  const { name: operation, permission } = operations["groups.listWithChildren"];
  return new RingCxNotFoundError({ operation, permission, ids: { accountId } });
}
