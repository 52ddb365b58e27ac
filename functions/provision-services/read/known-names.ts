import * as z from "zod";
import { authConfigKey, groupKey, keyOf, type ResourceKey, serviceKey } from "../../../shared/contract/resource-key.ts";
import { isSameName, namedAlike } from "../../../shared/primitives/same-name.ts";
import { servicesOfAccount } from "../../../shared/records/account/service.ts";
import { groupsOfAccount } from "../../../shared/records/account/service-group.ts";
import { accountPartition } from "../../../shared/records/service-name.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import type { NamedResource } from "./named-resource.ts";
import type { ObservedAccount } from "./observed-account.ts";
import { withRecordsById } from "./records-by-id.ts";
import { readStoredResources, type StoredResources } from "./stored-resources.ts";

/**
 * Reads what the table knows of a message's resources and what RingCX says, once more where a message spells a name
 * in another way than it is known.
 *
 * @param readAccount reads of RingCX what the resources need
 * @param justRead what the table knows of them, where it was just read
 * @returns the resources under the names by which they are known, see {@link withKnownNames}
 */
export async function readResources<Resource extends NamedResource>(
  table: StateTable,
  { accountId, observed }: { accountId: string; observed: ObservedAccount },
  resources: readonly Resource[],
  readAccount: (resources: readonly Resource[], stored: StoredResources) => Promise<void>,
  justRead?: StoredResources,
): Promise<{ resources: readonly Resource[]; stored: StoredResources }> {
  const stored = justRead ?? (await readStoredResources(table, accountId, resources));
  await readAccount(resources, stored);
  const isForeign = resources.some((resource) => isShown(resource, observed) && !isRecorded(keyOf(resource), stored));
  const recorded = isForeign ? await readRecordedNames(table, accountId) : [];
  const known = withKnownNames(resources, observed, { stored, recorded });
  const isSpelledAsKnown = known === resources;
  const storedAsKnown = isSpelledAsKnown ? stored : await readStoredResources(table, accountId, known);
  if (!isSpelledAsKnown) await readAccount(known, storedAsKnown);
  const madeAs =
    recorded.length > 0 || known.some((one) => isOther(one, observed, storedAsKnown))
      ? await readMadeAs(table, accountId)
      : new Map<number, string>();
  const withNames = { ...storedAsKnown, madeAs };
  const isTakenOver = known.some((one) => one.adopt === true && !isRecorded(keyOf(one), storedAsKnown));
  return {
    resources: known,
    stored: isTakenOver ? await withRecordsById(table, { accountId, observed }, known, withNames) : withNames,
  };
}

/** A group or service as its record names it; RingCX may spell it in another way. */
interface RecordedName {
  groupName: string;
  serviceDescription?: string;
}

/** What the table knows of names: records under the message's own, and those of the account where it matters. */
interface TableNames {
  stored: StoredResources;
  recorded: readonly RecordedName[];
}

/** Of the whole account: read only where RingCX shows something that has no record under the message's name. */
async function readRecordedNames(table: StateTable, accountId: string): Promise<RecordedName[]> {
  const partition = accountPartition(accountId);
  const items = await Promise.all([groupsOfAccount, servicesOfAccount].map((prefix) => table.query(partition, prefix)));
  return items.flat().flatMap(({ manifest }) => recordedNameSchema.safeParse(manifest).data ?? []);
}

const recordedNameSchema = z.object({ groupName: z.string(), serviceDescription: z.string().exactOptional() });

function isShown(resource: NamedResource, { groups }: Pick<ObservedAccount, "groups">): boolean {
  if (resource.kind === "authConfig") return false;
  const [group] = namedAlike(groups, resource.groupName, (one) => one.groupName);
  if (resource.kind === "httpServiceGroup" || !group) return group !== undefined;
  const { serviceDescription } = resource;
  return (group.services ?? []).some((service) => isSameName(service.serviceDescription, serviceDescription));
}

/** Whether what RingCX calls so is not what the table knows by this name: a person may have renamed both. */
function isOther(
  resource: NamedResource,
  { groups }: Pick<ObservedAccount, "groups">,
  stored: StoredResources,
): boolean {
  if (resource.kind !== "httpService") return false;
  const record = stored.services.get(keyOf(resource));
  const [group] = namedAlike(groups, resource.groupName, (one) => one.groupName);
  const shown = namedAlike(group?.services ?? [], resource.serviceDescription, (one) => one.serviceDescription);
  return record !== undefined && shown.some(({ serviceId }) => serviceId !== record.serviceId);
}

/** What the table calls services, by RingCX's ids. */
async function readMadeAs(table: StateTable, accountId: string): Promise<Map<number, string>> {
  const items = await table.query(accountPartition(accountId), servicesOfAccount);
  return new Map(
    items.flatMap(({ serviceId, manifest }) => {
      const name = recordedNameSchema.safeParse(manifest).data;
      return name && typeof serviceId === "number" ? [[serviceId, `${name.groupName}/${name.serviceDescription}`]] : [];
    }),
  );
}

