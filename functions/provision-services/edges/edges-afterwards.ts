import type { Manifest } from "../../../shared/contract/apply.ts";
import { endpointField, endpointOf, type HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import { authConfigKey, displayName } from "../../../shared/contract/resource-key.ts";
import { plainUrl } from "../../../shared/primitives/host-pattern.ts";
import { isSameId } from "../../../shared/ringcx/resources/auth-config.ts";
import { type HttpService, urlOf } from "../../../shared/ringcx/resources/http-service.ts";
import type { ServiceGroup } from "../../../shared/ringcx/resources/service-group.ts";
import type { LinkedService } from "../../../shared/secrets/edges.ts";
import { type CloneSource, isWritten, type PlanRequest, type ResourcePlan } from "../plan/resource-plan.ts";
import { servicesOfTree } from "../read/observed-account.ts";

/** What the edges afterwards are computed from. */
export interface PlannedAccount {
  plans: readonly ResourcePlan<Manifest>[];
  clones: PlanRequest["clones"];
  groups: readonly ServiceGroup[];
  /** Whether v1 shows links and takes them with a service's record. */
  isLinkShown: boolean;
}

/** A service whose URL or link the plans change, or that they create. */
interface ChangedService {
  plan: ResourcePlan<HttpServiceManifest>;
  /** As it is: of a clone its source; `undefined` for a new one. */
  before: { service: HttpService; serviceGroupId: number } | undefined;
  isClone: boolean;
  newLink: string | undefined;
  isUrlChanged: boolean;
}

/** Where a problem of a service's edges stands in the message. */
export type EdgePaths = ReadonlyMap<string, string>;

/**
 * Services whose present links have to be known, because they go to another host, are cloned, or get another secret.
 *
 * @returns ids of their groups, all groups where an auth config gets another secret's value; empty where nothing changes
 */
export function groupsInQuestion(account: PlannedAccount): ReadonlySet<number> {
  const { plans, groups } = account;
  const isShared = plans.some((plan) => writesExistingAuthConfig(plan));
  if (isShared) return new Set(groups.map(({ serviceGroupId }) => serviceGroupId));
  return new Set(
    changedServices(account).flatMap(({ before, isClone, isUrlChanged }) =>
      before && (isClone || isUrlChanged) ? [before.serviceGroupId] : [],
    ),
  );
}

/** Auth configs that will be given their manifest's secret, by id. */
export function writtenAuthConfigs(plans: PlannedAccount["plans"]): Map<string, { secretId: string; path: string }> {
  const written = plans.flatMap((plan) => {
    if (!isWritten(plan) || plan.resource.kind !== "authConfig") return [];
    const step = plan.steps.find(({ do: what }) => what === "createAuthConfig" || what === "updateAuthConfig");
    if (step?.do !== "createAuthConfig" && step?.do !== "updateAuthConfig") return [];
    return [[step.authConfigId, { secretId: step.manifest.secretId, path: `${plan.path}.secretId` }] as const];
  });
  return new Map(written);
}

/**
 * The services with an edge that would be new, as they would be: those whose URL or link changes, those that are made,
 * and those that are linked with an auth config that gets another secret's value.
 *
 * @param links of the groups in question, by `serviceId`
 * @param isLinkFirst whether a service's link is replaced before its URL is written
 */
export function servicesAfterwards(
  account: PlannedAccount,
  links: ReadonlyMap<number, string>,
  isLinkFirst: (plan: ResourcePlan<HttpServiceManifest>) => boolean,
): { services: LinkedService[]; paths: EdgePaths } {
  const changed = changedServices(account);
  const paths = new Map<string, string>();
  const services = changed.flatMap((change): LinkedService[] => {
    const { plan, before, isClone, newLink, isUrlChanged } = change;
    const name = displayName(plan.resource);
    paths.set(name, `${plan.path}.${endpointField(plan.resource)}`);
    const oldLink = before && links.get(before.service.serviceId);
    // The record is written whole with its link where v1 takes links; elsewhere the old one stays for a moment.
    const staysFirst = newLink === undefined || !(account.isLinkShown || isLinkFirst(plan));
    const kept = isUrlChanged && staysFirst ? oldLink : undefined;
    const authConfigIds = [newLink, kept].filter((id) => id !== undefined);
    const afterwards = { name, url: endpointOf(plan.resource), authConfigIds };
    // A clone is born as its source is.
    const born = isClone && oldLink !== undefined && before !== undefined;
    return born ? [{ name, url: urlOf(before.service), authConfigIds: [oldLink] }, afterwards] : [afterwards];
  });
  const written = writtenAuthConfigs(account.plans);
  const linked = servicesOfTree(account.groups).flatMap(({ groupName, service }): LinkedService[] => {
    const link = links.get(service.serviceId);
    if (link === undefined || ![...written.keys()].some((id) => isSameId(id, link))) return [];
    return [{ name: `${groupName}/${service.serviceDescription}`, url: urlOf(service), authConfigIds: [link] }];
  });
  return { services: [...services, ...linked], paths };
}

/** Auth configs that a service may still be called with although their own plan has failed: it does not wait for them. */
export function undeclaredLinks(account: PlannedAccount, links: ReadonlyMap<number, string>): ReadonlySet<string> {
  const ids = changedServices(account).flatMap(({ plan, before, newLink, isUrlChanged }) => {
    const link = before && links.get(before.service.serviceId);
    const isAwaited =
      plan.resource.authConfig !== undefined && plan.dependsOn.includes(authConfigKey(plan.resource.authConfig));
    return link === undefined || !isUrlChanged || (isAwaited && isSameId(newLink, link)) ? [] : [link.toLowerCase()];
  });
  return new Set(ids);
}

function changedServices({ plans, clones, groups }: PlannedAccount): ChangedService[] {
  const placed = servicesOfTree(groups);
  return plans.flatMap((plan): ChangedService[] => {
    if (!isServicePlan(plan) || !isWritten(plan)) return [];
    const source: CloneSource | undefined = plan.found ? undefined : clones?.get(plan.key);
    const serviceId = source?.service.serviceId ?? plan.found?.serviceId;
    const before = placed.find(({ service }) => service.serviceId === serviceId);
    const newLink = linkOf(plan);
    const isUrlChanged = before === undefined || hostOf(urlOf(before.service)) !== hostOf(endpointOf(plan.resource));
    // What the table says of a link that v1 does not show, a person may have changed: it is written, so it is checked.
    const isLinkChanged = newLink !== undefined && !isSameId(before?.service.authConfigId, newLink);
    if (!isUrlChanged && !isLinkChanged && source === undefined) return [];
    return [{ plan, before, isClone: source !== undefined, newLink, isUrlChanged }];
  });
}

function isServicePlan(plan: ResourcePlan<Manifest>): plan is ResourcePlan<HttpServiceManifest> {
  return plan.resource.kind === "httpService";
}

/** The auth config that a service will be linked with. */
function linkOf({ steps }: ResourcePlan<HttpServiceManifest>): string | undefined {
  for (const step of steps) {
    if (step.do === "confirmAuthLink") return step.authConfigId;
    if (step.do === "updateService" && step.authConfigId !== undefined) return step.authConfigId;
  }
  return undefined;
}

/** Services may use it already. One that is made again under its UUID may have been left with some. */
function writesExistingAuthConfig(plan: ResourcePlan<Manifest>): boolean {
  if (plan.resource.kind !== "authConfig" || !isWritten(plan)) return false;
  return plan.steps.some((step) => step.do === "updateAuthConfig" || (step.do === "createAuthConfig" && step.isKnown));
}

function hostOf(url: string | undefined): string | undefined {
  return plainUrl(url)?.host;
}
