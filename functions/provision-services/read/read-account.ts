import type { AuthConfigManifest, Manifest } from "../../../shared/contract/apply.ts";
import { authConfigKey, keyOf } from "../../../shared/contract/resource-key.ts";
import { isSameName } from "../../../shared/primitives/same-name.ts";
import type { AuthConfigRecord } from "../../../shared/records/account/auth-config.ts";
import { type AccountReader, type ObservedAccount, servicesOfTree } from "./observed-account.ts";
import { requireRoom } from "./require-room.ts";
import type { StoredResources } from "./stored-resources.ts";

/** More than this is not asked for at once: a long message goes on in the next delivery. */
export const maxCallsAsked = 20;

/**
 * Reads what the message is about, with the fewest requests: the tree, once per batch; the auth configs only when
 * one may have to be made. The inputs of a service are read when its turn comes.
 *
 * @throws {DeferredError} when the quota has no place for what the message will probably need: nothing is spent then
 */
export async function readAccount(
  { account, observed }: AccountReader,
  resources: readonly Manifest[],
  stored: StoredResources,
): Promise<void> {
  if (!observed.isRead) await requireRoom(account, Math.min(maxCallsAsked, probableCalls(resources, stored)));
  await observed.readTree();
  const declared = resources.flatMap((resource) => (resource.kind === "authConfig" ? [resource] : []));
  const services = resources.flatMap((resource) => (resource.kind === "httpService" ? [resource] : []));
  const referred = services.flatMap(({ authConfig }) => (authConfig === undefined ? [] : [authConfig]));
  if (needsAuthConfigs(declared, referred, observed, stored)) await observed.readAuthConfigs();
}

/** Reads, and the writes of what we have not made yet. */
function probableCalls(resources: readonly Manifest[], stored: StoredResources): number {
  return resources.reduce((sum, resource) => {
    const key = keyOf(resource);
    if (resource.kind === "httpService") return sum + (stored.services.has(key) ? 1 : 4);
    return sum + (stored.groups.has(key) || stored.authConfigs.has(key) ? 0 : 1);
  }, 2);
}

/**
 * True when the list of auth configs has to be read: one of them may have to be made or changed, or is known by
 * name only. Otherwise a service's link in the tree shows that it exists.
 */
export function needsAuthConfigs(
  resources: readonly AuthConfigManifest[],
  referred: readonly string[],
  observed: ObservedAccount,
  stored: StoredResources,
): boolean {
  const isDeclared = (name: string) => resources.some(({ providerName }) => isSameName(providerName, name));
  return (
    resources.some((resource) => {
      const record = stored.authConfigs.get(keyOf(resource));
      return !record || !isSeenInUse(resource, record, observed);
    }) || referred.some((name) => !isDeclared(name) && !stored.authConfigs.has(authConfigKey(name)))
  );
}

/** Whether the tree shows a service that uses the auth config, which is recorded just as it is declared now. */
export function isSeenInUse(
  resource: AuthConfigManifest,
  { authConfigId, manifest }: AuthConfigRecord,
  observed: ObservedAccount,
) {
  const isAsDeclared =
    manifest.authType === resource.authType &&
    manifest.secretId === resource.secretId &&
    (resource.description === undefined || manifest.description === resource.description);
  if (!isAsDeclared || observed.authConfigs !== undefined) return false;
  return servicesOfTree(observed.groups).some(({ service }) => service.authConfigId === authConfigId);
}
