import { authConfigKey, groupKey, keyOf, serviceKey } from "../../../shared/contract/resource-key.ts";
import { isSameName, namedAlike } from "../../../shared/primitives/same-name.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import type { ObservedAccount } from "./observed-account.ts";
import { type NamedResource, readStoredResources, type StoredResources } from "./stored-resources.ts";

/**
 * Reads what the table knows of a message's resources and what RingCX says, once more where a message spells a name
 * in another way than it is known.
 *
 * @param readAccount reads of RingCX what the resources need
 * @returns the resources under the names by which they are known, see {@link withKnownNames}
 */
export async function readResources<Resource extends NamedResource>(
  table: StateTable,
  { accountId, observed }: { accountId: string; observed: ObservedAccount },
  resources: readonly Resource[],
  readAccount: (resources: readonly Resource[], stored: StoredResources) => Promise<void>,
): Promise<{ resources: readonly Resource[]; stored: StoredResources }> {
  const stored = await readStoredResources(table, accountId, resources);
  await readAccount(resources, stored);
  const known = withKnownNames(resources, observed, stored);
  if (known === resources) return { resources, stored };
  const storedAsKnown = await readStoredResources(table, accountId, known);
  await readAccount(known, storedAsKnown);
  return { resources: known, stored: storedAsKnown };
}

/**
 * The resources of a message with each name as it is spelled where it is known already: in the table, in RingCX, or for a
 * reference in the message. So whatever is found by a name, records, holds, outages, is found however a message spells it.
 * A resource whose `previousName` is the same name in another spelling is to be respelled, and keeps its own.
 *
 * @returns the very same resources where all are spelled as they are known
 */
export function withKnownNames<Resource extends NamedResource>(
  resources: readonly Resource[],
  observed: Pick<ObservedAccount, "groups" | "authConfigs">,
  stored: StoredResources,
): readonly Resource[] {
  const names = knownNames(resources, observed, stored);
  const known = resources.map((resource) => withNames(resource, names(resource)));
  return known.some((resource, index) => resource !== resources[index]) ? known : resources;
}

type Names = Readonly<Record<string, string | undefined>>;

function knownNames(
  resources: readonly NamedResource[],
  { groups, authConfigs = [] }: Pick<ObservedAccount, "groups" | "authConfigs">,
  stored: StoredResources,
): (resource: NamedResource) => Names {
  const isStored = (key: string) =>
    [stored.groups, stored.authConfigs, stored.services, stored.tombstones, stored.creationIntents].some((known) =>
      known.has(key),
    );
  const groupName = ({ groupName: name, previousName }: { groupName: string; previousName?: string | undefined }) => {
    if (isSameName(previousName, name) || isStored(groupKey(name))) return name;
    return theOne(groups, name, (group) => group.groupName);
  };
  const previousGroupName = (resource: { groupName: string; previousName?: string | undefined }) => {
    const { previousName } = resource;
    if (previousName === undefined || isStored(groupKey(resource.groupName))) return previousName;
    return theOne(groups, previousName, (group) => group.groupName);
  };
  const providerName = (name: string) =>
    stored.authConfigs.get(authConfigKey(name))?.manifest.providerName ??
    (isStored(authConfigKey(name)) ? name : theOne(authConfigs, name, (config) => config.providerName));

  return (resource) => {
    switch (resource.kind) {
      case "httpServiceGroup":
        return {
          groupName: groupName(resource),
          previousName: previousGroupName(resource),
        };
      case "authConfig":
        return { providerName: providerName(resource.providerName) };
      case "httpService": {
        const { serviceDescription, previousName, authConfig } = resource;
        const declared = resources
          .filter((other) => other.kind === "httpServiceGroup")
          .find((other) => isSameName(other.groupName, resource.groupName));
        const ownGroup = declared ?? { groupName: resource.groupName };
        const isKnown = isStored(keyOf(resource));
        const inGroup = declared || !isKnown ? groupName(ownGroup) : resource.groupName;
        const [group] = [inGroup, declared?.previousName].flatMap((name) =>
          name === undefined ? [] : namedAlike(groups, name, (one) => one.groupName),
        );
        const spelled = (name: string) => theOne(group?.services ?? [], name, (service) => service.serviceDescription);
        const keepsItsOwn =
          isSameName(previousName, serviceDescription) || isStored(serviceKey(inGroup, serviceDescription));
        const other = resources
          .filter((one) => one.kind === "authConfig")
          .find((one) => isSameName(one.providerName, authConfig));
        const referred = other?.providerName ?? authConfig;
        return {
          groupName: inGroup,
          serviceDescription: keepsItsOwn ? serviceDescription : spelled(serviceDescription),
          previousName: isKnown ? previousName : previousName && spelled(previousName),
          authConfig: referred && providerName(referred),
        };
      }
    }
  };
}

/** A name as the one that has it spells it; as it is where several have it or none. */
function theOne<One>(all: readonly One[], name: string, nameOf: (one: One) => string | undefined): string {
  const [one, ...others] = namedAlike(all, name, nameOf);
  return (one !== undefined && others.length === 0 && nameOf(one)) || name;
}

function withNames<Resource extends NamedResource>(resource: Resource, names: Names): Resource {
  const present: Names = { ...resource };
  const differing = Object.entries(names).filter(([field, name]) => name !== undefined && present[field] !== name);
  return differing.length === 0 ? resource : { ...resource, ...Object.fromEntries(differing) };
}
