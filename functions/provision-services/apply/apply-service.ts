import type { HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import { groupKey } from "../../../shared/contract/resource-key.ts";
import type { ServiceRecord } from "../../../shared/records/account/service.ts";
import type { HttpService, HttpServiceWrite } from "../../../shared/ringcx/resources/http-service.ts";
import type { ResourcePlan } from "../plan/resource-plan.ts";
import type { Effect } from "../report/resource-result.ts";
import { idOf, type Progress, type Turn, type Work } from "./apply-context.ts";
import { settleActivation } from "./apply-enabled-state.ts";
import { createInputs, deleteInput, reconcileInputs } from "./apply-inputs.ts";
import { announceCreation, createOnce } from "./create-once.ts";
import { rememberService } from "./service-record.ts";
import { prove } from "./validate-endpoint.ts";
import { confirmLink, update } from "./write-service.ts";

/** Carries out what is planned for a service and records it. Stops where a probe or a look at the record says so. */
export async function applyService(
  work: Work,
  plan: ResourcePlan,
  resource: HttpServiceManifest,
  effect: Effect,
): Promise<void> {
  const record = work.known.services.get(plan.key);
  const progress = begin(work, plan, resource, record);
  effect.ids.serviceGroupId = progress.serviceGroupId;
  for (const step of plan.steps) {
    const isDone = await carryOut(work, { step, plan, resource, record, progress }, effect);
    if (!isDone) return;
    effect.changes.push(...step.says);
  }
  await rememberService(work, plan, resource, {
    record,
    progress,
    serviceId: idOf(progress),
    isCreated: effect.isCreated,
  });
}

function begin(
  work: Work,
  plan: ResourcePlan,
  resource: HttpServiceManifest,
  record: ServiceRecord | undefined,
): Progress {
  const groupName = resource.groupName;
  const groupId =
    plan.found?.serviceGroupId ?? work.view.groups.find((group) => group.groupName === groupName)?.serviceGroupId;
  if (groupId === undefined) throw new Error(`The group ${groupKey(groupName)} was planned for but is not there`);
  const serviceId = plan.found?.serviceId;
  const service = serviceId === undefined ? undefined : work.view.service(serviceId);
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
    isProven: false,
    isRewritten: false,
  };
}

/** @returns false when the rest must not be done; the effect then says why */
async function carryOut(
  work: Work,
  { step, plan, resource, record, progress }: Turn,
  effect: Effect,
): Promise<boolean> {
  const { account } = work;
  const { serviceGroupId } = progress;
  switch (step.do) {
    case "proveCandidate": {
      const result = await prove(work, resource, record);
      if (!result || result.passed) {
        progress.isProven = result !== undefined;
        return true;
      }
      effect.isUnproven = true;
      const hint = "the live service is as it was; mend the endpoint or the manifest and send the message again";
      effect.problems.push({ path: `${plan.path}.validation`, message: result.because, hint });
      return false;
    }
    case "createService":
      await announce(work, resource);
      noteMade(
        work,
        progress,
        effect,
        await createOnce(
          () => account.services.create(serviceGroupId, step.body as HttpServiceWrite),
          () => lookUp(work, serviceGroupId, resource),
        ),
      );
      work.view.noteInputs(idOf(progress), []);
      return true;
    case "updateService":
      return update(work, { step, plan, resource, record, progress }, effect);
    case "confirmAuthLink":
      await confirmLink(work, idOf(progress), step.authConfigId, progress);
      return true;
    case "createInputs":
      await createInputs(work, serviceGroupId, idOf(progress), step.inputs);
      return true;
    case "deleteInput":
      await deleteInput(work, serviceGroupId, idOf(progress), step.inputId);
      return true;
    case "reconcileInputs":
      effect.changes.push(...(await reconcileInputs(work, serviceGroupId, idOf(progress), step.inputs)));
      return true;
    case "cloneService":
      await announce(work, resource);
      noteMade(
        work,
        progress,
        effect,
        await createOnce(
          () => account.services.clone(serviceGroupId, step.serviceId, resource.serviceDescription),
          () => lookUp(work, serviceGroupId, resource),
        ),
      );
      return true;
    case "makeInactive":
      if (progress.isEnabled) await makeInactive(work, resource, progress, effect);
      return true;
    case "settleActivation":
      await settleActivation(
        work,
        {
          resource,
          record,
          path: plan.path,
          serviceGroupId,
          serviceId: idOf(progress),
          isEnabled: progress.isEnabled,
          isLinkConfirmed: progress.link.isConfirmed,
          isProven: progress.isProven,
          isRewritten: progress.isRewritten,
          isNew: effect.isCreated || (work.known.creating.has(plan.key) && record === undefined),
        },
        effect,
      );
      return true;
    default:
      throw new Error(`${step.do} is no step of a service`);
  }
}

/** A service of that name that was there before, and was active, says nothing about the new one. */
async function announce(work: Work, resource: HttpServiceManifest): Promise<void> {
  const { accountId, activation } = work;
  await announceCreation(work, resource);
  const { groupName, serviceDescription } = resource;
  await activation.change({ accountId, groupName, serviceDescription }, { lastAppliedState: false });
}

/** What was born active must not take calls; what an earlier delivery activated after its proof stays. */
async function makeInactive(
  work: Work,
  resource: HttpServiceManifest,
  progress: Progress,
  effect: Effect,
): Promise<void> {
  const { account, accountId, activation, view } = work;
  const name = { accountId, groupName: resource.groupName, serviceDescription: resource.serviceDescription };
  if ((await activation.get(name)).lastAppliedState?.isActive === true) return;
  await account.services.setActive(progress.serviceGroupId, idOf(progress), false);
  await activation.change(name, { lastAppliedState: false });
  view.noteActive(idOf(progress), false);
  progress.isEnabled = false;
  effect.changes.push("deactivated: it was born active");
}

function noteMade({ view }: Work, progress: Progress, effect: Effect, service: HttpService): void {
  view.noteService(progress.serviceGroupId, service);
  effect.isCreated = true;
  effect.ids.serviceId = service.serviceId;
  progress.serviceId = service.serviceId;
  progress.isEnabled = service.isEnabled ?? false;
}

async function lookUp({ view }: Work, serviceGroupId: number, { serviceDescription }: HttpServiceManifest) {
  view.forget();
  await view.readTree();
  return view.serviceNamed(serviceGroupId, serviceDescription);
}
