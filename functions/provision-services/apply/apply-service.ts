import { desiredActivation } from "../../../shared/activation/decide-activation.ts";
import { endpointOf, type HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import { groupKey } from "../../../shared/contract/resource-key.ts";
import { isCutName } from "../../../shared/primitives/same-name.ts";
import { failoverMemoryOf } from "../../../shared/records/account/failover-memory.ts";
import type { ServiceRecord } from "../../../shared/records/account/service.ts";
import { isRefusal } from "../../../shared/ringcx/resources/errors.ts";
import { type HttpServiceWrite, urlOf } from "../../../shared/ringcx/resources/http-service.ts";
import { isMaking, requireWholeName } from "../plan/cut-names.ts";
import { isBegunHere } from "../plan/ownership.ts";
import { isWriting } from "../plan/plan-inputs.ts";
import { stepsOfBornClone } from "../plan/replan-service.ts";
import type { ResourcePlan, Step } from "../plan/resource-plan.ts";
import type { ResourceChanges } from "../report/resource-result.ts";
import { type ApplyContext, type ServiceInProgress, type StepContext, serviceIdOf } from "../write/apply-context.ts";
import { applyEnabledState } from "../write/apply-enabled-state.ts";
import { createInputs, deleteInput, reconcileInputs } from "../write/apply-inputs.ts";
import { requireGone } from "../write/create-once.ts";
import { makeInactive, makeService } from "../write/make-service.ts";
import { moveRenamedService, saveServiceRecord } from "../write/service-record.ts";
import { validateEndpoint } from "../write/validate-endpoint.ts";
import { confirmLink, readLink, writeService } from "../write/write-service.ts";

/**
 * Applies what is planned for a service and writes its record. Stops where a validation fails, or where RingCX's record
 * holds a credential that a write would carry along.
 */
export async function applyService(
  context: ApplyContext,
  plan: ResourcePlan,
  resource: HttpServiceManifest,
  done: ResourceChanges,
): Promise<void> {
  const record = context.stored.services.get(plan.key);
  const service = startService(context, plan, resource, record);
  done.ids.serviceGroupId = service.serviceGroupId;
  await moveRenamedService(context, plan, resource, record);
  const shownName = () => context.observed.service(serviceIdOf(service))?.serviceDescription;
  // It is made inactive and written down, so that it can be retired; nothing more is done for it.
  const isCut = () => isCutName(shownName(), resource.serviceDescription);
  const save = (isBegun: boolean) =>
    saveServiceRecord(context, plan, resource, { record, service, isCreated: done.isCreated, isBegun });
  const makeOut = async () => {
    try {
      await makeInactive(context, resource, service, done);
    } finally {
      // Whatever becomes of it, and whoever renames it, it is known by its id.
      if (record?.serviceId !== service.serviceId) await save(true);
    }
  };
  let isMoved = false;
  let left = [...plan.steps];
  for (let step = left.shift(); step !== undefined; step = left.shift()) {
    if (!isMaking(step)) done.begin(step.changes);
    const isDone =
      step.do === "makeInactive" ||
      (await applyServiceStep(context, { step, plan, resource, record, service }, done).catch((error: unknown) => {
        if (isMoved && service.isEnabled && isRefusal(error)) done.remark(takesCalls(resource, step));
        throw error;
      }));
    if (!isDone) return;
    done.change(...step.changes);
    isMoved ||= step.do === "updateService" && endpointFields.some((field) => field in step.fields);
    if (!isMaking(step) && step.do !== "makeInactive") continue;
    await makeOut();
    if (isCut()) break;
    const born = step.do === "cloneService" ? context.observed.service(serviceIdOf(service)) : undefined;
    if (born) left = stepsOfBornClone(left, resource, born);
  }
  await save(isCut());
  requireWholeName(shownName(), resource);
}

/** Fields that say where a service's calls go. */
const endpointFields = ["httpServiceConfig", "soapEndpoint"];

/** That an active service is called at its new endpoint already, although a step after that was refused. */
function takesCalls(resource: HttpServiceManifest, step: Step): string {
  const isOfInputs = ["createInputs", "reconcileInputs", "deleteInput"].includes(step.do);
  const missing = isOfInputs ? "without its inputs as they are declared" : "without all that is declared with it";
  return `it is ACTIVE and takes calls at ${endpointOf(resource)} already, ${missing}: mend that and send the message again, or deactivate it`;
}

function startService(
  context: ApplyContext,
  plan: ResourcePlan,
  resource: HttpServiceManifest,
  record: ServiceRecord | undefined,
): ServiceInProgress {
  const groupName = resource.groupName;
  const groupId = plan.found?.serviceGroupId ?? context.observed.groupNamed(groupName)?.serviceGroupId;
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

/** @returns false when the rest must not be done; `done` then holds the problem */
async function applyServiceStep(
  context: ApplyContext,
  { step, plan, resource, record, service }: StepContext,
  done: ResourceChanges,
): Promise<boolean> {
  const { account } = context;
  const { serviceGroupId } = service;
  switch (step.do) {
    case "validateCandidate": {
      if (!isWriting(plan) && !(await isInService(context, resource))) return true;
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
      if (typeof step.body.authConfigId === "string") {
        context.permitted.requireLink(endpointOf(resource), step.body.authConfigId);
      }
      await requireGone(context, record && { serviceGroupId, serviceId: record.serviceId });
      await makeService(
        context,
        {
          resource,
          service,
          changes: step.changes,
          create: () => account.services.create(serviceGroupId, step.body as HttpServiceWrite),
        },
        done,
      );
      context.observed.noteNoInputs(serviceIdOf(service));
      return true;
    case "swapNames": {
      const { swapNames } = await import("../write/swap-names.ts");
      return swapNames(context, step, { resource, path: plan.path, service }, done);
    }
    case "tryName": {
      const { tryName } = await import("../write/try-name.ts");
      return tryName(context, { step, plan, resource, record, service }, done);
    }
    case "updateService":
      return writeService(context, { step, plan, resource, record, service }, done);
    case "confirmAuthLink":
      await confirmLink(context, serviceIdOf(service), step.authConfigId, { service });
      return true;
    case "createInputs":
      await createInputs(
        context,
        { serviceGroupId, serviceId: serviceIdOf(service) },
        step.inputs,
        resource.httpServiceInputs ?? [],
      );
      return true;
    case "deleteInput":
      await deleteInput(context, serviceGroupId, serviceIdOf(service), step.inputId);
      return true;
    case "reconcileInputs":
      done.change(...(await reconcileInputs(context, serviceGroupId, serviceIdOf(service), step.inputs)));
      return true;
    case "replaceLink": {
      const { replaceLink } = await import("../write/replace-link.ts");
      return replaceLink(context, { step, plan, resource, record, service }, done);
    }
    case "cloneService":
      await requireCloneLink(context, serviceGroupId, step.serviceId);
      await makeService(
        context,
        {
          resource,
          service,
          changes: step.changes,
          create: () => account.services.clone(serviceGroupId, step.serviceId, resource.serviceDescription),
        },
        done,
      );
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
          isNew: done.isCreated || isBegunHere(plan.key, record, context.stored),
        },
        done,
      );
      return true;
    default:
      throw new Error(`${step.do} is no step of a service`);
  }
}

/**
 * Whether a service is active, and nothing is seen of an outage of it. Otherwise the validation may be what is wrong, or the
 * endpoint: who mends it in an outage is not kept from it.
 */
async function isInService({ activation, clock, accountId }: ApplyContext, resource: HttpServiceManifest) {
  const { groupName, serviceDescription } = resource;
  const record = await activation.get({ accountId, groupName, serviceDescription });
  const { suppressed, observedOutage, observedSuppressed } = failoverMemoryOf(record);
  const isOut =
    record.reasons.some(({ kind }) => kind === "OUTAGE") || !desiredActivation(record, clock.now()).isActive;
  return !isOut && (suppressed ?? observedOutage ?? observedSuppressed) === undefined;
}

/** A clone is born with the URL and the link that its source has now, in the same group. */
async function requireCloneLink(context: ApplyContext, serviceGroupId: number, sourceId: number): Promise<void> {
  const source = await context.account.services.get(serviceGroupId, sourceId);
  const link = await readLink(context, serviceGroupId, source);
  if (link !== undefined) context.permitted.requireLink(urlOf(source), link);
}
