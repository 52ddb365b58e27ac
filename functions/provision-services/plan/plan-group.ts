import type { GroupManifest } from "../../../shared/contract/apply.ts";
import type { ServiceGroup } from "../../../shared/ringcx/resources/service-group.ts";
import { mayChange } from "./ownership.ts";
import { emptyPlan, type PlanContext, type ResourcePlan } from "./resource-plan.ts";

/** What is to be done about a group: found by its name, by the id that we know, or by its previous name. */
export function planGroup({ resource, path, request, observed, stored }: PlanContext<GroupManifest>): ResourcePlan {
  const empty = emptyPlan(resource, { path, generation: request.generation, stored });
  const record = stored.groups.get(empty.key);
  const group = findGroup(resource, observed.groups, record?.serviceGroupId);
  const base = { ...empty, found: group && { serviceGroupId: group.serviceGroupId } };
  if (!group) return { ...base, steps: [{ do: "createGroup", manifest: resource, changes: ["created"] }] };
  const isOurs = record?.serviceGroupId === group.serviceGroupId || stored.creationIntents.has(empty.key);
  if (!mayChange({ isOurs }, resource.adopt)) {
    const message = `a group of this name exists already (serviceGroupId ${group.serviceGroupId}) and was not made by a message`;
    return { ...base, problems: [{ path, message, hint: 'say "adopt": true to take it over' }] };
  }
  const changes = [
    ...(group.groupName === resource.groupName ? [] : [`groupName (was ${JSON.stringify(group.groupName)})`]),
    ...(resource.isDefault === undefined || resource.isDefault === (group.isDefault ?? false) ? [] : ["isDefault"]),
  ];
  const remarks = isOurs ? [] : ["adopted"];
  if (changes.length === 0) return { ...base, remarks };
  const { services: _services, permissions: _permissions, ...kept } = group;
  const { groupName, isDefault = group.isDefault } = resource;
  const written = { ...kept, groupName, ...(isDefault !== undefined && { isDefault }) };
  const { serviceGroupId } = group;
  return { ...base, remarks, steps: [{ do: "updateGroup", serviceGroupId, group: written, changes: changes }] };
}

function findGroup(
  { groupName, previousName }: GroupManifest,
  groups: readonly ServiceGroup[],
  knownId: number | undefined,
): ServiceGroup | undefined {
  return (
    groups.find((group) => group.groupName === groupName) ??
    groups.find((group) => group.serviceGroupId === knownId) ??
    groups.find((group) => previousName !== undefined && group.groupName === previousName)
  );
}
