import { isDeepStrictEqual } from "node:util";
import type { HttpServiceManifest, Input } from "../../shared/contract/http-service.ts";
import { endpointOf } from "../../shared/contract/http-service.ts";
import { AmbiguousWriteError } from "../../shared/ringcx/errors.ts";
import type { HttpServiceWrite } from "../../shared/ringcx/http-service.ts";
import { keys } from "../../shared/state/keys.ts";
import type { ResourcePlan, Step } from "./plan.ts";
import { planInputs } from "./plan-inputs.ts";
import { prove } from "./prove.ts";
import type { ServiceRecord } from "./records.ts";
import { groupKey, isSameId } from "./resource-key.ts";
import { carriedCredentials } from "./service-fields.ts";
import { settleActivation } from "./settle-activation.ts";
import { announceCreation, createOnce, type Effect, saveRecord, type Work } from "./work.ts";

/** What is known of the service while its steps are carried out. */
interface Progress {
  serviceGroupId: number;
  serviceId: number | undefined;
  isEnabled: boolean;
  link: { authConfigId?: string; isConfirmed: boolean; isShownInV1?: boolean };
  isProven: boolean;
  isRewritten: boolean;
}

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
  await remember(work, plan, resource, { record, progress, isCreated: effect.isCreated });
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

interface Turn {
  step: Step;
  plan: ResourcePlan;
  resource: HttpServiceManifest;
  record: ServiceRecord | undefined;
  progress: Progress;
}

/** @returns false when the rest must not be done; the effect then says why */
async function carryOut(
  work: Work,
  { step, plan, resource, record, progress }: Turn,
  effect: Effect,
): Promise<boolean> {
  const { account, view } = work;
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
    case "createService": {
      await announceCreation(work, resource);
      const service = await createOnce(
        () => account.services.create(serviceGroupId, step.body as HttpServiceWrite),
        async () => {
          view.forget();
          await view.readTree();
          return view.serviceNamed(serviceGroupId, resource.serviceDescription);
        },
      );
      view.noteService(serviceGroupId, service);
      view.noteInputs(service.serviceId, []);
      effect.isCreated = true;
      progress.serviceId = service.serviceId;
      effect.ids.serviceId = service.serviceId;
      progress.isEnabled = service.isEnabled ?? false;
      return true;
    }
    case "updateService":
      return update(work, { step, plan, resource, record, progress }, effect);
    case "confirmAuthLink":
      await confirmLink(work, step.authConfigId, progress);
      return true;
    case "createInputs":
      await createInputs(work, serviceGroupId, idOf(progress), step.inputs);
      return true;
    case "deleteInput": {
      const serviceId = idOf(progress);
      await account.inputs.delete(serviceGroupId, serviceId, step.inputId);
      view.noteInputs(
        serviceId,
        (view.inputs.get(serviceId) ?? []).filter(({ inputId }) => inputId !== step.inputId),
      );
      return true;
    }
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
        },
        effect,
      );
      return true;
    default:
      throw new Error(`${step.do} is no step of a service`);
  }
}

/** Replaces the whole record, so it is read afresh: what came in since, `isEnabled` too, must survive. */
async function update(work: Work, { step, plan, resource, progress }: Turn, effect: Effect): Promise<boolean> {
  if (step.do !== "updateService") return true;
  const { account, view } = work;
  const { serviceGroupId } = progress;
  const fresh = await account.services.get(serviceGroupId, idOf(progress));
  const problems = carriedCredentials(fresh, step.fields, resource.authConfig !== undefined, plan.path);
  if (problems.length > 0) {
    effect.problems.push(...problems);
    return false;
  }
  const { permissions: _permissions, ...kept } = fresh;
  const record: Record<string, unknown> = { ...kept, ...step.fields };
  if (step.authConfigId !== undefined) record.authConfigId = step.authConfigId;
  for (const field of step.dropped) delete record[field];
  const answer = await account.services.update(serviceGroupId, idOf(progress), record as HttpServiceWrite);
  view.noteService(serviceGroupId, answer);
  progress.isEnabled = answer.isEnabled ?? fresh.isEnabled ?? false;
  progress.isRewritten = true;
  return true;
}

