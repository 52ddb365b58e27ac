import type { HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import type { Problem } from "../../../shared/contract/outcome.ts";
import { displayName } from "../../../shared/contract/resource-key.ts";
import { isSameName } from "../../../shared/primitives/same-name.ts";
import { nameAside, nameSwapItem } from "../../../shared/records/account/name-swap.ts";
import { serviceRecordKey } from "../../../shared/records/account/service.ts";
import type { HttpServiceWrite } from "../../../shared/ringcx/resources/http-service.ts";
import type { Step } from "../plan/resource-plan.ts";
import { writeProblems } from "../plan/service-fields.ts";
import { requireRoom } from "../read/require-room.ts";
import type { ResourceChanges } from "../report/resource-result.ts";
import { type ApplyContext, type ServiceInProgress, serviceIdOf } from "./apply-context.ts";
import { renameServiceRecords } from "./service-record.ts";
import { requireAsWritten } from "./write-service.ts";

/**
 * Swaps the names of two services, or what is left of it to do, whichever of the two has its turn first. Whether RingCX lets two
 * services of a group have one name is not documented, and the table's records are kept by name, so that one of them goes
 * aside meanwhile. Which id is to have which name is written down before, for whoever goes on after a crash. Nothing but names
 * is written.
 *
 * @returns false where a record holds a credential that a write would carry along; `done` then holds the problem
 */
export async function swapNames(
  context: ApplyContext,
  { partner }: Extract<Step, { do: "swapNames" }>,
  { resource, path, service }: { resource: HttpServiceManifest; path: string; service: ServiceInProgress },
  done: ResourceChanges,
): Promise<boolean> {
  const { account, accountId, table, observed } = context;
  const { groupName, serviceDescription } = resource;
  // A read and a write each: none of the two stays under a name that is not its own.
  await requireRoom(account, 6, `swapping the names of ${displayName(resource)}`);
  const own = { serviceDescription, serviceId: serviceIdOf(service) };
  const group = { serviceGroupId: service.serviceGroupId, groupName };
  await table.put(nameSwapItem({ accountId, groupName }, { first: own, second: partner }));
  const isNamed = (serviceId: number, name: string) =>
    isSameName(observed.service(serviceId)?.serviceDescription, name);
  const isInTheWay = isNamed(partner.serviceId, serviceDescription);
  const aside = isNamed(own.serviceId, partner.serviceDescription)
    ? nameAside(partner.serviceId)
    : partner.serviceDescription;
  const renames = [...(isInTheWay ? [{ ...partner, serviceDescription: aside }] : []), own, partner];
  for (const { serviceId, serviceDescription: name } of renames) {
    if (observed.service(serviceId)?.serviceDescription === name) continue;
    const problems = await renameService(context, { ...group, serviceId }, name, path);
    done.problems.push(...problems);
    if (problems.length > 0) return false;
  }
  return true;
}

/** Its records first, so that after a crash in between what is known of it is found under the new name already. */
async function renameService(
  context: ApplyContext,
  { serviceGroupId, groupName, serviceId }: { serviceGroupId: number; groupName: string; serviceId: number },
  name: string,
  path: string,
): Promise<Problem[]> {
  const { account, accountId, table, observed, stored } = context;
  const fresh = await account.services.get(serviceGroupId, serviceId);
  await requireAsWritten(context, serviceGroupId, fresh);
  const problems = writeProblems(fresh, {}, false, path);
  if (problems.length > 0) return problems;
  const nameOf = (serviceDescription: string) => ({ accountId, groupName, serviceDescription });
  const record = [...stored.services.values()].find((one) => one.serviceId === serviceId);
  // RingCX may spell it in another way than its record. The other one's record may stand under the name already.
  for (const before of new Set([fresh.serviceDescription, record?.manifest.serviceDescription ?? name])) {
    if (before === name) continue;
    const item = await table.get(serviceRecordKey(nameOf(before)));
    if (item?.serviceId === serviceId) await renameServiceRecords(table, nameOf(before), nameOf(name));
  }
  const { permissions: _permissions, ...kept }: Record<string, unknown> = { ...fresh, serviceDescription: name };
  const answer = await account.services.update(serviceGroupId, serviceId, kept as HttpServiceWrite);
  observed.noteService(serviceGroupId, answer);
  return [];
}
