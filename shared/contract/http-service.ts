import * as z from "zod";
import { wordsOf } from "../primitives/name-words.ts";
import { isSameInputName } from "../primitives/same-name.ts";
import { endpointUrl } from "./fields/endpoint-url.ts";
import { serviceHeadersSchema } from "./fields/headers.ts";
import { healthSchema } from "./fields/health.ts";
import { nameSchema } from "./fields/names.ts";
import { refuse } from "./fields/refuse.ts";
import { validationSchema } from "./fields/validation.ts";

/** Most inputs that a service may declare. */
export const mostInputs = 200;

/** Remote HTTP Service APIs, "Create a Service Input". */
export const inputSchema = z.strictObject({
  name: nameSchema,
  /** As RingCX names it: `PARAMETER`, ... */
  type: z.string().min(1).max(100).optional(),
  /** As RingCX names it: `STRING`, ... */
  simpleDataType: z.string().min(1).max(100).optional(),
  value: z.string().max(10_000).optional(),
  /** Its place among the inputs, as digits. */
  rank: z
    .string()
    .regex(/^[0-9]{1,9}$/, 'expected digits, as in "0"')
    .optional(),
});
/** An input of a service as a message declares it. */
export type Input = z.output<typeof inputSchema>;

/** What RingCX sends to the endpoint. RingCX documents `url` and `headers`; what else it knows is passed on. */
export const httpServiceConfigSchema = z
  .looseObject({
    url: endpointUrl,
    headers: serviceHeadersSchema.optional(),
    method: z.enum(["GET", "POST", "PUT", "DELETE", "PATCH"]).optional(),
  })
  .superRefine((config, context) => {
    for (const name of Object.keys(config)) {
      const known = checkedFields.find((field) => field !== name && field === wordsOf(name).join(""));
      if (known === undefined) continue;
      const message = `is ${known} in another spelling, which would not be checked`;
      refuse(context, { path: [name], message, hint: `say it once, as ${known}` });
    }
  });

/** Fields of the config that are checked: in another spelling RingCX might take one for a second of them. */
const checkedFields = ["url", "headers", "method"];

const common = {
  kind: z.literal("httpService"),
  groupName: nameSchema,
  /** The service's name within its group. */
  serviceDescription: nameSchema,
  /** The name that it has now, if it is to get another. */
  previousName: nameSchema.optional(),
  /** Take over a service that exists already and was not made by a message. @default false */
  adopt: z.boolean().optional(),
  /** `providerName` of the auth config that it is called with. */
  authConfig: nameSchema.optional(),
  enableMappings: z.boolean().optional(),
  isDebug: z.boolean().optional(),
  sendAllSurveyData: z.boolean().optional(),
  returntype: z.string().max(200).optional(),
  /** All inputs of the service; without this field they are left as they are. */
  httpServiceInputs: z
    .array(inputSchema)
    .max(mostInputs, `expected at most ${mostInputs} inputs`)
    .superRefine((inputs, context) => {
      for (const [index, { name }] of inputs.entries()) {
        const first = inputs.findIndex((other) => isSameInputName(other.name, name));
        if (first === index) continue;
        const hint = "give each input a name of its own: RingCX finds it by that";
        refuse(context, { path: [index, "name"], message: `is the name of [${first}] too`, hint });
      }
    })
    .optional(),
  /** Whether it should be active; without this field that is left as it is, a new service stays inactive. */
  isEnabled: z.boolean().optional(),
  validation: validationSchema.optional(),
  health: healthSchema.optional(),
};

/** A service that RingCX calls by plain HTTP. */
export const plainServiceSchema = z.strictObject({
  ...common,
  serviceType: z.enum(["HTTP_POST", "HTTP_GET", "HTTP"]),
  httpServiceConfig: httpServiceConfigSchema,
});

/** A service that RingCX calls by SOAP. */
export const soapServiceSchema = z.strictObject({
  ...common,
  serviceType: z.literal("SOAP"),
  soapEndpoint: endpointUrl,
  soapPortname: z.string().max(1_000).optional(),
  soapServicename: z.string().max(1_000).optional(),
  soapOperationname: z.string().max(1_000).optional(),
  soapAction: z.string().max(1_000).optional(),
  targetNamespace: z.string().max(1_000).optional(),
});

/** A service as a message declares it. */
export const httpServiceManifestSchema = z.discriminatedUnion("serviceType", [plainServiceSchema, soapServiceSchema]);
/** A service as a message declares it, complete. */
export type HttpServiceManifest = z.output<typeof httpServiceManifestSchema>;

/** The URL that RingCX calls. */
export function endpointOf(service: HttpServiceManifest): string {
  return service.serviceType === "SOAP" ? service.soapEndpoint : service.httpServiceConfig.url;
}

/** The path of the field that {@link endpointOf} reads. */
export function endpointField({ serviceType }: HttpServiceManifest): string {
  return serviceType === "SOAP" ? "soapEndpoint" : "httpServiceConfig.url";
}
