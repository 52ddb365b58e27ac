import type { HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import { isSameId } from "../../../shared/ringcx/resources/auth-config.ts";
import type { HttpServiceWrite } from "../../../shared/ringcx/resources/http-service.ts";
import { carriedCredentials } from "../plan/service-fields.ts";
import type { ResourceChanges } from "../report/resource-result.ts";
import { type ApplyContext, type ServiceInProgress, type StepContext, serviceIdOf } from "./apply-context.ts";
import { renameServiceRecords } from "./service-record.ts";

/** The answer to the write is the record as RingCX keeps it; where v1 does not show the link, v2 does and can set it. */
export async function confirmLink(
  { account, observed }: ApplyContext,
  serviceId: number,
  authConfigId: string,
  service: ServiceInProgress,
): Promise<void> {
  const { serviceGroupId, link } = service;
  link.authConfigId = authConfigId;
  if (isSameId(observed.service(serviceId)?.authConfigId, authConfigId)) {
    link.isConfirmed = true;
    link.isShownInV1 = true;
    return;
  }
  link.isShownInV1 = false;
  const v2 = await account.services.getV2(serviceGroupId, serviceId);
  if (!isSameId(v2.authConfigId, authConfigId)) {
    const { permissions: _permissions, ...kept } = v2;
    await account.services.updateV2(serviceGroupId, serviceId, { ...kept, authConfigId });
    const after = await account.services.getV2(serviceGroupId, serviceId);
    link.isConfirmed = isSameId(after.authConfigId, authConfigId);
    return;
  }
  link.isConfirmed = true;
}

/** Replaces the whole record, so it is read afresh: what came in since, `isEnabled` too, must survive. */
export async function writeService(
  context: ApplyContext,
  { step, plan, resource, service }: StepContext,
  done: ResourceChanges,
): Promise<boolean> {
  if (step.do !== "updateService") return true;
  const { account, observed } = context;
  const { serviceGroupId } = service;
  if (step.fields.serviceDescription !== undefined) await moveServiceRecords(context, service, resource);
  const fresh = await account.services.get(serviceGroupId, serviceIdOf(service));
  const problems = carriedCredentials(fresh, step.fields, resource.authConfig !== undefined, plan.path);
  if (problems.length > 0) {
    done.problems.push(...problems);
    return false;
  }
  const { permissions: _permissions, ...kept } = fresh;
  const record: Record<string, unknown> = { ...kept, ...step.fields };
  if (step.authConfigId !== undefined) record.authConfigId = step.authConfigId;
  for (const field of step.dropped) delete record[field];
  const answer = await account.services.update(serviceGroupId, serviceIdOf(service), record as HttpServiceWrite);
  observed.noteService(serviceGroupId, answer);
  service.isEnabled = answer.isEnabled ?? fresh.isEnabled ?? false;
  service.isRewritten = true;
  return true;
}

/** Before the new name is written: after a crash in between, what we know is found under the new name already. */
async function moveServiceRecords(
  { accountId, table, observed }: ApplyContext,
  service: ServiceInProgress,
  { groupName, serviceDescription }: HttpServiceManifest,
) {
  const before = observed.service(serviceIdOf(service))?.serviceDescription;
  if (before === undefined || before === serviceDescription) return;
  const name = (description: string) => ({ accountId, groupName, serviceDescription: description });
  await renameServiceRecords(table, name(before), name(serviceDescription));
}