/** The answer to the write is the record as RingCX keeps it; where v1 does not show the link, v2 does and can set it. */
async function confirmLink({ account, view }: Work, authConfigId: string, progress: Progress): Promise<void> {
  const { serviceGroupId, link } = progress;
  const serviceId = idOf(progress);
  link.authConfigId = authConfigId;
  if (isSameId(view.service(serviceId)?.authConfigId, authConfigId)) {
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

async function createInputs(
  { account, view }: Work,
  serviceGroupId: number,
  serviceId: number,
  inputs: readonly Input[],
): Promise<void> {
  const before = view.inputs.get(serviceId) ?? [];
  try {
    view.noteInputs(serviceId, [...before, ...(await account.inputs.create(serviceGroupId, serviceId, inputs))]);
  } catch (error) {
    if (!(error instanceof AmbiguousWriteError)) throw error;
    const found = await account.inputs.list(serviceGroupId, serviceId);
    const { create } = planInputs(
      inputs,
      found.filter(({ inputId }) => !before.some((known) => known.inputId === inputId)),
    );
    const made = create.length > 0 ? await account.inputs.create(serviceGroupId, serviceId, create) : [];
    view.noteInputs(serviceId, [...found, ...made]);
  }
}

/** Writes down the service, which alarms speak for it and which auth config it uses, where that differs. */
async function remember(
  work: Work,
  plan: ResourcePlan,
  resource: HttpServiceManifest,
  { record, progress, isCreated }: { record: ServiceRecord | undefined; progress: Progress; isCreated: boolean },
): Promise<void> {
  const { accountId, table, stamp } = work;
  const { serviceGroupId, link } = progress;
  const name = { accountId, groupName: resource.groupName, serviceDescription: resource.serviceDescription };
  const ids = { ...name, serviceGroupId, serviceId: idOf(progress) };
  const manifest = storedManifest(resource, record?.manifest);
  const attributes = {
    ...ids,
    manifest,
    stamp,
    ...(link.authConfigId !== undefined && { authConfigId: link.authConfigId }),
    ...(link.isShownInV1 !== undefined && { isLinkShownInV1: link.isShownInV1 }),
  };
  const isKnown =
    record &&
    Object.entries(attributes).every(([field, value]) =>
      isDeepStrictEqual(value, (record as unknown as Record<string, unknown>)[field]),
    );
  if (isKnown && !work.known.creating.has(plan.key)) return;

  const alarms = manifest.health?.alarms ?? [];
  for (const alarmArn of alarms) {
    await table.update(keys.alarmService(alarmArn, name), { ...ids, alarmArn, recovery: manifest.health?.recovery });
  }
  for (const alarmArn of record?.manifest.health?.alarms ?? []) {
    if (!alarms.includes(alarmArn)) await table.delete(keys.alarmService(alarmArn, name));
  }
  const authConfigId = manifest.authConfig === undefined ? undefined : link.authConfigId;
  if (authConfigId !== undefined) await table.update(keys.authService(authConfigId, name), ids);
  if (record?.authConfigId !== undefined && record.authConfigId !== authConfigId) {
    await table.delete(keys.authService(record.authConfigId, name));
  }
  await saveRecord(work, resource, { key: plan.key, isCreated }, attributes);
}

/** All that messages have declared; the URL of the validation is written out for whoever probes. */
function storedManifest(resource: HttpServiceManifest, before: HttpServiceManifest | undefined): HttpServiceManifest {
  const { adopt: _adopt, previousName: _previousName, ...declared } = resource;
  // Fields of the one shape mean nothing in the other.
  const isSameShape = (before?.serviceType === "SOAP") === (resource.serviceType === "SOAP");
  const manifest = { ...(isSameShape && before), ...declared } as HttpServiceManifest;
  const { validation } = manifest;
  return validation
    ? { ...manifest, validation: { ...validation, url: validation.url ?? endpointOf(resource) } }
    : manifest;
}

function idOf({ serviceId }: Progress): number {
  if (serviceId === undefined) throw new Error("The service was planned for but is not there");
  return serviceId;
}
