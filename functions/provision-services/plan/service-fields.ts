import { isDeepStrictEqual } from "node:util";
import { carriesCredential } from "../../../shared/contract/fields/headers.ts";
import { isWithoutValue } from "../../../shared/contract/fields/placeholders.ts";
import type { HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import type { Problem } from "../../../shared/contract/outcome.ts";
import type { StoredServiceManifest } from "../../../shared/records/account/service.ts";
import type { HttpService, HttpServiceConfig } from "../../../shared/ringcx/resources/http-service.ts";
import type { ServiceFields } from "./resource-plan.ts";

/** Fields that are RingCX's own, under its own names; the others of a manifest are ours. */
const plainFields = [
  "serviceType",
  "serviceDescription",
  "enableMappings",
  "isDebug",
  "sendAllSurveyData",
  "returntype",
  "soapEndpoint",
  "soapPortname",
  "soapServicename",
  "soapOperationname",
  "soapAction",
  "targetNamespace",
] as const;

/** The fields that a manifest names, as RingCX has them. */
export function namedFields(manifest: HttpServiceManifest): Record<string, unknown> {
  const named: Readonly<Record<string, unknown>> = manifest;
  return Object.fromEntries(
    [...plainFields, "httpServiceConfig"].flatMap((field) =>
      named[field] === undefined ? [] : [[field, named[field]]],
    ),
  );
}

/**
 * What a PUT has to change so that RingCX has what the manifest names; what it does not name stays, also within
 * `httpServiceConfig`.
 *
 * @param before what messages declared so far: a difference from that is drift, not something new
 */
export function differingFields(
  manifest: HttpServiceManifest,
  service: HttpService,
  before: StoredServiceManifest | undefined,
): { fields: ServiceFields; changes: string[] } {
  const fields: Record<string, unknown> = {};
  const changes: string[] = [];
  const { httpServiceConfig, ...plain } = namedFields(manifest);
  for (const [field, desired] of Object.entries(plain)) {
    if (isSame(desired, service[field])) continue;
    fields[field] = desired;
    changes.push(`${field}${driftNote(isDeepStrictEqual(desired, before?.[field]))}`);
  }
  if (httpServiceConfig !== undefined) {
    const desired = httpServiceConfig as HttpServiceConfig;
    const found = typeof service.httpServiceConfig === "object" ? service.httpServiceConfig : {};
    const declared = before?.httpServiceConfig ?? {};
    const differing = Object.keys(desired).filter((name) => !isDeepStrictEqual(desired[name], found[name]));
    if (differing.length > 0) fields.httpServiceConfig = { ...found, ...desired };
    for (const name of differing) {
      changes.push(`httpServiceConfig.${name}${driftNote(isDeepStrictEqual(desired[name], declared[name]))}`);
    }
  }
  return { fields, changes };
}

/**
 * Credentials that a PUT of the whole record would write back as they were read, masked or not: they would be lost
 * or spread. An auth config takes the place of `httpUsername` and `httpPassword`, which are then left out.
 */
export function carriedCredentials(
  service: HttpService,
  fields: ServiceFields,
  hasAuthConfig: boolean,
  path: string,
): Problem[] {
  const hint = "declare an authConfig with the credential as secretId, and httpServiceConfig.headers without it";
  const config = fields.httpServiceConfig ?? service.httpServiceConfig;
  const places = [
    ...(service.httpPassword !== undefined && !hasAuthConfig ? ["httpPassword"] : []),
    ...credentialPlaces(config, "httpServiceConfig"),
  ];
  return places.map((place) => ({
    path: `${path}.${place}`,
    message: `the service holds a credential in ${place}, which a change of the whole record would write back`,
    hint,
  }));
}

/** Fields that an auth config takes the place of. */
export function replacedByAuthConfig(service: HttpService, hasAuthConfig: boolean): string[] {
  if (!hasAuthConfig) return [];
  return ["httpUsername", "httpPassword"].filter((field) => service[field] !== undefined);
}

function credentialPlaces(value: unknown, place: string): string[] {
  if (typeof value === "string" && place === "httpServiceConfig") return [];
  if (Array.isArray(value)) return value.flatMap((entry, index) => credentialPlaces(entry, `${place}[${index}]`));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) =>
    typeof field === "string" && !isWithoutValue(field) && carriesCredential(name)
      ? [`${place}.${name}`]
      : credentialPlaces(field, `${place}.${name}`),
  );
}

function isSame(desired: unknown, found: unknown): boolean {
  // RingCX may leave out what is false or empty.
  return isDeepStrictEqual(desired, found) || (found === undefined && (desired === false || desired === ""));
}

function driftNote(isDrift: boolean): string {
  return isDrift ? " (drift corrected)" : "";
}
