import type { AuthConfigManifest, Manifest } from "../../../shared/contract/apply.ts";
import { authConfigKey, keyOf } from "../../../shared/contract/resource-key.ts";
import { DeferredError } from "../../../shared/queues/message.ts";
import type { AuthConfigRecord } from "../../../shared/records/account/auth-config.ts";
import { type AccountReader, type Observed, servicesIn } from "./observed-account.ts";
import type { Known } from "./stored-resources.ts";

/** More than this is not asked for at once: a long message goes on in the next delivery. */
const mostAskedFor = 20;

/**
 * Reads what the message is about, with the fewest requests: the tree, once per batch; the auth configs only when
 * one may have to be made; the inputs of the services whose inputs are declared.
 *
 * @throws {DeferredError} when the quota has no place for what the message will probably need: nothing is spent then
 */
export async function observe(
  { account, view }: AccountReader,
  resources: readonly Manifest[],
  known: Known,
): Promise<void> {
  if (!view.isRead) {
    const fit = await account.hasCapacity(Math.min(mostAskedFor, probableCalls(resources, known)));
    if (!fit.fits) throw new DeferredError("RingCX's quota has no place for this message now.", fit.retryAfterMs);
  }
  await view.readTree();
  const declared = resources.flatMap((resource) => (resource.kind === "authConfig" ? [resource] : []));
  const services = resources.flatMap((resource) => (resource.kind === "httpService" ? [resource] : []));
  const referred = services.flatMap(({ authConfig }) => (authConfig === undefined ? [] : [authConfig]));
  if (needsAuthConfigs(declared, referred, view, known)) await view.readAuthConfigs();

  const placed = servicesIn(view.groups);
  for (const service of services) {
    if (service.httpServiceInputs === undefined) continue;
    const names = [service.serviceDescription, service.previousName];
    const knownId = known.services.get(keyOf(service))?.serviceId;
    const found = placed.filter(
      (place) =>
        place.service.serviceId === knownId ||
        (names.includes(place.service.serviceDescription) && isInGroup(place, service.groupName, resources)),
    );
    for (const { serviceGroupId, service: existing } of found) {
      await view.readInputs(serviceGroupId, existing.serviceId);
    }
  }
}

/** A group that is to be renamed still has its old name. */
function isInGroup({ groupName }: { groupName: string }, wanted: string, resources: readonly Manifest[]): boolean {
  return (
    groupName === wanted ||
    resources.some(
      (resource) =>
        resource.kind === "httpServiceGroup" && resource.groupName === wanted && resource.previousName === groupName,
    )
  );
}

/** Reads, and the writes of what we have not made yet. */
function probableCalls(resources: readonly Manifest[], known: Known): number {
  return resources.reduce((sum, resource) => {
    const key = keyOf(resource);
    if (resource.kind === "httpService") return sum + (known.services.has(key) ? 1 : 4);
    return sum + (known.groups.has(key) || known.authConfigs.has(key) ? 0 : 1);
  }, 2);
}

/**
 * True when the list of auth configs has to be read: one of them may have to be made or changed, or is known by
 * name only. Otherwise the services' links in the tree are proof enough that it exists.
 */
export function needsAuthConfigs(
  resources: readonly AuthConfigManifest[],
  referred: readonly string[],
  observed: Observed,
  known: Known,
): boolean {
  const declared = new Set(resources.map(({ providerName }) => providerName));
  return (
    resources.some((resource) => {
      const record = known.authConfigs.get(keyOf(resource));
      return !record || !isVouchedFor(resource, record, observed);
    }) || referred.some((name) => !declared.has(name) && !known.authConfigs.has(authConfigKey(name)))
  );
}

export function isVouchedFor(
  resource: AuthConfigManifest,
  { authConfigId, manifest }: AuthConfigRecord,
  observed: Observed,
) {
  const isAsDeclared =
    manifest.authType === resource.authType &&
    manifest.secretId === resource.secretId &&
    (resource.description === undefined || manifest.description === resource.description);
  if (!isAsDeclared || observed.authConfigs !== undefined) return false;
  return servicesIn(observed.groups).some(({ service }) => service.authConfigId === authConfigId);
}
