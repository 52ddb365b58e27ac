import type { AuthConfigManifest, GroupManifest, Manifest } from "../../../shared/contract/apply.ts";
import type { Input } from "../../../shared/contract/http-service.ts";
import type { Problem } from "../../../shared/contract/outcome.ts";
import { keyOf, type ResourceKey, type ResourceName } from "../../../shared/contract/resource-key.ts";
import { type Generation, isSuperseded } from "../../../shared/records/generation.ts";
import type { AssumptionBrokenError } from "../../../shared/ringcx/resources/assumption-broken-error.ts";
import type { HttpService } from "../../../shared/ringcx/resources/http-service.ts";
import type { ServiceGroupWrite } from "../../../shared/ringcx/resources/service-group.ts";
import type { ServiceInput } from "../../../shared/ringcx/resources/service-input.ts";
import type { ObservedAccount } from "../read/observed-account.ts";
import type { StoredResources } from "../read/stored-resources.ts";
/** One thing to do, and in words what it changes. Ids that do not exist yet are made by the steps before. */
export type Step = Action & {
  changes: readonly string[];
  /** The same as a plan tells it, with the values. @default changes */
  plannedChanges?: readonly string[];
  /** What it will probably change, where that shows only when it is done. */
  expectedChanges?: readonly string[];
};

type Action =
  | { do: "createGroup"; manifest: GroupManifest }
  | { do: "updateGroup"; serviceGroupId: number; group: ServiceGroupWrite }
  /** `isKnown`: it was there once, so services may refer to its id. */
  | { do: "createAuthConfig"; authConfigId: string; manifest: AuthConfigManifest; isKnown: boolean }
  | { do: "updateAuthConfig"; authConfigId: string; manifest: AuthConfigManifest }
  /** The new endpoint, credential and shape are validated while the live service is still as it was. */
  /** `isDeclaredAnew`: it is asked also where nothing is written to RingCX. */
  | { do: "validateCandidate"; isDeclaredAnew: boolean }
  | { do: "createService"; body: ServiceFields }
  | { do: "cloneService"; serviceId: number }
  /** What was born active must not take calls before it is what it should be. */
  | { do: "makeInactive" }
  /** `partner` is the other one, with the name that it is to have. */
  | { do: "swapNames"; partner: { serviceId: number; serviceDescription: string } }
  /** Whether RingCX keeps a longer name whole shows when it has it: where not, it gets back the one `before`. */
  | { do: "tryName"; before: string }
  | { do: "updateService"; fields: ServiceFields; dropped: readonly string[]; authConfigId: string | undefined }
  | { do: "confirmAuthLink"; authConfigId: string }
  /** While the service is inactive, and before its URL is written. */
  | { do: "replaceLink"; authConfigId: string }
  | { do: "createInputs"; inputs: readonly Input[] }
  | { do: "deleteInput"; inputId: number; name: string }
  | { do: "reconcileInputs"; inputs: readonly Input[] }
  | { do: "applyEnabledState" }
  | { do: "retireService" }
  | { do: "deleteService" }
  | { do: "deleteAuthConfig"; authConfigId: string }
  /** It is gone from RingCX, and what the table knows of it goes too. */
  | { do: "deleteRecord" };

/**
 * Fields of a service that a manifest names, under RingCX's names. Of a change `httpServiceConfig` is as it is declared:
 * what it does not name, and headers that are `null`, come together with what RingCX has when it is written.
 */
export type ServiceFields = Readonly<Record<string, unknown>>;

/** RingCX's ids of a resource: of a group the first, of a service the first two, of an auth config the last. */
export interface Ids {
  serviceGroupId: number;
  serviceId: number;
  authConfigId: string;
}

/** What is to be done about one resource. */
export interface ResourcePlan<Resource extends ResourceName = Manifest> {
  key: ResourceKey;
  resource: Resource;
  /** Its place in the message. */
  path: string;
  dependsOn: readonly ResourceKey[];
  /** Its ids, where it exists. */
  found: Partial<Ids> | undefined;
  steps: readonly Step[];
  /** What comes about without a write to RingCX, in words. */
  remarks: readonly string[];
  /** What whoever sent it should know although nothing comes about by it, in words. */
  notes: readonly string[];
  /** Why it cannot be done as it is asked. */
  problems: readonly Problem[];
  /** What RingCX does, and the program cannot work with, where the problems come of that. */
  broken?: AssumptionBrokenError;
  /** It rests on something that is there, or is not: what was read of the account may be old. @default false */
  isByReading?: boolean;
  /** A later message of the same sender has shaped it. */
  isSuperseded: boolean;
}

/** Whether a plan will be applied: neither superseded nor impossible. */
export function isWritten({ isSuperseded, problems }: Pick<ResourcePlan, "isSuperseded" | "problems">): boolean {
  return !isSuperseded && problems.length === 0;
}

/** What the planners are asked for. */
export interface PlanRequest {
  accountId: string;
  generation: Generation;
  resources: readonly Manifest[];
  /** The path of a resource's problems. @default its place in the message */
  pathOf?: (resource: Manifest) => string;
  /** Services that are made as clones of others in the same group. */
  clones?: ReadonlyMap<ResourceKey, CloneSource>;
  /** Of services that a copy declares: by `copyTargetKey`, what each is copied from: `copiedFrom` of its record. */
  copiedFrom?: ReadonlyMap<ResourceKey, string>;
}

/** A service as it was read, to be cloned. */
export interface CloneSource {
  service: HttpService;
  inputs: readonly ServiceInput[];
}

/** What a planner of one kind is given. */
export interface PlanContext<Resource extends Manifest> {
  resource: Resource;
  path: string;
  request: PlanRequest;
  observed: ObservedAccount;
  stored: StoredResources;
}

/** A plan that does nothing, to begin with; its record is looked up under its key. */
export function emptyPlan<Resource extends ResourceName>(
  resource: Resource,
  { path, generation, stored }: { path: string; generation: Generation; stored: StoredResources },
): ResourcePlan<Resource> {
  const key = keyOf(resource);
  const { groups, authConfigs, services, tombstones } = stored;
  const record = groups.get(key) ?? authConfigs.get(key) ?? services.get(key) ?? tombstones.get(key);
  return {
    key,
    resource,
    path,
    dependsOn: [],
    found: undefined,
    steps: [],
    remarks: [],
    notes: [],
    problems: [],
    isSuperseded: isSuperseded(record, generation),
  };
}
