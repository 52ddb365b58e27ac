import { type Answer, ok } from "../answer.ts";
import { checkedFields, flag, required } from "../fields/checked-fields.ts";
import { checkedV1Service, v1Fields } from "../fields/service-config.ts";
import type { Fields, GroupRecord, ServiceRecord } from "../records.ts";
import { badRequest, notFound } from "../refusal.ts";
import { groupOf, serviceOf, type VoiceCall } from "./voice-call.ts";

// Remote HTTP Service APIs, "Manage HTTP Services".

export function listServices(call: VoiceCall): Answer {
  const page = call.behaviour.lists.pageOf(groupOf(call).services, call.query);
  return ok(page.map((service) => shownService(call, service)));
}

export function createService(call: VoiceCall): Answer {
  const { services } = call.behaviour;
  const group = groupOf(call);
  const fields = keptFields(call, checkedV1Service(call.body, call.account));
  const isEnabled = services.isEnabledAtBirth(fields.isEnabled === true);
  return services.answerCreate(shownService(call, addService(call, group, { ...fields, isEnabled })));
}

export function getService(call: VoiceCall): Answer {
  return ok(shownService(call, serviceOf(call).service));
}

/** Writes the whole record. Inputs have operations of their own. */
export function updateService(call: VoiceCall): Answer {
  const { services } = call.behaviour;
  const { group, service } = serviceOf(call);
  const { serviceId } = service;
  services.demand("put", service);
  const before = shownService(call, service);
  const sent = checkedV1Service(call.body, { accountId: call.account.accountId, serviceId });
  const fields = keptFields(call, services.afterPut(sent, ownFields(service)), service);
  return services.answerPut(shownService(call, replaceService(call, group, service, fields)), before);
}

/** A copy under a new name. */
export function cloneService(call: VoiceCall): Answer {
  const { services, clones } = call.behaviour;
  const { group, service } = serviceOf(call);
  const newName = call.query.get("newName")?.trim();
  if (!newName) throw badRequest("newName: is required");
  services.demand("clone", service);
  const clone = addService(call, group, { ...clones.fields(service), serviceDescription: newName });
  clone.inputs = clones.inputs(service).map((input) => ({ ...input, inputId: call.state.nextId() }));
  return services.answerCreate(shownService(call, clone));
}

export function setIsActive(call: VoiceCall): Answer {
  const { services } = call.behaviour;
  const { service } = serviceOf(call);
  const isActive = checkedFields(call.body, { isActive: required(flag) }).isActive === true;
  if (!isActive) services.demand("deactivate", service);
  const was = service.isEnabled;
  const answer = services.answerSetActive(isActive, was, () => shownService(call, { ...service, isEnabled: isActive }));
  service.isEnabled = isActive;
  return answer;
}

/** Where a service is put: its account, and how names behave there. */
export type ServicePlace = Pick<VoiceCall, "state" | "account" | "behaviour">;

/**
 * Adds a service to a group.
 *
 * @throws {Refusal} for a name that the group has, 404 for an auth config that is not under the account
 */
export function addService(place: ServicePlace, group: GroupRecord, fields: Fields): ServiceRecord {
  const { state, account } = place;
  const named = permittedFields(place, group, fields);
  const own = { serviceId: state.nextId(), accountId: account.accountId, inputs: [], workflows: [] };
  const service = serviceRecord(named, own);
  group.services.push(service);
  return service;
}

/** Puts a new record in a service's place, under the same conditions as {@link addService}. */
export function replaceService(
  place: ServicePlace,
  group: GroupRecord,
  service: ServiceRecord,
  fields: Fields,
): ServiceRecord {
  const { serviceId, accountId, inputs, workflows } = service;
  const updated = serviceRecord(permittedFields(place, group, fields, service), {
    serviceId,
    accountId,
    inputs,
    workflows,
  });
  group.services.splice(group.services.indexOf(service), 1, updated);
  return updated;
}

/** A service as v1 answers it. */
export function shownService(
  { permissions, behaviour: { services } }: VoiceCall,
  service: ServiceRecord,
  withPermissions = true,
): Fields {
  const { authConfigId, ...fields } = ownFields(service);
  return {
    ...fields,
    ...(services.link.isShown && authConfigId !== undefined && { authConfigId }),
    ...services.shownInputs(service),
    ...(withPermissions && { permissions: permissions.on("HttpService") }),
  };
}

/** A record without what has operations of its own, or is not RingCX's. */
function ownFields({ inputs: _inputs, workflows: _workflows, ...fields }: ServiceRecord): Fields {
  return fields;
}

function keptFields({ behaviour: { services } }: VoiceCall, fields: Fields, before?: ServiceRecord): Fields {
  const { httpServiceInputs: _inputs, httpServiceGroup: _group, authConfigId: sent, ...others } = fields;
  const authConfigId = services.link.kept(sent, before?.authConfigId);
  return { ...services.keptFields(others, v1Fields), ...(authConfigId !== undefined && { authConfigId }) };
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

/** The fields with the name as it is kept. */
function permittedFields(
  { account, behaviour: { names } }: ServicePlace,
  group: GroupRecord,
  fields: Fields,
  except?: ServiceRecord,
): Fields {
  const serviceDescription = names.kept(String(fields.serviceDescription));
  const authConfigId = fields.authConfigId === undefined ? undefined : String(fields.authConfigId).toLowerCase();
  if (authConfigId !== undefined && !account.authConfigs.some((config) => config.authConfigId === authConfigId)) {
    throw notFound(`Auth config ${authConfigId}`);
  }
  const others = group.services.flatMap((other) => (other === except ? [] : [other.serviceDescription]));
  names.demandUnique("service", serviceDescription, others);
  return { ...fields, serviceDescription };
}