/** Whether the table knows it under this very name. */
function isRecorded(key: ResourceKey, stored: StoredResources): boolean {
  const { groups, authConfigs, services, creationIntents } = stored;
  return [groups, authConfigs, services, creationIntents].some((known) => known.has(key));
}

/**
 * The resources of a message with each name as it is spelled where it is known already: in the table, in RingCX, or for a
 * reference in the message. So whatever is found by a name, records, holds, outages, is found however a message spells it.
 * A resource whose `previousName` is the same name in another spelling is to be respelled, and keeps its own.
 *
 * @returns the very same resources where all are spelled as they are known
 */
function withKnownNames<Resource extends NamedResource>(
  resources: readonly Resource[],
  observed: Pick<ObservedAccount, "groups" | "authConfigs">,
  table: TableNames,
): readonly Resource[] {
  const names = knownNames(resources, observed, table);
  const known = resources.map((resource) => withNames(resource, names(resource)));
  return known.some((resource, index) => resource !== resources[index]) ? known : resources;
}

type Names = Readonly<Record<string, string | undefined>>;
type Renamed<Name extends string> = Readonly<Record<Name, string>> & { previousName?: string | undefined };

function knownNames(
  resources: readonly NamedResource[],
  { groups, authConfigs = [] }: Pick<ObservedAccount, "groups" | "authConfigs">,
  { stored, recorded }: TableNames,
): (resource: NamedResource) => Names {
  const recordedGroups = recorded.filter(({ serviceDescription }) => serviceDescription === undefined);
  const groupNameOf = ({ groupName, previousName }: Renamed<"groupName">) => {
    if (isSameName(previousName, groupName) || isRecorded(groupKey(groupName), stored)) return groupName;
    const [one] = namedAlike(recordedGroups, groupName, (record) => record.groupName);
    return one?.groupName ?? theOne(groups, groupName, (group) => group.groupName);
  };
  const providerNameOf = (name: string) =>
    stored.authConfigs.get(authConfigKey(name))?.manifest.providerName ??
    (isRecorded(authConfigKey(name), stored) ? name : theOne(authConfigs, name, (config) => config.providerName));

  const groupNames = ({ groupName, previousName }: Renamed<"groupName">): Names => ({
    groupName: groupNameOf({ groupName, previousName }),
    previousName:
      previousName === undefined || isRecorded(groupKey(groupName), stored)
        ? previousName
        : theOne(groups, previousName, (group) => group.groupName),
  });

  const serviceNames = (resource: Renamed<"groupName" | "serviceDescription">): Names => {
    const { serviceDescription, previousName } = resource;
    const declared = resources
      .filter((other) => other.kind === "httpServiceGroup")
      .find((other) => isSameName(other.groupName, resource.groupName));
    const isKnown = isRecorded(serviceKey(resource.groupName, serviceDescription), stored);
    const groupName =
      declared || !isKnown ? groupNameOf(declared ?? { groupName: resource.groupName }) : resource.groupName;
    const isRespelled = isSameName(previousName, serviceDescription);
    const record = recorded.find(
      (one) => isSameName(one.serviceDescription, serviceDescription) && isSameName(one.groupName, groupName),
    );
    if (record && !isKnown && !isRespelled) return { ...record, previousName };
    const [group] = [groupName, declared?.previousName].flatMap((name) =>
      name === undefined ? [] : namedAlike(groups, name, (one) => one.groupName),
    );
    const spelled = (name: string) => theOne(group?.services ?? [], name, (service) => service.serviceDescription);
    const keepsItsOwn = isRespelled || isRecorded(serviceKey(groupName, serviceDescription), stored);
    return {
      groupName,
      serviceDescription: keepsItsOwn ? serviceDescription : spelled(serviceDescription),
      previousName: isKnown ? previousName : previousName && spelled(previousName),
    };
  };

  const referredName = (authConfig: string) => {
    const declared = resources
      .filter((other) => other.kind === "authConfig")
      .find((other) => isSameName(other.providerName, authConfig));
    return providerNameOf(declared?.providerName ?? authConfig);
  };

  return (resource) => {
    switch (resource.kind) {
      case "httpServiceGroup":
        return groupNames(resource);
      case "authConfig":
        return { providerName: providerNameOf(resource.providerName) };
      case "httpService": {
        const { authConfig } = resource;
        return { ...serviceNames(resource), authConfig: authConfig && referredName(authConfig) };
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
  const present: Readonly<Record<string, unknown>> = { ...resource };
  const differing = Object.entries(names).filter(([field, name]) => name !== undefined && present[field] !== name);
  return differing.length === 0 ? resource : { ...resource, ...Object.fromEntries(differing) };
}
