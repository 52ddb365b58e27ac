import { isDeepStrictEqual } from "node:util";
import type { Overrides } from "../../../shared/contract/copy.ts";
import type { Problem } from "../../../shared/contract/outcome.ts";
import { plainUrl } from "../../../shared/primitives/host-pattern.ts";
import type { ServiceRecord } from "../../../shared/records/account/service.ts";
import { type HttpService, type HttpServiceConfig, urlOf } from "../../../shared/ringcx/resources/http-service.ts";

const texts = ["returntype", "soapPortname", "soapServicename", "soapOperationname", "soapAction", "targetNamespace"];

const flags = ["enableMappings", "isDebug", "sendAllSurveyData"];

/** The fields of a service that travel, under the names of a manifest, with the overrides in place. */
export function fieldsOf(service: HttpService, overrides: Overrides): Record<string, unknown> {
  const { serviceType, soapEndpoint, httpServiceConfig } = service;
  const isSoap = serviceType === "SOAP";
  return {
    serviceType,
    ...Object.fromEntries(flags.flatMap((flag) => (service[flag] === undefined ? [] : [[flag, service[flag]]]))),
    ...textsOf(service, isSoap ? texts : ["returntype"]),
    ...(overrides.isDebug !== undefined && { isDebug: overrides.isDebug }),
    ...(isSoap
      ? { soapEndpoint: soapEndpoint === undefined ? undefined : movedUrl(soapEndpoint, overrides) }
      : { httpServiceConfig: configOf(httpServiceConfig, overrides) }),
  };
}

function configOf(config: HttpService["httpServiceConfig"], overrides: Overrides): unknown {
  if (typeof config !== "object") return config;
  const { url, headers, ...others } = config as HttpServiceConfig & { headers?: Record<string, unknown> };
  const without = new Set((overrides.withoutHeaders ?? []).map((name) => name.toLowerCase()));
  const set = new Set(Object.keys(overrides.headers ?? {}).map((name) => name.toLowerCase()));
  const kept = Object.entries(headers ?? {}).filter(
    ([name]) => !without.has(name.toLowerCase()) && !set.has(name.toLowerCase()),
  );
  // A clone is born with them, and a target of an earlier copy may have them.
  const nothing = Object.fromEntries([...without].flatMap((name) => (set.has(name) ? [] : [[name, null]])));
  const merged = { ...Object.fromEntries(kept), ...nothing, ...overrides.headers };
  return {
    ...others,
    url: typeof url === "string" ? movedUrl(url, overrides) : url,
    ...((headers !== undefined || !isDeepStrictEqual(merged, {})) && { headers: merged }),
  };
}

/** The validation with its URL moved as the overrides say. */
export function movedValidation(validation: ServiceRecord["manifest"]["validation"], overrides: Overrides) {
  if (!validation) return undefined;
  return { ...validation, ...(validation.url !== undefined && { url: movedUrl(validation.url, overrides) }) };
}

/** A URL as text: what follows the beginning may be a template of RingCX's. */
export function movedUrl(url: string, { urls = [] }: Overrides): string {
  const fitting = urls.filter(({ from }) => beginsWith(url, from)).toSorted((a, b) => b.from.length - a.from.length);
  const [best] = fitting;
  return best ? best.to + url.slice(best.from.length) : url;
}

/** Overrides of URLs that fit nothing that is copied: whoever wrote one believes that it moves something. */
export function unusedUrls(
  { urls = [] }: Overrides,
  sources: readonly { service: HttpService; record: ServiceRecord | undefined }[],
): Problem[] {
  const all = sources.flatMap(({ service, record }) => [urlOf(service), record?.manifest.validation?.url]);
  const copied = all.filter((url) => url !== undefined);
  const hosts = [...new Set(copied.map((url) => plainUrl(url)?.origin))].filter((origin) => origin !== undefined);
  return urls.flatMap(({ from }, index) => {
    if (copied.some((url) => beginsWith(url, from))) return [];
    const path = `data.overrides.urls[${index}].from`;
    const hint = `what is copied begins with ${hosts.slice(0, 10).join(", ") || "nothing that can be read"}`;
    return [{ path, message: "no URL that is copied begins with it, up to a slash or its end", hint }];
  });
}

/** `https://a.example` is the beginning of `https://a.example/x`, not of `https://a.example.org`. */
function beginsWith(url: string, from: string): boolean {
  if (!url.startsWith(from)) return false;
  return url.length === from.length || /[/?#]$/.test(from) || /^[/?#]/.test(url.slice(from.length));
}

/** Those of the named fields that there are. */
export function textsOf(record: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.flatMap((name) => (record[name] === undefined ? [] : [[name, record[name]]])));
}
