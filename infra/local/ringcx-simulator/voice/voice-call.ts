import type { UserPermissions } from "../access/permissions.ts";
import type { Behaviour } from "../behaviour/behaviour.ts";
import type { AccountRecord, GroupRecord, InputRecord, RingCxState, ServiceRecord } from "../records.ts";
import { badRequest, notFound } from "../refusal.ts";

/** One call of the voice API that has passed its token, its rate and its permissions. */
export interface VoiceCall {
  state: RingCxState;
  account: AccountRecord;
  /** The ids in the path, as they were sent. */
  ids: Readonly<Record<string, string>>;
  query: URLSearchParams;
  body: unknown;
  permissions: UserPermissions;
  behaviour: Behaviour;
  /** By RingCX's own clock, epoch milliseconds. */
  now: number;
}

/** @throws {Refusal} 404 when the group is not under this account */
export function groupOf({ account, ids }: VoiceCall): GroupRecord {
  const serviceGroupId = int32Id(ids, "serviceGroupId");
  const group = account.groups.find((candidate) => candidate.serviceGroupId === serviceGroupId);
  if (!group) throw notFound(`Service group ${serviceGroupId}`);
  return group;
}

/** @throws {Refusal} 404 when the service is not in this group of this account */
export function serviceOf(call: VoiceCall): { group: GroupRecord; service: ServiceRecord } {
  const group = groupOf(call);
  const serviceId = int32Id(call.ids, "serviceId");
  const service = group.services.find((candidate) => candidate.serviceId === serviceId);
  if (!service) throw notFound(`HTTP service ${serviceId}`);
  return { group, service };
}

/** @throws {Refusal} 404 when the input is not one of this service */
export function inputOf(call: VoiceCall): { service: ServiceRecord; input: InputRecord } {
  const { service } = serviceOf(call);
  const inputId = int32Id(call.ids, "inputId");
  const input = service.inputs.find((candidate) => candidate.inputId === inputId);
  if (!input) throw notFound(`HTTP service input ${inputId}`);
  return { service, input };
}

function int32Id(ids: Readonly<Record<string, string>>, name: string): number {
  const id = Number(ids[name]);
  if (!/^\d+$/.test(ids[name] ?? "") || id >= 2 ** 31) throw badRequest(`${name}: must be a 32-bit integer`);
  return id;
}
