import type { HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import { groupKey } from "../../../shared/contract/resource-key.ts";
import type { ServiceRecord } from "../../../shared/records/account/service.ts";
import type { HttpService, HttpServiceWrite } from "../../../shared/ringcx/resources/http-service.ts";
import type { ResourcePlan } from "../plan/resource-plan.ts";
import type { ResourceChanges } from "../report/resource-result.ts";
import { type ApplyContext, type ServiceInProgress, type StepContext, serviceIdOf } from "./apply-context.ts";
import { applyEnabledState } from "./apply-enabled-state.ts";
import { createInputs, deleteInput, reconcileInputs } from "./apply-inputs.ts";
import { announceCreation, createOnce } from "./create-once.ts";
import { saveServiceRecord } from "./service-record.ts";
import { validateEndpoint } from "./validate-endpoint.ts";
import { confirmLink, writeService } from "./write-service.ts";

/** Carries out what is planned for a service and records it. Stops where a probe or a look at the record says so. */
export async function applyService(
  context: ApplyContext,
  plan: ResourcePlan,
  resource: HttpServiceManifest,
  done: ResourceChanges,
): Promise<void> {
  const record = context.stored.services.get(plan.key);
  const service = startService(context, plan, resource, record);
  done.ids.serviceGroupId = service.serviceGroupId;
  for (const step of plan.steps) {
    const isDone = await applyServiceStep(context, { step, plan, resource, record, service }, done);
    if (!isDone) return;
    done.change(...step.changes);
  }
  await saveServiceRecord(context, plan, resource, {
    record,
    service,
    isCreated: done.isCreated,
  });
}

function startService(
  context: ApplyContext,
  plan: ResourcePlan,
  resource: HttpServiceManifest,
  record: ServiceRecord | undefined,
): ServiceInProgress {
  const groupName = resource.groupName;
  const groupId =
    plan.found?.serviceGroupId ??
    context.observed.groups.find((group) => group.groupName === groupName)?.serviceGroupId;
  if (groupId === undefined) throw new Error(`The group ${groupKey(groupName)} was planned for but is not there`);
  const serviceId = plan.found?.serviceId;
  const service = serviceId === undefined ? undefined : context.observed.service(serviceId);
  const authConfigId = service?.authConfigId ?? record?.authConfigId;
  return {
    serviceGroupId: groupId,
    serviceId,
    isEnabled: service?.isEnabled ?? false,
    // A link is in doubt only when a step is to confirm it.
    link: {
      ...(authConfigId !== undefined && { authConfigId }),
      isConfirmed: !plan.steps.some((step) => step.do === "confirmAuthLink"),
      ...(record?.isLinkShownInV1 !== undefined && { isShownInV1: record.isLinkShownInV1 }),
    },
    isValidated: false,
    isRewritten: false,
  };
}

/** @returns false when the rest must not be done; the effect then says why */
async function applyServiceStep(
  context: ApplyContext,
  { step, plan, resource, record, service }: StepContext,
  done: ResourceChanges,
): Promise<boolean> {
  const { account } = context;
  const { serviceGroupId } = service;
  switch (step.do) {
    case "validateCandidate": {
      const result = await validateEndpoint(context, resource, record);
      if (!result || result.passed) {
        service.isValidated = result !== undefined;
        return true;
      }
      done.isUnvalidated = true;
      const hint = "the live service is as it was; mend the endpoint or the manifest and send the message again";
      done.problems.push({ path: `${plan.path}.validation`, message: result.because, hint });
      return false;
    }
    case "createService":
      await announceService(context, resource);
      noteCreated(
        context,
        service,
        done,
        await createOnce(
          () => account.services.create(serviceGroupId, step.body as HttpServiceWrite),
          () => findByName(context, serviceGroupId, resource),
        ),
      );
      context.observed.noteInputs(serviceIdOf(service), []);
      return true;
    case "updateService":
      return writeService(context, { step, plan, resource, record, service }, done);
    case "confirmAuthLink":
      await confirmLink(context, serviceIdOf(service), step.authConfigId, service);
      return true;
    case "createInputs":
      await createInputs(context, serviceGroupId, serviceIdOf(service), step.inputs);
      return true;
    case "deleteInput":
      await deleteInput(context, serviceGroupId, serviceIdOf(service), step.inputId);
      return true;
    case "reconcileInputs":
      done.change(...(await reconcileInputs(context, serviceGroupId, serviceIdOf(service), step.inputs)));
      return true;
    case "cloneService":
      await announceService(context, resource);
      noteCreated(
        context,
        service,
        done,
        await createOnce(
          () => account.services.clone(serviceGroupId, step.serviceId, resource.serviceDescription),
          () => findByName(context, serviceGroupId, resource),
        ),
      );
      return true;
    case "makeInactive":
      if (service.isEnabled) await makeInactive(context, resource, service, done);
      return true;
    case "applyEnabledState":
      await applyEnabledState(
        context,
        {
          resource,
          record,
          path: plan.path,
          serviceGroupId,
          serviceId: serviceIdOf(service),
          isEnabled: service.isEnabled,
          isLinkConfirmed: service.link.isConfirmed,
          isValidated: service.isValidated,
          isRewritten: service.isRewritten,
          isNew: done.isCreated || (context.stored.creationIntents.has(plan.key) && record === undefined),
        },
        done,
      );
      return true;
    default:
      throw new Error(`${step.do} is no step of a service`);
  }
}

/** A service of that name that was there before, and was active, says nothing about the new one. */
async function announceService(context: ApplyContext, resource: HttpServiceManifest): Promise<void> {
  const { accountId, activation } = context;
  await announceCreation(context, resource);
  const { groupName, serviceDescription } = resource;
  await activation.change({ accountId, groupName, serviceDescription }, { lastAppliedState: false });
}

/** What was born active must not take calls; what an earlier delivery activated after its proof stays. */
async function makeInactive(
  context: ApplyContext,
  resource: HttpServiceManifest,
  progress: ServiceInProgress,
  done: ResourceChanges,
): Promise<void> {
  const { account, accountId, activation, observed } = context;
  const name = { accountId, groupName: resource.groupName, serviceDescription: resource.serviceDescription };
  if ((await activation.get(name)).lastAppliedState?.isActive === true) return;
  await account.services.setActive(progress.serviceGroupId, serviceIdOf(progress), false);
  await activation.change(name, { lastAppliedState: false });
  observed.noteActive(serviceIdOf(progress), false);
  progress.isEnabled = false;
  done.change("deactivated: it was born active");
}

function noteCreated(
  { observed }: ApplyContext,
  progress: ServiceInProgress,
  done: ResourceChanges,
  service: HttpService,
): void {
  observed.noteService(progress.serviceGroupId, service);
  done.isCreated = true;
  done.ids.serviceId = service.serviceId;
  progress.serviceId = service.serviceId;
  progress.isEnabled = service.isEnabled ?? false;
}

async function findByName(
  { observed }: ApplyContext,
  serviceGroupId: number,
  { serviceDescription }: HttpServiceManifest,
) {
  observed.forget();
  await observed.readTree();
  return observed.serviceNamed(serviceGroupId, serviceDescription);
}
