import { endpointOf, type HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import type { Problem } from "../../../shared/contract/outcome.ts";
import { authConfigKey, groupKey, type ResourceKey } from "../../../shared/contract/resource-key.ts";
import { nearest } from "../../../shared/primitives/nearest.ts";
import { isRenamed, isSameName, namedAlike, namedOrCut } from "../../../shared/primitives/same-name.ts";
import type { ServiceRecord } from "../../../shared/records/account/service.ts";
import { type HttpService, urlOf } from "../../../shared/ringcx/resources/http-service.ts";
import { howToDeclare } from "../desired/copied-path.ts";
import { hostLeftBehind } from "../desired/moved-validation.ts";
import { idsOf, type PlacedService, servicesOfTree } from "../read/observed-account.ts";
import { cutNameProblem, cutNamesake, mayBeCut, nameBefore } from "./cut-names.ts";
import { nothingToRename } from "./not-there.ts";
import { adoptHint, beginsAs, copyTargetKey, isBegunHere, mayChange, replacedByCopy, whoseItIs } from "./ownership.ts";
import { findSwap, missingPartner, swapProblems, swapSteps } from "./plan-swap.ts";
import { plannedChange } from "./planned-values.ts";
import { emptyPlan, type PlanContext, type ResourcePlan, type Step } from "./resource-plan.ts";
import { writeProblems } from "./service-fields.ts";
import { alterationSteps, cloneSteps, creationSteps } from "./service-steps.ts";

/** Beside what every planner is given: what the message brings along, and the ids known so far. */
export interface ServicePlanContext extends PlanContext<HttpServiceManifest> {
  declared: ReadonlySet<ResourceKey>;
  /** Of auth configs that the message declares, also of those that are still to be made. */
  authConfigIds: ReadonlyMap<ResourceKey, string>;
  groupIds: ReadonlyMap<ResourceKey, number>;
}

/** What is to be done about a service: found by its name, by the id that we know, or by its previous name. */
export function planService(planning: ServicePlanContext): ResourcePlan<HttpServiceManifest> {
  const { resource, path, request, observed, stored, declared, groupIds } = planning;
  const empty = emptyPlan(resource, { path, generation: request.generation, stored });
  const { key } = empty;
  const record = stored.services.get(key);
  const ownGroup = groupKey(resource.groupName);
  const [namedGroup] = namedOrCut(observed.groups, resource.groupName, (group) => group.groupName);
  const groupId = groupIds.get(ownGroup) ?? namedGroup?.serviceGroupId;
  const inGroup = servicesOfTree(observed.groups).filter(({ serviceGroupId }) => serviceGroupId === groupId);
  const swap = findSwap(resource, request, inGroup, stored);
  const noPartner = swap ? undefined : missingPartner(resource, request, inGroup);
  const [placed, ...namesakes] = swap ? [swap.own] : findServices(resource, inGroup, record?.serviceId);
  const dependsOn = [
    ownGroup,
    ...(resource.authConfig === undefined ? [] : [authConfigKey(resource.authConfig)]),
  ].filter((needed) => declared.has(needed));
  const base = { ...empty, dependsOn, found: placed && idsOf(placed) };
  const authConfig = authConfigOf(planning);
  const renamed = renamedGroup(planning);
  if (renamed.length > 0) return { ...base, problems: [...authConfig.problems, ...renamed] };
  const problems = [...authConfig.problems, ...missingGroup(planning, groupId)];
  if (problems.length > 0) return { ...base, problems, isByReading: true };
  if (noPartner) return { ...base, problems: [{ path: `${path}.previousName`, ...noPartner }], isByReading: true };
  const source = request.clones?.get(key);
  const { serviceDescription: name, previousName } = resource;
  const known = inGroup.flatMap(({ service }) => service.serviceDescription ?? []);
  const notes = placed || previousName === undefined ? [] : [nothingToRename("service", { name, previousName }, known)];
  if (!placed && source) return { ...base, notes, steps: cloneSteps(resource, source, authConfig.authConfigId) };
  if (!placed) return { ...base, notes, steps: creationSteps(resource, request.accountId, authConfig.authConfigId) };

  const twin = swap ? undefined : previousTwin(resource, placed, servicesOfTree(observed.groups));
  if (twin) return { ...base, problems: [{ path: `${path}.previousName`, ...twin }], isByReading: true };
  const { service } = placed;
  const isOurs = record?.serviceId === service.serviceId || stored.creationIntents.has(key);
  const namesake = isOurs ? undefined : cutNamesake(service.serviceDescription, resource, path);
  if (namesake) return { ...base, found: undefined, problems: [namesake], isByReading: true };
  if (!mayChange({ isOurs, namesakes: [placed, ...namesakes] }, resource.adopt)) {
    const ids = [placed, ...namesakes].map((one) => one.service.serviceId).join(", ");
    const begun = stored.begunAs.get(key);
    if (begun !== undefined) return { ...base, problems: [{ path, ...beginsAs(begun) }] };
    const message = `a service of this name exists already (serviceId ${ids}) and ${whoseItIs(stored.madeAs.get(service.serviceId))}`;
    return { ...base, problems: [{ path, message, hint: adoptHint(namesakes.length > 0) }], isByReading: true };
  }
  const maker = record?.serviceId === service.serviceId ? record : stored.creationIntents.get(key);
  const copied = { copiedFrom: request.copiedFrom?.get(copyTargetKey(resource)), generation: request.generation };
  const isNew = isBegunHere(key, record, stored);
  const isUnsaved = isNew && record === undefined;
  const wasRenamed = (record?.formerNames ?? []).length > 0;
  const cut = cutNameProblem(service.serviceDescription, resource, { path, wasRenamed });
  const before = nameBefore(resource, [record?.manifest.serviceDescription, previousName]);
  if (cut && !isUnsaved && before !== undefined) return { ...base, steps: [nameStep(resource, service, before)] };
  if (cut && !isUnsaved) return { ...base, ...cut };
  // Made just now: nothing more is written, but it must not stay active, and it is to be known.
  if (cut) return { ...base, steps: [{ do: "makeInactive", changes: [] }] };
  const replaced = replacedByCopy(maker, copied, resource.adopt);
  if (replaced) return { ...base, problems: [{ path, ...replaced }] };
  const left = resource.validation ? undefined : leftBehind(resource, service, record);
  if (left) return { ...base, problems: [{ path: `${path}.validation`, ...left }] };
  const isTried = mayBeCut(name) && isRenamed(service.serviceDescription, name, previousName);
  const tried = isTried && !swap ? [nameStep(resource, service, service.serviceDescription)] : [];
  const renaming = swap ? swapSteps(resource, swap) : tried;
  const unnameable = swap && renaming.length > 0 ? swapProblems(swap, path) : [];
  if (unnameable.length > 0) return { ...base, problems: unnameable };
  const change = alterationSteps(resource, {
    // A swapped name is given before anything else is written: it must not hang on a validation. So is one that may be cut.
    service: renaming.length > 0 ? { ...service, serviceDescription: name } : service,
    record,
    authConfigId: authConfig.authConfigId,
    isNew,
  });
  const carried = change.steps.some((step) => step.do === "updateService")
    ? writeProblems(service, change.fields, resource.authConfig !== undefined, path)
    : [];
  if (carried.length > 0) return { ...base, problems: carried };
  return {
    ...base,
    steps: [...renaming, ...change.steps],
    remarks: isOurs ? knownOtherwise(resource, record) : ["adopted"],
  };
}

/** The new name is written alone, where RingCX may cut it. @param before what it is called now, or was */
function nameStep(
  { serviceDescription: name }: HttpServiceManifest,
  { serviceDescription: shown }: HttpService,
  before: string,
): Step {
  const planned = plannedChange("serviceDescription", shown, name);
  return {
    do: "tryName",
    before,
    changes: [`serviceDescription (was ${JSON.stringify(shown)})`],
    plannedChanges: [planned],
  };
}

/** That the table knew it by another name, which a person has changed in RingCX. */
function knownOtherwise(
  { adopt, serviceDescription }: HttpServiceManifest,
  record: ServiceRecord | undefined,
): string[] {
  const before = record?.manifest;
  if (adopt !== true || !before || before.serviceDescription === serviceDescription) return [];
  return [`adopted: it was known as ${before.groupName}/${before.serviceDescription}`];
}

/** The message renames the service's group, and names the service by the group's old name: then it would be known twice. */
function renamedGroup({ resource, path, request }: ServicePlanContext): Problem[] {
  const renamed = request.resources.find(
    (other) =>
      other.kind === "httpServiceGroup" &&
      isSameName(other.previousName, resource.groupName) &&
      !isSameName(other.groupName, resource.groupName),
  );
  if (renamed?.kind !== "httpServiceGroup") return [];
  const message = `the message renames this group to ${JSON.stringify(renamed.groupName)}`;
  return [{ path: `${path}.groupName`, message, hint: "name the service by the group's new name" }];
}

/** The new name is another service's: to give it this one's contents would overwrite it, and leave both. */
function previousTwin(
  { serviceDescription, previousName }: HttpServiceManifest,
  placed: PlacedService,
  services: readonly PlacedService[],
): Omit<Problem, "path"> | undefined {
  if (previousName === undefined || isSameName(previousName, serviceDescription)) return undefined;
  const isThere = services.some(
    (other) =>
      other.serviceGroupId === placed.serviceGroupId && isSameName(other.service.serviceDescription, previousName),
  );
  if (!isThere || isSameName(placed.service.serviceDescription, previousName)) return undefined;
  return {
    message: `there is a service ${JSON.stringify(previousName)}, and another that is called ${JSON.stringify(serviceDescription)} already`,
    hint: "leave previousName out to change the one that has the name; to swap names declare both services, each with the other's name as its previousName",
  };
}

/** The endpoint moves, and the validation of an earlier message would go on asking another host. */
function leftBehind(resource: HttpServiceManifest, service: HttpService, record: ServiceRecord | undefined) {
  const { validation, httpServiceConfig, soapEndpoint = httpServiceConfig?.url } = { ...record?.manifest };
  // From where it was when the validation was declared: what somebody moved by hand is put back.
  const host = hostLeftBehind(validation, { from: soapEndpoint ?? urlOf(service), to: endpointOf(resource) });
  if (host === undefined) return undefined;
  return {
    message: `the endpoint moves, and the validation that an earlier message declared asks ${host}, whatever the new endpoint does`,
    hint: "declare the validation in this message: without a url it asks the endpoint",
  };
}

/** The service that is meant; more than one where several have the name in other spellings. */
function findServices(
  { serviceDescription, previousName }: HttpServiceManifest,
  inGroup: readonly PlacedService[],
  knownId: number | undefined,
): readonly PlacedService[] {
  const named = (name: string) => namedOrCut(inGroup, name, ({ service }) => service.serviceDescription);
  const exact = inGroup.filter(({ service }) => service.serviceDescription === serviceDescription);
  if (exact.length > 0) return exact.slice(0, 1);
  const known = inGroup.filter(({ service }) => service.serviceId === knownId);
  if (known.length > 0) return known;
  const alike = named(serviceDescription);
  return alike.length > 0 || previousName === undefined ? alike : named(previousName).slice(0, 1);
}

function authConfigOf(planning: ServicePlanContext): { authConfigId?: string; problems: Problem[] } {
  const { resource, path, observed, stored, declared, authConfigIds } = planning;
  const { authConfig: name } = resource;
  if (name === undefined) return { problems: [] };
  const key = authConfigKey(name);
  const id = authConfigIds.get(key) ?? stored.authConfigs.get(key)?.authConfigId;
  if (id !== undefined) return { authConfigId: id, problems: [] };
  // Its own problems stand at its own place.
  if (declared.has(key)) return { problems: [] };
  const namesakes = namedAlike(observed.authConfigs ?? [], name, ({ providerName }) => providerName);
  const [only] = namesakes;
  if (only && namesakes.length === 1) return { authConfigId: only.authConfigId, problems: [] };
  const message = only ? `${namesakes.length} auth configs have this name` : "no auth config has this name";
  const known = (observed.authConfigs ?? []).flatMap(({ providerName }) => providerName ?? []);
  const hint = `${howToDeclare(path, name)}${only ? "" : `, or name one that is there.${nearest(name, known)}`}`;
  return { problems: [{ path: `${path}.authConfig`, message, hint }] };
}

function missingGroup(
  { resource, path, declared, observed }: ServicePlanContext,
  groupId: number | undefined,
): Problem[] {
  if (groupId !== undefined || declared.has(groupKey(resource.groupName))) return [];
  const known = observed.groups.map(({ groupName }) => groupName);
  const hint = `declare it in the message as an httpServiceGroup, or name one that is there.${nearest(resource.groupName, known)}`;
  return [{ path: `${path}.groupName`, message: "no service group has this name", hint }];
}
