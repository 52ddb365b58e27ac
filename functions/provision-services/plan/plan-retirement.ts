import type { Problem } from "../../../shared/contract/outcome.ts";
import { displayName, keyOf, type ResourceKey } from "../../../shared/contract/resource-key.ts";
import type { RetiredAuthConfig, RetiredService, RetireMessage } from "../../../shared/contract/retire.ts";
import { namedOrCut } from "../../../shared/primitives/same-name.ts";
import type { Generation } from "../../../shared/records/generation.ts";
import { isSameId } from "../../../shared/ringcx/resources/auth-config.ts";
import type { LinkedService } from "../read/linked-services.ts";
import { idsOf, type ObservedAccount, type PlacedService, servicesOfTree } from "../read/observed-account.ts";
import type { StoredResources } from "../read/stored-resources.ts";
import { cutNamesake } from "./cut-names.ts";
import { notThere } from "./not-there.ts";
import { adoptHint, findAuthConfig, mayChange, whoseItIs } from "./ownership.ts";
import { emptyPlan, type ResourcePlan, type Step } from "./resource-plan.ts";

/** A resource as a message retires it. */
export type RetiredResource = RetireMessage["data"]["resources"][number];

/** What the planners are asked for. */
export interface RetireRequest {
  accountId: string;
  generation: Generation;
  resources: readonly RetiredResource[];
}

/** The auth configs that a message would have deleted, by RingCX's ids. */
export function findRetiredAuthConfigs(
  { accountId, resources }: Pick<RetireRequest, "accountId" | "resources">,
  { authConfigs = [] }: ObservedAccount,
  stored: StoredResources,
): string[] {
  return resources.flatMap((resource) => {
    if (resource.kind !== "authConfig") return [];
    const { providerName } = resource;
    const { config } = findAuthConfig(authConfigs, { accountId, providerName }, stored);
    return config ? [config.authConfigId] : [];
  });
}

/**
 * Services first: an auth config can go only when no service refers to it any more.
 *
 * @param linked the services that are linked with one that is to go
 */
export function planRetirement(
  request: RetireRequest,
  observed: ObservedAccount,
  stored: StoredResources,
  linked: readonly LinkedService[],
): ResourcePlan<RetiredResource>[] {
  const placed = request.resources.map((resource, index) => ({ resource, path: `data.resources[${index}]` }));
  const deleted = new Map(
    request.resources.flatMap((resource) => {
      if (resource.kind !== "httpService" || resource.delete !== "service") return [];
      const key = keyOf(resource);
      const [placed] = findRetiredServices(resource, observed, stored);
      return placed ? [[placed.service.serviceId, key]] : [];
    }),
  );
  return [
    ...placed.flatMap(({ resource, path }) =>
      resource.kind === "httpService" ? [planRetiredService(resource, path, { request, observed, stored })] : [],
    ),
    ...placed.flatMap(({ resource, path }) =>
      resource.kind === "authConfig"
        ? [planRetiredAuthConfig(resource, path, { request, observed, stored, deleted, linked })]
        : [],
    ),
  ];
}

interface RetirementContext {
  request: RetireRequest;
  observed: ObservedAccount;
  stored: StoredResources;
}

function planRetiredService(
  resource: RetiredService,
  path: string,
  { request, observed, stored }: RetirementContext,
): ResourcePlan<RetiredResource> {
  const empty = emptyPlan<RetiredResource>(resource, { path, generation: request.generation, stored });
  const { key } = empty;
  const record = stored.services.get(key);
  const [placed, ...namesakes] = findRetiredServices(resource, observed, stored);
  const base = { ...empty, found: placed && idsOf(placed) };
  if (!placed) {
    if (record) return { ...base, steps: [deleteRecord], isByReading: true };
    const known = servicesOfTree(observed.groups).map((one) => `${one.groupName}/${one.service.serviceDescription}`);
    const isDeleted = stored.tombstones.has(key);
    return { ...base, notes: missing("service", displayName(resource), known, isDeleted), isByReading: !isDeleted };
  }
  const { service } = placed;
  const isOurs = record?.serviceId === service.serviceId || stored.creationIntents.has(key);
  const cut = isOurs ? undefined : cutNamesake(service.serviceDescription, resource, path);
  if (cut) return { ...empty, problems: [cut], isByReading: true };
  if (!mayChange({ isOurs, namesakes: [placed, ...namesakes] }, resource.adopt)) {
    const ids = [placed, ...namesakes].map((one) => one.service.serviceId).join(", ");
    return {
      ...base,
      problems: [
        notOurs(path, `service (serviceId ${ids})`, namesakes.length > 0, stored.madeAs.get(service.serviceId)),
      ],
      isByReading: true,
    };
  }
  const named = namedSince(resource, placed, observed);
  if (named) return { ...base, problems: [{ path, ...named }], isByReading: true };
  const inputs = resource.delete === "inputs" ? (observed.inputs.get(service.serviceId) ?? []) : [];
  const steps: Step[] = [
    { do: "retireService", changes: [], expectedChanges: service.isEnabled === true ? ["deactivated"] : [] },
    ...inputs.map(
      ({ inputId, name }) => ({ do: "deleteInput", inputId, name, changes: [`input ${name} deleted`] }) as const,
    ),
    // Its inputs go with it: deleted before, they would be missing where RingCX refuses to delete the service.
    ...(resource.delete === "service" ? [{ do: "deleteService", changes: ["deleted"] } as const] : []),
  ];
  return { ...base, steps };
}

