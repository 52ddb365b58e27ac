import { type Answer, ok } from "../answer.ts";
import { checkedFields, filledText, flag, optional, required, same } from "../fields/checked-fields.ts";
import type { AccountRecord, Fields, GroupRecord, RingCxState } from "../records.ts";
import { conflict } from "../refusal.ts";
import { pageOf } from "./paging.ts";
import { shownService } from "./services.ts";
import { groupOf, type VoiceCall } from "./voice-call.ts";

// Remote HTTP Service APIs, "Manage Service Groups".

const rules = { groupName: required(filledText), isDefault: optional(flag) };

export function listGroups(call: VoiceCall): Answer {
  return ok(pageOf(call.account.groups, call.query).map((group) => shownGroup(call, group)));
}

/** The whole tree in one answer, without the services' inputs. */
export function listGroupsWithChildren(call: VoiceCall): Answer {
  const withPermissions = call.query.get("includePermissions") === "true";
  return ok(
    call.account.groups.map((group) => ({
      ...shownGroup(call, group, withPermissions),
      services: group.services.map((service) => shownService(call, service, withPermissions)),
    })),
  );
}

export function createGroup(call: VoiceCall): Answer {
  return ok(shownGroup(call, addGroup(call.state, call.account, checkedGroup(call.body))));
}

export function getGroup(call: VoiceCall): Answer {
  return ok(shownGroup(call, groupOf(call)));
}

/** Writes the whole record: what the body leaves out is gone. Services are not part of it. */
export function updateGroup(call: VoiceCall): Answer {
  const group = groupOf(call);
  const { serviceGroupId } = group;
  const fields = checkedFields(call.body, { ...rules, serviceGroupId: optional(same(serviceGroupId)) });
  refuseDuplicate(call.account, fields.groupName, group);
  const updated = groupRecord(fields, { serviceGroupId, services: group.services });
  call.account.groups.splice(call.account.groups.indexOf(group), 1, updated);
  return ok(shownGroup(call, updated));
}

/**
 * Adds a group to an account.
 *
 * @param fields as {@link checkedGroup} answers them
 * @throws {Refusal} 409 when the account has a group of this name
 */
export function addGroup(state: RingCxState, account: AccountRecord, fields: Fields): GroupRecord {
  refuseDuplicate(account, fields.groupName);
  const group = groupRecord(fields, { serviceGroupId: state.nextId(), services: [] });
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

function refuseDuplicate({ groups }: AccountRecord, groupName: unknown, except?: GroupRecord): void {
  if (groups.some((group) => group !== except && group.groupName === groupName)) {
    throw conflict(`A service group named "${groupName}" exists in this account`);
  }
}

function shownGroup({ permissions }: VoiceCall, group: GroupRecord, withPermissions = true): Fields {
  const { services: _children, ...fields } = group;
  return { ...fields, ...(withPermissions && { permissions: permissions.on("HttpServiceGroup") }) };
}
