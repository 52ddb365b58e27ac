import { badRequest } from "../refusal.ts";
import {
  type Check,
  checkedFields,
  type FieldRule,
  filledText,
  flag,
  httpUrl,
  isObject,
  oneOf,
  optional,
  required,
  same,
  text,
  uuid,
} from "./checked-fields.ts";

// Remote HTTP Service APIs, "Create an HTTP Service": which fields a service has, by its type.

const methods = oneOf("GET", "POST", "PUT", "DELETE", "PATCH");

/** A JSON string whose object has a `url`; `headers` and `method` are looked at when they are there. */
const configText: Check = (value) => {
  if (typeof value !== "string") return "must be a JSON string";
  const config = parsedConfig(value);
  if (!config) return "must hold a JSON object";
  const problems = [
    problemAt("url", httpUrl(config.url)),
    config.headers === undefined || isHeaders(config.headers) ? "" : "headers must be an object of strings",
    config.method === undefined ? "" : problemAt("method", methods(config.method)),
  ].filter((problem) => problem !== "");
  return problems.length > 0 ? problems.join(", ") : undefined;
};

const commonRules: Readonly<Record<string, FieldRule>> = {
  serviceType: required(oneOf("SOAP", "HTTP_POST", "HTTP_GET", "HTTP")),
  serviceDescription: required(filledText),
  authConfigId: optional(uuid),
  isEnabled: optional(flag),
  isDebug: optional(flag),
  enableMappings: optional(flag),
  sendAllSurveyData: optional(flag),
  targetNamespace: optional(text),
};

const v1Texts = ["soapPortname", "soapServicename", "soapOperationname", "soapAction", "returntype"];
const v1Rules: Readonly<Record<string, FieldRule>> = {
  ...commonRules,
  ...Object.fromEntries([...v1Texts, "httpUsername", "httpPassword"].map((name) => [name, optional(text)])),
};

const v2Texts = ["portname", "servicename", "operationName", "action", "returnType"];
const v2Rules: Readonly<Record<string, FieldRule>> = {
  ...commonRules,
  endpoint: required(httpUrl),
  ...Object.fromEntries(v2Texts.map((name) => [name, optional(text)])),
};

/** The fields of a service that the documentation knows, under their v1 names. */
export const v1Fields: ReadonlySet<string> = new Set([
  ...Object.keys(v1Rules),
  "soapEndpoint",
  "httpServiceConfig",
  "serviceId",
  "accountId",
]);

/** Ids that the path gives; a body may repeat but not contradict them. */
export interface PathIds {
  accountId: string;
  serviceId?: number;
}

/** @throws {Refusal} 400 naming every field of a `RemoteHttpService` that is wrong */
export function checkedV1Service(body: unknown, ids: PathIds) {
  const isSoap = isObject(body) && body.serviceType === "SOAP";
  return checkedFields(body, {
    ...v1Rules,
    soapEndpoint: isSoap ? required(httpUrl) : optional(text),
    httpServiceConfig: isSoap ? optional(text) : required(configText),
    ...idRules(ids),
  });
}

/** @throws {Refusal} 400 naming every field of an `ExternalHttpService` that is wrong */
export function checkedV2Service(body: unknown, ids: PathIds) {
  const fields = checkedFields(body, { ...v2Rules, ...idRules(ids) });
  if (fields.httpServiceConfig !== undefined && !isObject(fields.httpServiceConfig)) {
    throw badRequest("httpServiceConfig: must be an object");
  }
  return fields;
}

/** The object in a service's `httpServiceConfig`, if it holds one. */
export function parsedConfig(json: string | undefined): Record<string, unknown> | undefined {
  try {
    const config: unknown = JSON.parse(json ?? "");
    return isObject(config) ? config : undefined;
  } catch {
    return undefined;
  }
}

function idRules({ accountId, serviceId }: PathIds): Record<string, FieldRule> {
  return {
    accountId: optional(same(accountId)),
    ...(serviceId !== undefined && { serviceId: optional(same(serviceId)) }),
  };
}

function problemAt(field: string, problem: string | undefined): string {
  return problem ? `${field} ${problem}` : "";
}

function isHeaders(value: unknown): boolean {
  return isObject(value) && Object.values(value).every((header) => typeof header === "string");
}
