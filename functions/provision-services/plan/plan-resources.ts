import type { AuthConfigManifest, GroupManifest, Manifest, Named } from "../../../shared/contract/apply.ts";
import type { Input } from "../../../shared/contract/http-service.ts";
import type { Problem } from "../../../shared/contract/outcome.ts";
import { groupKey, keyOf, type ResourceKey } from "../../../shared/contract/resource-key.ts";
import type { HttpService } from "../../../shared/ringcx/resources/http-service.ts";
import type { ServiceGroupWrite } from "../../../shared/ringcx/resources/service-group.ts";
import type { ServiceInput } from "../../../shared/ringcx/resources/service-input.ts";
import type { Observed } from "../read/observed-account.ts";
import type { Known, Stamp } from "../read/stored-resources.ts";
import { planAuthConfig } from "./plan-auth-config.ts";
import { planGroup } from "./plan-group.ts";
import { planService } from "./plan-service.ts";

/** One thing to do, and in words what it changes. Ids that do not exist yet are made by the steps before. */
export type Step = Action & {
  says: readonly string[];
  /** What will probably come of it, where only doing it can tell. */
  foretells?: readonly string[];
};

type Action =
  | { do: "createGroup"; manifest: GroupManifest }
  | { do: "updateGroup"; serviceGroupId: number; group: ServiceGroupWrite }
  | { do: "createAuthConfig"; authConfigId: string; manifest: AuthConfigManifest }
  | { do: "updateAuthConfig"; authConfigId: string; manifest: AuthConfigManifest }
  /** The new endpoint, credential and shape are proven while the live service is still as it was. */
  | { do: "proveCandidate" }
  | { do: "createService"; body: ServiceFields }
  | { do: "cloneService"; serviceId: number }
  /** What was born active must not take calls before it is what it should be. */
  | { do: "makeInactive" }
  | { do: "updateService"; fields: ServiceFields; dropped: readonly string[]; authConfigId: string | undefined }
  | { do: "confirmAuthLink"; authConfigId: string }
  | { do: "createInputs"; inputs: readonly Input[] }
  | { do: "deleteInput"; inputId: number; name: string }
  | { do: "reconcileInputs"; inputs: readonly Input[] }
  | { do: "settleActivation" }
  | { do: "retireService" }
  | { do: "deleteService" }
  | { do: "deleteAuthConfig"; authConfigId: string }
  /** It is gone from RingCX, and what the table knows of it goes too. */
  | { do: "forget" };

/** Fields of a service that a manifest names, as RingCX has them. */
export type ServiceFields = Readonly<Record<string, unknown>>;

export interface Ids {
  serviceGroupId: number;
  serviceId: number;
  authConfigId: string;
}

/** What is to be done about one resource. */
export interface ResourcePlan<Resource extends Named = Manifest> {
  key: ResourceKey;
  resource: Resource;
  /** Its place in the message. */
  path: string;
  dependsOn: readonly ResourceKey[];
  /** Its ids, where it exists. */
  found: Partial<Ids> | undefined;
  steps: readonly Step[];
  /** What comes about without a write to RingCX, in words. */
  notes: readonly string[];
  /** Why it cannot be done as it is asked. */
  problems: readonly Problem[];
  /** A later message of the same sender has shaped it. */
  isSuperseded: boolean;
}

export interface PlanRequest {
  accountId: string;
  stamp: Stamp;
  resources: readonly Manifest[];
  /** Where a problem of a resource is told. @default its place in the message */
  pathOf?: (resource: Manifest) => string;
  /** Services that are made as clones of others in the same group. */
  clones?: ReadonlyMap<ResourceKey, CloneSource>;
}

/** A service as it was read, to be cloned. */
export interface CloneSource {
  service: HttpService;
  inputs: readonly ServiceInput[];
}

/**
 * From what should exist and what was seen to what is to be done, in the documented order: groups, auth configs,
 * services. Nothing to do is a plan without steps that write.
 */
export function planProvisioning(request: PlanRequest, observed: Observed, known: Known): ResourcePlan[] {
  const placed = request.resources.map((resource, index) => ({
    resource,
    path: request.pathOf?.(resource) ?? `data.resources[${index}]`,
  }));
  const declared = new Set(request.resources.map(keyOf));
  const groups = placed.flatMap(({ resource, path }) =>
    resource.kind === "httpServiceGroup" ? [planGroup({ resource, path, request, observed, known })] : [],
  );
  const authConfigs = placed.flatMap(({ resource, path }) =>
    resource.kind === "authConfig" ? [planAuthConfig({ resource, path, request, observed, known })] : [],
  );
  const authConfigIds = new Map(
    authConfigs.flatMap(({ key, found, steps: [first] }) => {
      const id = first?.do === "createAuthConfig" ? first.authConfigId : found?.authConfigId;
      return id === undefined ? [] : [[key, id] as const];
    }),
  );
  const groupIds = new Map(
    observed.groups.map(({ groupName, serviceGroupId }) => [groupKey(groupName), serviceGroupId]),
  );
  for (const { key, found } of groups) if (found?.serviceGroupId !== undefined) groupIds.set(key, found.serviceGroupId);
  const services = placed.flatMap(({ resource, path }) =>
    resource.kind === "httpService"
      ? [planService({ resource, path, request, observed, known, declared, authConfigIds, groupIds })]
      : [],
  );
  return [...groups, ...authConfigs, ...services];
}

/** What a planner of one kind is given. */
export interface Planning<Resource extends Manifest> {
  resource: Resource;
  path: string;
  request: PlanRequest;
  observed: Observed;
  known: Known;
}
