import * as z from "zod";
import { parseExactly } from "../../primitives/exact-json.ts";
import { parseJson } from "../../primitives/json.ts";
import { hasTwins, scanJson } from "../../primitives/json-scan.ts";
import { Redacted } from "../../primitives/redacted.ts";
import { numericId, optionalBoolean, optionalField, optionalText } from "./field-types.ts";
import { serviceInputSchema, serviceInputWriteSchema } from "./service-input.ts";

/** Remote HTTP Service APIs, "Resource Notes": how RingCX calls the endpoint. */
export const serviceTypes = ["SOAP", "HTTP_POST", "HTTP_GET", "HTTP"] as const;
/** See {@link serviceTypes}. */
export type ServiceType = (typeof serviceTypes)[number];

/** What RingCX sends to the endpoint: `url`, `headers` and more, which RingCX does not document further. */
export type HttpServiceConfig = Readonly<Record<string, unknown>>;

/** Deepest nesting of a configuration that is read, in levels: what looks through it needs the stack. */
const deepestConfig = 100;

// On the wire a JSON string. One that is not a JSON object, or has a member twice (which one counts, only RingCX knows),
// stays the string that it is, so that a single odd record neither hides a whole list nor is changed by the next PUT.
// The others are read exactly, because what a manifest does not name goes back with the next PUT. No schema of zod's
// looks at the members: those of records leave out `__proto__`.
const members = z.custom<HttpServiceConfig>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "expected an object, or its JSON",
);
const configFromWire = z.union([z.string().transform(readConfig), members]);
const configToWire = z.union([z.string(), members.transform((config) => JSON.stringify(config))]);

function readConfig(text: string): HttpServiceConfig | string {
  if (isOddObject(text)) return text;
  const value = parseExactly(text, { isSpellingKept: true })?.value;
  return members.safeParse(value).data ?? text;
}

/** Whether a text holds an object of which not every member can be told: one is there twice, or it is nested too deep. */
export function isOddObject(text: string): boolean {
  if (!/^\s*\{/.test(text)) return false;
  return scanJson(text, { deepest: 0 }) > deepestConfig || (hasTwins(text) && parseJson(text) !== undefined);
}

/** A service as RingCX answers it; fields that we do not know are kept, because a PUT writes the whole record. */
export const httpServiceSchema = z.looseObject({
  serviceId: numericId,
  accountId: optionalField(z.union([z.string(), z.number().transform(String)])),
  serviceType: z.string(),
  /** The service's name. */
  serviceDescription: z
    .string()
    .nullish()
    .transform((name) => name ?? ""),
  httpServiceConfig: optionalField(configFromWire),
  authConfigId: optionalText,
  httpUsername: optionalText,
  httpPassword: optionalField(z.string().transform((password) => new Redacted(password))),
  soapEndpoint: optionalText,
  soapPortname: optionalText,
  soapServicename: optionalText,
  soapOperationname: optionalText,
  soapAction: optionalText,
  targetNamespace: optionalText,
  returntype: optionalText,
  sendAllSurveyData: optionalBoolean,
  isEnabled: optionalBoolean,
  isDebug: optionalBoolean,
  enableMappings: optionalBoolean,
  permissions: optionalField(z.array(z.string())),
  httpServiceInputs: optionalField(z.array(serviceInputSchema)),
});
/** A service as RingCX answers it. */
export type HttpService = z.output<typeof httpServiceSchema>;

const writtenFields = {
  accountId: z.string().optional(),
  serviceId: z.int().optional(),
  serviceType: z.enum(serviceTypes),
  serviceDescription: z.string().min(1),
  httpServiceConfig: configToWire.optional(),
  authConfigId: z.string().optional(),
  httpUsername: z.string().optional(),
  httpPassword: z.string().optional(),
  soapEndpoint: z.string().optional(),
  soapPortname: z.string().optional(),
  soapServicename: z.string().optional(),
  soapOperationname: z.string().optional(),
  soapAction: z.string().optional(),
  targetNamespace: z.string().optional(),
  returntype: z.string().optional(),
  sendAllSurveyData: z.boolean().optional(),
  isEnabled: z.boolean().optional(),
  isDebug: z.boolean().optional(),
  enableMappings: z.boolean().optional(),
  permissions: z.array(z.string()).optional(),
  httpServiceInputs: z.array(serviceInputWriteSchema).optional(),
};

/** The request body of a service to create or to replace; fields that we do not know go along. */
export const httpServiceWriteSchema = z.looseObject(writtenFields);

/** A service to create or to replace, as the caller writes it: what was read may be written back, changed. */
export type HttpServiceWrite = Omit<z.input<z.ZodObject<typeof writtenFields>>, "httpPassword" | "serviceType"> & {
  serviceType: ServiceType | (string & {});
  httpPassword?: Redacted<string> | undefined;
  readonly [unknownField: string]: unknown;
};

/** Headers by which an endpoint behind a shared front decides whose a request is, before the URL (RFC 9110, 7.2). */
const routing = new Set([
  "host",
  "forwarded",
  "x-forwarded-host",
  "x-host",
  "x-original-host",
  "x-original-url",
  "x-rewrite-url",
]);

/**
 * Where RingCX calls a service; `undefined` where its record does not say, or not so that only one place can be meant: a
 * second `url` in other letters, a header that leads elsewhere than the URL does.
 */
export function urlOf({ serviceType, httpServiceConfig, soapEndpoint }: HttpService): string | undefined {
  if (serviceType === "SOAP") return soapEndpoint;
  if (typeof httpServiceConfig !== "object") return undefined;
  const { url, headers } = httpServiceConfig;
  if (typeof url !== "string" || Object.keys(httpServiceConfig).some((name) => name !== "url" && /^url$/i.test(name)))
    return undefined;
  const isRouted = Object.entries(typeof headers === "object" && headers !== null ? headers : {}).some(
    ([name, value]) => routing.has(name.toLowerCase().replaceAll("_", "-")) && value !== URL.parse(url)?.host,
  );
  return isRouted ? undefined : url;
}

/**
 * The same service in the shape of the v2 API (`ExternalHttpService`): the documented way to set
 * `authConfigId` should v1 not keep it. It lacks inputs and has other names for the SOAP fields.
 */
export const httpServiceV2Schema = z.looseObject({
  serviceId: numericId,
  serviceType: optionalText,
  serviceDescription: optionalText,
  authConfigId: optionalText,
  /** The URL, of a SOAP service too. */
  endpoint: optionalText,
  isEnabled: optionalBoolean,
});
/** A service in the shape of the v2 API. */
export type HttpServiceV2 = z.output<typeof httpServiceV2Schema>;