/** The service that we know by its id, or the one of that name; more than one where several have the name in other spellings. */
export function findRetiredServices(
  resource: RetiredService,
  observed: ObservedAccount,
  stored: StoredResources,
): readonly PlacedService[] {
  const { groupName, serviceDescription } = resource;
  const knownId = stored.services.get(keyOf(resource))?.serviceId;
  const known = servicesOfTree(observed.groups).filter(({ service }) => service.serviceId === knownId);
  if (known.length > 0) return known;
  const [group] = namedOrCut(observed.groups, groupName, (one) => one.groupName);
  const services = servicesOfTree(group ? [group] : []);
  return namedOrCut(services, serviceDescription, ({ service }) => service.serviceDescription);
}

/** A person has given it another name, and its own to another service: who retires it by that name may mean either. */
function namedSince(
  { groupName, serviceDescription }: RetiredService,
  placed: PlacedService,
  { groups }: ObservedAccount,
): Omit<Problem, "path"> | undefined {
  const [group] = namedOrCut(groups, groupName, (one) => one.groupName);
  const services = servicesOfTree(group ? [group] : []);
  const named = namedOrCut(services, serviceDescription, ({ service }) => service.serviceDescription);
  const { serviceId, serviceDescription: shown } = placed.service;
  const [other] = named;
  if (!other || named.some(({ service }) => service.serviceId === serviceId)) return undefined;
  const own = `${placed.groupName}/${shown}`;
  return {
    message: `it is called ${JSON.stringify(own)} in RingCX now (serviceId ${serviceId}), and another service is called that (serviceId ${other.service.serviceId})`,
    hint: "rename them back in the admin page, then send the message again",
  };
}

function planRetiredAuthConfig(
  resource: RetiredAuthConfig,
  path: string,
  {
    request,
    observed,
    stored,
    deleted,
    linked,
  }: RetirementContext & { deleted: ReadonlyMap<number, ResourceKey>; linked: readonly LinkedService[] },
): ResourcePlan<RetiredResource> {
  const { accountId, generation } = request;
  const { providerName } = resource;
  const empty = emptyPlan<RetiredResource>(resource, { path, generation, stored });
  const record = stored.authConfigs.get(empty.key);
  const place = findAuthConfig(observed.authConfigs ?? [], { accountId, providerName }, stored);
  const { config, namesakes } = place;
  const base = { ...empty, found: config && { authConfigId: config.authConfigId } };
  if (!config) {
    if (record) return { ...base, steps: [deleteRecord], isByReading: true };
    const known = (observed.authConfigs ?? []).flatMap((one) => one.providerName ?? []);
    const isDeleted = stored.tombstones.has(empty.key);
    return { ...base, notes: missing("auth config", providerName, known, isDeleted), isByReading: !isDeleted };
  }
  const cut = place.isOurs ? undefined : cutNamesake(config.providerName, resource, path);
  if (cut) return { ...empty, problems: [cut], isByReading: true };
  if (!mayChange(place, resource.adopt)) {
    const ids = namesakes.map(({ authConfigId }) => authConfigId).join(", ");
    return { ...base, problems: [notOurs(path, `auth config (authConfigId ${ids})`)], isByReading: true };
  }
  const users = linked.filter(({ authConfigId }) => isSameId(authConfigId, config.authConfigId));
  const staying = users.filter(({ serviceId }) => !deleted.has(serviceId));
  if (staying.length > 0) return { ...base, problems: [stillUsed(path, staying)], isByReading: true };
  return {
    ...base,
    dependsOn: users.flatMap(({ serviceId }) => deleted.get(serviceId) ?? []),
    steps: [{ do: "deleteAuthConfig", authConfigId: config.authConfigId, changes: ["deleted"] }],
  };
}

/** What a message has deleted is rightly gone. */
function missing(what: string, name: string, known: readonly string[], isDeleted: boolean): string[] {
  return isDeleted ? [] : [notThere(what, name, known)];
}

const deleteRecord: Step = { do: "deleteRecord", changes: [] };

function notOurs(path: string, what: string, isAmbiguous = false, madeAs?: string): Problem {
  return {
    path,
    message: `the ${what} ${whoseItIs(madeAs)}`,
    hint: isAmbiguous ? adoptHint(true) : 'say "adopt": true if it is to be retired all the same',
  };
}

function stillUsed(path: string, users: readonly LinkedService[]): Problem {
  const names = users.map(({ name }) => name).slice(0, 5);
  return {
    path,
    message: `services still refer to it: ${names.join(", ")}`,
    hint: 'retire them in the same message with "delete": "service", or let them refer to another auth config first',
  };
}
