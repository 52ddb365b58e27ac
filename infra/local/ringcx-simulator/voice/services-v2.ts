import { isDeepStrictEqual } from "node:util";
import { type Answer, ok } from "../answer.ts";
import { isObject } from "../fields/checked-fields.ts";
import { checkedV2Service, parsedConfig, v1Fields } from "../fields/service-config.ts";
import type { Fields, ServiceRecord } from "../records.ts";
import { addService, replaceService } from "./services.ts";
import { groupOf, serviceOf, type VoiceCall } from "./voice-call.ts";

// The same services as `ExternalHttpService` (the vendor's OpenAPI description): with `authConfigId` whatever v1
// does, other names for the SOAP fields, `endpoint` for the URL, and `httpServiceConfig` as an object.

const v1Names: Readonly<Record<string, string>> = {
  portname: "soapPortname",
  servicename: "soapServicename",
  operationName: "soapOperationname",
  action: "soapAction",
  returnType: "returntype",
};

/** Fields that the v2 record lacks: a v2 PUT leaves them as they are. */
const v1Only = ["httpUsername", "httpPassword"];

export function listServicesV2(call: VoiceCall): Answer {
  const page = call.behaviour.lists.pageOf(groupOf(call).services, call.query);
  return ok(page.map((service) => shownV2(call, service)));
}

export function createServiceV2(call: VoiceCall): Answer {
  const { services } = call.behaviour;
  const group = groupOf(call);
  const fields = services.keptFields(fromV2(checkedV2Service(call.body, call.account), undefined), v1Fields);
  const isEnabled = services.isEnabledAtBirth(fields.isEnabled === true);
  return services.answerCreate(shownV2(call, addService(call, group, { ...fields, isEnabled })));
}

export function getServiceV2(call: VoiceCall): Answer {
  return ok(shownV2(call, serviceOf(call).service));
}

/** Writes the whole v2 record. What only v1 knows stays as it is. */
export function updateServiceV2(call: VoiceCall): Answer {
  const { services } = call.behaviour;
  const { group, service } = serviceOf(call);
  const { serviceId } = service;
  services.demand("put", service);
  const before = shownV2(call, service);
  const sent = checkedV2Service(call.body, { accountId: call.account.accountId, serviceId });
  const untouched = Object.fromEntries(v1Only.flatMap((name) => (name in service ? [[name, service[name]]] : [])));
  const { inputs: _inputs, workflows: _workflows, ...there } = service;
  const fields = services.afterPut({ ...services.keptFields(fromV2(sent, service), v1Fields), ...untouched }, there);
  return services.answerPut(shownV2(call, replaceService(call, group, service, fields)), before);
}

/** @throws {Refusal} 409 when a workflow refers to the service */
export function deleteService(call: VoiceCall): Answer {
  const { group, service } = serviceOf(call);
  call.behaviour.services.demand("delete", service);
  group.services.splice(group.services.indexOf(service), 1);
  return { status: 200 };
}

function shownV2({ permissions }: VoiceCall, service: ServiceRecord): Fields {
  return { ...toV2(service), permissions: permissions.on("HttpService") };
}

function toV2(service: ServiceRecord): Fields {
  const { inputs: _inputs, workflows: _workflows, accountId, httpServiceConfig, soapEndpoint, ...fields } = service;
  for (const name of v1Only) delete fields[name];
  const { url, ...config } = parsedConfig(httpServiceConfig) ?? {};
  const endpoint = service.serviceType === "SOAP" ? soapEndpoint : url;
  return {
    ...renamed(fields, Object.fromEntries(Object.entries(v1Names).map(([v2, v1]) => [v1, v2]))),
    accountId: Number(accountId),
    ...(endpoint !== undefined && { endpoint }),
    httpServiceConfig: configToV2(config, service.serviceType),
  };
}

function fromV2(sent: Fields, service: ServiceRecord | undefined): Fields {
  const { endpoint, httpServiceConfig, ...fields } = sent;
  const named = renamed(fields, v1Names);
  if (sent.serviceType === "SOAP") return { ...named, soapEndpoint: endpoint };
  const known = service && toV2(service);
  const isUnchanged =
    known?.endpoint === endpoint && isDeepStrictEqual(known?.httpServiceConfig, httpServiceConfig ?? {});
  // An unchanged configuration keeps its very text, so that setting the link alone changes nothing else.
  const config = isUnchanged
    ? service?.httpServiceConfig
    : JSON.stringify({ url: endpoint, ...configFromV2(isObject(httpServiceConfig) ? httpServiceConfig : {}) });
  return { ...named, httpServiceConfig: config };
}

/** In v2 `headers` are a list, and the configuration says its own type. */
function configToV2({ headers, ...config }: Fields, serviceType: string): Fields {
  return {
    ...config,
    type: serviceType === "SOAP" ? "SOAP" : "HTTP",
    ...(isObject(headers) && { headers: Object.entries(headers).map(([name, value]) => ({ name, value })) }),
  };
}

function configFromV2({ headers, type: _type, ...config }: Fields): Fields {
  if (!Array.isArray(headers)) return config;
  return { ...config, headers: Object.fromEntries(headers.filter(isObject).map(({ name, value }) => [name, value])) };
}

function renamed(fields: Fields, names: Readonly<Record<string, string>>): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [names[name] ?? name, value]));
}
