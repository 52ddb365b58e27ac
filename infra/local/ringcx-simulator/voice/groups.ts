import { type Answer, ok } from "../answer.ts";
import { checkedFields, filledText, flag, optional, required, same } from "../fields/checked-fields.ts";
import type { Fields, GroupRecord } from "../records.ts";
import { type ServicePlace, shownService } from "./services.ts";
import { groupOf, type VoiceCall } from "./voice-call.ts";

// Remote HTTP Service APIs, "Manage Service Groups".

const rules = { groupName: required(filledText), isDefault: optional(flag) };

export function listGroups(call: VoiceCall): Answer {
  const page = call.behaviour.lists.pageOf(call.account.groups, call.query);
  return ok(page.map((group) => shownGroup(call, group)));
}

/** The whole tree in one answer, without the services' inputs. */
export function listGroupsWithChildren(call: VoiceCall): Answer {
  const { lists } = call.behaviour;
  const withPermissions = call.query.get("includePermissions") === "true";
  return ok(
    lists.ordered(call.account.groups).map((group) => ({
      ...shownGroup(call, group, withPermissions),
      services: lists.children(group.services).map((service) => shownService(call, service, withPermissions)),
    })),
  );
}

export function createGroup(call: VoiceCall): Answer {
  return ok(shownGroup(call, addGroup(call, checkedGroup(call.body))));
}

export function getGroup(call: VoiceCall): Answer {
  return ok(shownGroup(call, groupOf(call)));
}

/** Writes the whole record: what the body leaves out is gone. Services are not part of it. */
export function updateGroup(call: VoiceCall): Answer {
  const group = groupOf(call);
  const { serviceGroupId } = group;
  const fields = checkedFields(call.body, { ...rules, serviceGroupId: optional(same(serviceGroupId)) });
  const updated = groupRecord(permittedFields(call, fields, group), { serviceGroupId, services: group.services });
  call.account.groups.splice(call.account.groups.indexOf(group), 1, updated);
  return ok(shownGroup(call, updated));
}

/**
 * Adds a group to an account.
 *
 * @param fields as {@link checkedGroup} answers them
 * @throws {Refusal} when the account has a group of this name
 */
export function addGroup(place: ServicePlace, fields: Fields): GroupRecord {
  const { state, account } = place;
  const named = permittedFields(place, fields);
  const group = groupRecord(named, { serviceGroupId: state.nextId(), services: [] });
  account.groups.push(group);
  return group;
}

/** @throws {Refusal} 400 naming the fields that are wrong */
export function checkedGroup(body: unknown): Fields {
  return checkedFields(body, rules);
}

function groupRecord(fields: Fields, own: Pick<GroupRecord, "serviceGroupId" | "services">): GroupRecord {
  const { permissions: _readOnly, ...kept } = fields;
  return { ...kept, groupName: String(fields.groupName), isDefault: fields.isDefault === true, ...own };
}

/** The fields with the name as it is kept. */
function permittedFields(
  { account, behaviour: { names } }: ServicePlace,
  fields: Fields,
  except?: GroupRecord,
): Fields {
  const groupName = names.kept(String(fields.groupName));
  const others = account.groups.flatMap((group) => (group === except ? [] : [group.groupName]));
  names.demandUnique("service group", groupName, others);
  return { ...fields, groupName };
}

function shownGroup({ permissions }: VoiceCall, group: GroupRecord, withPermissions = true): Fields {
  const { services: _children, ...fields } = group;
  return { ...fields, ...(withPermissions && { permissions: permissions.on("HttpServiceGroup") }) };
}
