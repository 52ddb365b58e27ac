import type { HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import type { ServiceRecord } from "../../../shared/records/account/service.ts";
import { isSameId } from "../../../shared/ringcx/resources/auth-config.ts";
import type { HttpService } from "../../../shared/ringcx/resources/http-service.ts";
import { effectiveValidation } from "../desired/effective-manifest.ts";
import { declaredChanges, isValidationAnew } from "./declared-changes.ts";
import { inputSteps, planInputs } from "./plan-inputs.ts";
import type { CloneSource, Step } from "./resource-plan.ts";
import { differingFields, namedFields, plannedFields, replacedByAuthConfig } from "./service-fields.ts";

/** A new service is inactive until its endpoint is validated. */
export function creationSteps(
  resource: HttpServiceManifest,
  accountId: string,
  authConfigId: string | undefined,
): Step[] {
  const { httpServiceInputs = [] } = resource;
  const body = {
    accountId,
    ...namedFields(resource),
    ...(authConfigId !== undefined && { authConfigId }),
    isEnabled: false,
  };
  return [
    { do: "createService", body, changes: ["created"], plannedChanges: ["created", ...plannedFields(resource)] },
    ...linkSteps(authConfigId, []),
    ...inputSteps(planInputs(httpServiceInputs, [])),
    enabledStateStep(resource, { isActive: false, isNew: true }),
  ];
}

/** RingCX copies everything, also what we do not know and what cannot be read; then the differences are written. */
export function cloneSteps(
  resource: HttpServiceManifest,
  source: CloneSource,
  authConfigId: string | undefined,
): Step[] {
  const { serviceId, serviceDescription } = source.service;
  const born: HttpService = { ...source.service, serviceDescription: resource.serviceDescription, isEnabled: false };
  const { httpServiceInputs, ...others } = resource;
  const { steps } = alterationSteps(others, {
    service: born,
    record: undefined,
    authConfigId,
    isNew: false,
    isClone: true,
  });
  return [
    { do: "cloneService", serviceId, changes: [`cloned from ${JSON.stringify(serviceDescription)}`] },
    // Whether a clone brings its inputs along is not documented, and they have other ids.
    ...(httpServiceInputs ? [{ do: "reconcileInputs", inputs: httpServiceInputs, changes: [] } as const] : []),
    // Nor is whether it is linked as its source is; where v1 shows that it is, this costs no request.
    ...(steps.some((step) => step.do === "confirmAuthLink") ? [] : linkSteps(authConfigId, [])),
    ...steps,
  ];
}

/** A service that is there, or will be once it is cloned. */
interface Found {
  service: HttpService;
  record: ServiceRecord | undefined;
  authConfigId: string | undefined;
  /** We began to create it and did not see the end: it is not live, whatever it says. */
  isNew: boolean;
  /** It is about to be cloned: `service` says what it will be. @default false */
  isClone?: boolean;
}

/** What is written of a service that is there, with the fields that differ. */
export function alterationSteps(
  resource: HttpServiceManifest,
  { service, record, authConfigId, isNew, isClone = false }: Found,
) {
  const { fields, changes: differing, plannedChanges } = differingFields(resource, service, record?.manifest);
  const isLinked = authConfigId === undefined || isLinkedWith(authConfigId, service, record);
  const dropped = replacedByAuthConfig(service, authConfigId !== undefined);
  // Where v1 is known not to keep the link, a PUT would not set it.
  const needsPut =
    Object.keys(fields).length > 0 || dropped.length > 0 || (!isLinked && record?.isLinkShownInV1 !== false);
  const removed = dropped.map((field) => `${field} removed: the auth config takes its place`);
  const put = { changes: [...differing, ...removed], plannedChanges: [...plannedChanges, ...removed] };
  const writes: Step[] = [
    ...(needsPut ? [{ do: "updateService", fields, dropped, authConfigId, ...put } as const] : []),
    ...(needsPut || !isLinked ? linkSteps(authConfigId, isLinked ? [] : [`authConfig ${resource.authConfig}`]) : []),
    // What they are is read when the service's turn comes.
    ...(resource.httpServiceInputs
      ? [{ do: "reconcileInputs", inputs: resource.httpServiceInputs, changes: [] } as const]
      : []),
  ];
  const validation = effectiveValidation(resource, record);
  const isDeclaredAnew = isValidationAnew(resource, record?.manifest);
  const isAsked = validation !== undefined && (writes.length > 0 || isDeclaredAnew);
  const isLive = !isNew && service.isEnabled === true && isAsked;
  const first: Step[] = [
    ...(isNew ? [{ do: "makeInactive", changes: [] } as const] : []),
    ...(isLive ? [{ do: "validateCandidate", isDeclaredAnew, changes: [] } as const] : []),
  ];
  const found = { isActive: service.isEnabled === true, isNew: isNew || isClone };
  return {
    fields,
    steps: [
      ...first,
      ...writes,
      { ...enabledStateStep(resource, found), ...declaredChanges(resource, record?.manifest) },
    ],
  };
}

const staysInactive = "stays inactive: isEnabled is not true";

/** What a plan says of it; a new service that nobody asks to be active is one that RingCX does not call. */
function enabledStateStep(
  { isEnabled: isDesired }: HttpServiceManifest,
  { isActive, isNew }: { isActive: boolean; isNew: boolean },
): Step {
  if (isNew && isDesired !== true) return { do: "applyEnabledState", changes: [], expectedChanges: [staysInactive] };
  const expectedChanges =
    isDesired === undefined || isDesired === isActive
      ? []
      : [isDesired ? "activated, if its endpoint is as declared and no other reason keeps it inactive" : "deactivated"];
  return { do: "applyEnabledState", changes: [], expectedChanges };
}

function linkSteps(authConfigId: string | undefined, changes: readonly string[]): Step[] {
  return authConfigId === undefined ? [] : [{ do: "confirmAuthLink", authConfigId, changes }];
}

/** Where v1 shows no links, the one that was confirmed through v2 counts. */
function isLinkedWith(authConfigId: string, service: HttpService, record: ServiceRecord | undefined): boolean {
  if (service.authConfigId !== undefined) return isSameId(service.authConfigId, authConfigId);
  return record?.isLinkShownInV1 === false && record.authConfigId === authConfigId;
}
