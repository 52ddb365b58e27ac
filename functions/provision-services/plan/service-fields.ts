import { isDeepStrictEqual } from "node:util";
import { suspectedCredentials } from "../../../shared/contract/credentials/credential-detection.ts";
import { carriesCredential } from "../../../shared/contract/fields/headers.ts";
import { isWithoutValue } from "../../../shared/contract/fields/placeholders.ts";
import type { HttpServiceManifest } from "../../../shared/contract/http-service.ts";
import { pathText } from "../../../shared/contract/message-problems.ts";
import type { Problem } from "../../../shared/contract/outcome.ts";
import { plainUrl } from "../../../shared/primitives/host-pattern.ts";
import { isRenamed } from "../../../shared/primitives/same-name.ts";
import type { StoredServiceManifest } from "../../../shared/records/account/service.ts";
import {
  type HttpService,
  type HttpServiceConfig,
  isOddObject,
  urlOf,
} from "../../../shared/ringcx/resources/http-service.ts";
import { driftCorrected } from "./joined-changes.ts";
import { plannedChange, plannedValue } from "./planned-values.ts";
import type { ServiceFields } from "./resource-plan.ts";
import { differingConfig, mergedConfig, newConfig } from "./service-config.ts";

/** Fields that are RingCX's own, under its own names; the others of a manifest are ours. */
export const plainFields = [
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

/** The fields of a new service that a manifest names, as RingCX has them. */
export function namedFields(manifest: HttpServiceManifest): Record<string, unknown> {
  const { httpServiceConfig, ...plain } = declaredFields(manifest);
  return { ...plain, ...(httpServiceConfig !== undefined && { httpServiceConfig: newConfig(httpServiceConfig) }) };
}

/**
 * What a PUT has to change so that RingCX has what the manifest names; what it does not name stays, also within
 * `httpServiceConfig` and its headers.
 *
 * @param before what messages declared so far: a difference from that is drift, not something new
 * @returns the fields as they are declared, for {@link withFields}; what changes, and the same with its values
 */
export function differingFields(
  manifest: HttpServiceManifest,
  service: HttpService,
  before: StoredServiceManifest | undefined,
): { fields: ServiceFields; changes: string[]; plannedChanges: string[] } {
  const fields: Record<string, unknown> = {};
  const changes: string[] = [];
  const plannedChanges: string[] = [];
  const { httpServiceConfig: config, ...plain } = declaredFields(manifest);
  for (const [field, desired] of Object.entries(plain)) {
    if (
      field === "serviceDescription" &&
      !isRenamed(service.serviceDescription, manifest.serviceDescription, manifest.previousName)
    ) {
      continue;
    }
    if (isSame(desired, service[field])) continue;
    fields[field] = desired;
    const was = field === "serviceDescription" && service[field] ? ` (was ${JSON.stringify(service[field])})` : "";
    const note = driftNote(isDeepStrictEqual(desired, before?.[field]));
    changes.push(`${field}${was}${note}`);
    plannedChanges.push(`${plannedChange(field, service[field], desired)}${note}`);
  }
  if (config !== undefined) {
    const differing = differingConfig(service.httpServiceConfig, config, before?.httpServiceConfig ?? {});
    if (differing.length > 0) fields.httpServiceConfig = config;
    for (const { path, isDrift, found, declared } of differing) {
      changes.push(`httpServiceConfig.${path}${driftNote(isDrift)}`);
      plannedChanges.push(`${plannedChange(`httpServiceConfig.${path}`, found, declared)}${driftNote(isDrift)}`);
    }
  }
  return { fields, changes, plannedChanges };
}

/** What a plan says of the fields of a new service, a line each. */
export function plannedFields(manifest: HttpServiceManifest): string[] {
  const { serviceDescription: _, httpServiceConfig, ...plain } = namedFields(manifest);
  const { headers = {}, ...config } = { ...(httpServiceConfig as HttpServiceConfig | undefined) };
  const under = (path: string, fields: object) =>
    Object.entries(fields).map(([name, value]) => plannedValue(`${path}${name}`, value));
  return [
    ...under("", plain),
    ...under("httpServiceConfig.", config),
    ...under("httpServiceConfig.headers.", headers as object),
    ...(manifest.authConfig === undefined ? [] : [`authConfig ${manifest.authConfig}`]),
  ];
}

/** The whole record of a service as a PUT writes it: as it was read, with the fields that are to differ. */
export function withFields(service: HttpService, fields: ServiceFields): HttpService {
  const { httpServiceConfig, ...plain } = fields;
  if (httpServiceConfig === undefined) return { ...service, ...plain };
  const merged = mergedConfig(service.httpServiceConfig, httpServiceConfig as HttpServiceConfig);
  return { ...service, ...plain, httpServiceConfig: merged };
}

function declaredFields(
  manifest: HttpServiceManifest,
): Record<string, unknown> & { httpServiceConfig?: HttpServiceConfig } {
  const named: Readonly<Record<string, unknown>> = manifest;
  return Object.fromEntries(
    [...plainFields, "httpServiceConfig"].flatMap((field) =>
      named[field] === undefined ? [] : [[field, named[field]]],
    ),
  );
}

/**
 * Why a PUT of the whole record with these fields must not be sent: what it would lose, or write back. Nothing where it may.
 *
 * @param path of the service in the message
 */
export function writeProblems(
  service: HttpService,
  fields: ServiceFields,
  hasAuthConfig: boolean,
  path: string,
): Problem[] {
  return [...lostMembers(service, fields, path), ...carriedCredentials(service, fields, hasAuthConfig, path)];
}

/** A configuration of which not every member can be told goes back as it is, or not at all. */
function lostMembers({ httpServiceConfig: found }: HttpService, fields: ServiceFields, path: string): Problem[] {
  if (fields.httpServiceConfig === undefined || typeof found !== "string" || !isOddObject(found)) return [];
  return [
    {
      path: `${path}.httpServiceConfig`,
      message:
        "RingCX has a configuration there in which a member is there twice, or which is nested too deep: a change would lose what the message does not name",
      hint: "mend it in the admin page, then send the message again",
    },
  ];
}

/**
 * Credentials that a PUT of the whole record would write back as they were read, masked or not: they would be lost
 * or spread. An auth config takes the place of `httpUsername` and `httpPassword`, which are then left out. A header that
 * the manifest does not name is kept, so it counts as well; where the service moves to another host, also one that only
 * looks like a credential.
 */
function carriedCredentials(
  service: HttpService,
  fields: ServiceFields,
  hasAuthConfig: boolean,
  path: string,
): Problem[] {
  const after = withFields(service, fields);
  const config = typeof after.httpServiceConfig === "object" ? after.httpServiceConfig : {};
  const isMoved = plainUrl(urlOf(after))?.host !== plainUrl(urlOf(service))?.host;
  const places = [
    ...(service.httpPassword !== undefined && !hasAuthConfig ? [["httpPassword"]] : []),
    ...credentialPlaces(config, ["httpServiceConfig"]),
    ...(isMoved ? suspectedCredentials(config).map((found) => ["httpServiceConfig", ...found.path]) : []),
  ];
  const unique = new Map(places.map((place) => [pathText(place), place]));
  return [...unique].map(([place, [, part, header]]) => {
    const isHeader = part === "headers" && header !== undefined;
    const removed = isHeader ? `, and ${JSON.stringify(header)}: null in httpServiceConfig.headers to remove it` : "";
    const where = isMoved ? ", to another host" : "";
    return {
      path: `${path}.${place}`,
      message: `the service holds a credential in ${place}, which a change of the whole record would write back${where}`,
      hint: `declare an authConfig with the credential as secretId${removed}`,
    };
  });
}

/** Fields that an auth config takes the place of. */
export function replacedByAuthConfig(service: HttpService, hasAuthConfig: boolean): string[] {
  if (!hasAuthConfig) return [];
  return ["httpUsername", "httpPassword"].filter((field) => service[field] !== undefined);
}

function credentialPlaces(value: unknown, path: (string | number)[]): (string | number)[][] {
  if (Array.isArray(value)) return value.flatMap((entry, index) => credentialPlaces(entry, [...path, index]));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) =>
    typeof field === "string" && !isWithoutValue(field) && carriesCredential(name)
      ? [[...path, name]]
      : credentialPlaces(field, [...path, name]),
  );
}

function isSame(desired: unknown, found: unknown): boolean {
  // RingCX may leave out what is false or empty.
  return isDeepStrictEqual(desired, found) || (found === undefined && (desired === false || desired === ""));
}

function driftNote(isDrift: boolean): string {
  return isDrift ? driftCorrected : "";
}
