import { type Answer, ok } from "../answer.ts";
import { checkedFields, flag, required } from "../fields/checked-fields.ts";
import { masked } from "../fields/masking.ts";
import { checkedV1Service } from "../fields/service-config.ts";
import type { AccountRecord, Fields, GroupRecord, RingCxState, ServiceRecord } from "../records.ts";
import { badRequest, conflict, notFound } from "../refusal.ts";
import { pageOf } from "./paging.ts";
import { groupOf, serviceOf, type VoiceCall } from "./voice-call.ts";

// Remote HTTP Service APIs, "Manage HTTP Services".

export function listServices(call: VoiceCall): Answer {
  return ok(pageOf(groupOf(call).services, call.query).map((service) => shownService(call, service)));
}

export function createService(call: VoiceCall): Answer {
  const group = groupOf(call);
  const fields = keptFields(call, checkedV1Service(call.body, call.account));
  return ok(shownService(call, addService(call.state, call.account, group, fields)));
}

export function getService(call: VoiceCall): Answer {
  return ok(shownService(call, serviceOf(call).service));
}

/** Writes the whole record: what the body leaves out is gone. Inputs have operations of their own. */
export function updateService(call: VoiceCall): Answer {
  const { group, service } = serviceOf(call);
  const { serviceId } = service;
  const fields = keptFields(call, checkedV1Service(call.body, { accountId: call.account.accountId, serviceId }));
  // Where v1 does not know the link, a v1 PUT cannot take it away either.
  const link = call.behaviour.v1AuthLink ? {} : linkOf(service);
  return ok(shownService(call, replaceService(call.account, group, service, { ...fields, ...link })));
}

/** A copy under a new name, as it is: of an active service an active one, its inputs with new ids. */
export function cloneService(call: VoiceCall): Answer {
  const { group, service } = serviceOf(call);
  const newName = call.query.get("newName")?.trim();
  if (!newName) throw badRequest("newName: is required");
  const clone = addService(call.state, call.account, group, { ...service, serviceDescription: newName });
  clone.inputs = service.inputs.map((input) => ({ ...input, inputId: call.state.nextId() }));
  return ok(shownService(call, clone));
}

/** Answers the new state as a bare boolean. */
export function setIsActive(call: VoiceCall): Answer {
  const { service } = serviceOf(call);
  const { isActive } = checkedFields(call.body, { isActive: required(flag) });
  service.isEnabled = isActive === true;
  return ok(service.isEnabled);
}

/**
 * Adds a service to a group.
 *
 * @throws {Refusal} 409 for a name that the group has, 404 for an auth config that is not under the account
 */
export function addService(
  state: RingCxState,
  account: AccountRecord,
  group: GroupRecord,
  fields: Fields,
): ServiceRecord {
  refuse(account, group, fields);
  const own = { serviceId: state.nextId(), accountId: account.accountId, inputs: [], workflows: [] };
  const service = serviceRecord(fields, own);
  group.services.push(service);
  return service;
}

/** Puts a new record in a service's place, under the same conditions as {@link addService}. */
export function replaceService(
  account: AccountRecord,
  group: GroupRecord,
  service: ServiceRecord,
  fields: Fields,
): ServiceRecord {
  refuse(account, group, fields, service);
  const { serviceId, accountId, inputs, workflows } = service;
  const updated = serviceRecord(fields, { serviceId, accountId, inputs, workflows });
  group.services.splice(group.services.indexOf(service), 1, updated);
  return updated;
}

/** A service as v1 answers it. */
export function shownService(
  { permissions, behaviour }: VoiceCall,
  service: ServiceRecord,
  withPermissions = true,
): Fields {
  const { inputs: _inputs, workflows: _workflows, authConfigId, ...fields } = service;
  return {
    ...masked(fields, behaviour.credentialsOnRead),
    ...(behaviour.v1AuthLink && authConfigId !== undefined && { authConfigId }),
    ...(withPermissions && { permissions: permissions.on("HttpService") }),
  };
}

function keptFields({ behaviour }: VoiceCall, fields: Fields): Fields {
  const { httpServiceInputs: _inputs, httpServiceGroup: _group, authConfigId, ...kept } = fields;
  return { ...kept, ...(behaviour.v1AuthLink && authConfigId !== undefined && { authConfigId }) };
}

function linkOf({ authConfigId }: ServiceRecord): Fields {
  return authConfigId === undefined ? {} : { authConfigId };
}

function serviceRecord(
  { permissions: _readOnly, authConfigId, ...fields }: Fields,
  own: Pick<ServiceRecord, "serviceId" | "accountId" | "inputs" | "workflows">,
): ServiceRecord {
  return {
    ...fields,
    serviceType: String(fields.serviceType),
    serviceDescription: String(fields.serviceDescription),
    isEnabled: fields.isEnabled === true,
    isDebug: fields.isDebug === true,
    enableMappings: fields.enableMappings === true,
    ...(authConfigId !== undefined && { authConfigId: String(authConfigId).toLowerCase() }),
    ...own,
  };
}

function refuse(account: AccountRecord, group: GroupRecord, fields: Fields, except?: ServiceRecord): void {
  const { serviceDescription } = fields;
  const authConfigId = fields.authConfigId === undefined ? undefined : String(fields.authConfigId).toLowerCase();
  if (authConfigId !== undefined && !account.authConfigs.some((config) => config.authConfigId === authConfigId)) {
    throw notFound(`Auth config ${authConfigId}`);
  }
  if (group.services.some((other) => other !== except && other.serviceDescription === serviceDescription)) {
    throw conflict(`A service named "${serviceDescription}" exists in this group`);
  }
}
