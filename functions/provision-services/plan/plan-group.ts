import type { GroupManifest } from "../../../shared/contract/apply.ts";
import { isRenamed, isSameName, namedOrCut } from "../../../shared/primitives/same-name.ts";
import type { ServiceGroup } from "../../../shared/ringcx/resources/service-group.ts";
import { cutNameProblem, cutNamesake, nameBefore } from "./cut-names.ts";
import { nothingToRename } from "./not-there.ts";
import { adoptHint, mayChange } from "./ownership.ts";
import { emptyPlan, type PlanContext, type ResourcePlan } from "./resource-plan.ts";

/** What is to be done about a group: found by its name, by the id that we know, or by its previous name. */
export function planGroup({ resource, path, request, observed, stored }: PlanContext<GroupManifest>): ResourcePlan {
  const empty = emptyPlan(resource, { path, generation: request.generation, stored });
  const record = stored.groups.get(empty.key);
  const [group, ...namesakes] = findGroups(resource, observed.groups, record?.serviceGroupId);
  const base = { ...empty, found: group && { serviceGroupId: group.serviceGroupId } };
  if (!group) {
    const { groupName: name, previousName } = resource;
    const known = observed.groups.map(({ groupName }) => groupName);
    const notes = previousName === undefined ? [] : [nothingToRename("group", { name, previousName }, known)];
    return { ...base, notes, steps: [{ do: "createGroup", manifest: resource, changes: ["created"] }] };
  }
  const twin = previousTwin(resource, group, observed.groups);
  if (twin) return { ...base, problems: [{ path: `${path}.previousName`, ...twin }], isByReading: true };
  const isOurs = record?.serviceGroupId === group.serviceGroupId || stored.creationIntents.has(empty.key);
  const namesake = isOurs ? undefined : cutNamesake(group.groupName, resource, path);
  if (namesake) return { ...base, found: undefined, problems: [namesake], isByReading: true };
  if (!mayChange({ isOurs, namesakes: [group, ...namesakes] }, resource.adopt)) {
    const ids = [group, ...namesakes].map(({ serviceGroupId }) => serviceGroupId).join(", ");
    const message = `a group of this name exists already (serviceGroupId ${ids}) and was not made by a message`;
    return { ...base, problems: [{ path, message, hint: adoptHint(namesakes.length > 0) }], isByReading: true };
  }
  const cut = cutNameProblem(group.groupName, resource, { path });
  const isNew = stored.creationIntents.has(empty.key) && record === undefined;
  const hadName = nameBefore(resource, [record?.manifest.groupName, resource.previousName]) !== undefined;
  if (cut && !isNew && !hadName) return { ...base, ...cut };
  const isToBeRenamed = isRenamed(group.groupName, resource.groupName, resource.previousName);
  const changes = [
    ...(isToBeRenamed ? [`groupName (was ${JSON.stringify(group.groupName)})`] : []),
    ...(resource.isDefault === undefined || resource.isDefault === (group.isDefault ?? false) ? [] : ["isDefault"]),
  ];
  const remarks = isOurs ? [] : ["adopted"];
  if (changes.length === 0) return { ...base, remarks };
  const { services: _services, permissions: _permissions, ...kept } = group;
  const { isDefault = group.isDefault } = resource;
  const groupName = isToBeRenamed ? resource.groupName : group.groupName;
  const written = { ...kept, groupName, ...(isDefault !== undefined && { isDefault }) };
  const { serviceGroupId } = group;
  return { ...base, remarks, steps: [{ do: "updateGroup", serviceGroupId, group: written, changes: changes }] };
}

/** The new name is another group's. */
function previousTwin(
  { groupName, previousName }: GroupManifest,
  group: ServiceGroup,
  groups: readonly ServiceGroup[],
) {
  if (previousName === undefined || isSameName(previousName, groupName)) return undefined;
  const isThere = groups.some((other) => isSameName(other.groupName, previousName));
  if (!isThere || isSameName(group.groupName, previousName)) return undefined;
  const message = `there is a group ${JSON.stringify(previousName)}, and another that is called ${JSON.stringify(groupName)} already`;
  return {
    message,
    hint: "leave previousName out to change the one that has the name; groups swap names by way of a third one, in messages of their own",
  };
}

/** The group that is meant; more than one where several have the name in other spellings. */
function findGroups(
  { groupName, previousName }: GroupManifest,
  groups: readonly ServiceGroup[],
  knownId: number | undefined,
): readonly ServiceGroup[] {
  const named = (name: string) => namedOrCut(groups, name, (group) => group.groupName);
  const exact = groups.filter((group) => group.groupName === groupName);
  if (exact.length > 0) return exact.slice(0, 1);
  const known = groups.filter((group) => group.serviceGroupId === knownId);
  if (known.length > 0) return known;
  const alike = named(groupName);
  return alike.length > 0 || previousName === undefined ? alike : named(previousName).slice(0, 1);
}
