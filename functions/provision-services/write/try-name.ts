import { displayName } from "../../../shared/contract/resource-key.ts";
import { isCutName, isSameName } from "../../../shared/primitives/same-name.ts";
import { serviceRecordKey } from "../../../shared/records/account/service.ts";
import type { HttpServiceWrite } from "../../../shared/ringcx/resources/http-service.ts";
import { undoRename } from "../plan/cut-names.ts";
import { writeProblems } from "../plan/service-fields.ts";
import { requireRoom } from "../read/require-room.ts";
import { requireShown } from "../read/require-shown.ts";
import type { ResourceChanges } from "../report/resource-result.ts";
import { type ApplyContext, type StepContext, serviceIdOf } from "./apply-context.ts";
import { renameServiceRecords } from "./service-record.ts";
import { renameService, requireAsWritten } from "./write-service.ts";

/**
 * Gives a service a name that RingCX may cut, and nothing else; where RingCX has cut it, now or in an earlier turn, the service
 * gets back the name that it had, and all is as it was.
 *
 * @returns false where its record holds a credential that a write would carry along; `done` then holds the problem
 * @throws {AssumptionBrokenError} where RingCX has cut the name
 */
export async function tryName(
  context: ApplyContext,
  { step, plan, resource, record, service }: StepContext,
  done: ResourceChanges,
): Promise<boolean> {
  if (step.do !== "tryName") return true;
  const { account, accountId, observed, table } = context;
  const { serviceGroupId } = service;
  const { groupName, serviceDescription: name } = resource;
  const serviceId = serviceIdOf(service);
  // Two reads and two writes: it does not stay under half of a name.
  await requireRoom(account, 4, `renaming ${displayName(resource)}`);
  const fresh = await account.services.get(serviceGroupId, serviceId);
  await requireAsWritten(context, serviceGroupId, fresh);
  const problems = writeProblems(fresh, {}, false, plan.path);
  done.problems.push(...problems);
  if (problems.length > 0) return false;
  const { permissions: _permissions, ...kept }: Record<string, unknown> = fresh;
  const write = (values: object) =>
    account.services.update(serviceGroupId, serviceId, { ...kept, ...values } as HttpServiceWrite);
  let answer = fresh;
  if (!isCutName(fresh.serviceDescription, name)) {
    answer = await renameService(context, { service, record }, resource, () => write({ serviceDescription: name }));
    const isTold = () => isSameName(answer.serviceDescription, name) || isCutName(answer.serviceDescription, name);
    // What is answered may be the record from before.
    if (!isTold()) answer = await account.services.get(serviceGroupId, serviceId);
    if (!isTold()) await requireShown(context, `${serviceGroupId}/${serviceId} is not called as it was just named`);
  }
  const { serviceDescription: shown, isEnabled = fresh.isEnabled } = answer;
  if (!isCutName(shown, name)) {
    observed.noteService(serviceGroupId, answer);
    service.isEnabled = isEnabled ?? false;
    service.isRewritten = true;
    return true;
  }
  const called = (serviceDescription: string) => ({ accountId, groupName, serviceDescription });
  const item = await table.get(serviceRecordKey(called(name)));
  if (!item || item.serviceId === serviceId) await renameServiceRecords(context, called(name), called(step.before));
  return undoRename({ shown, before: step.before, resource }, async () => {
    observed.noteService(serviceGroupId, await write({ serviceDescription: step.before, isEnabled }));
  });
}
