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
  name: nameSchema.describe("Name of the input, by which it is found."),
  type: z.string().min(1).max(100).optional().describe("As RingCX names it: PARAMETER, for instance."),
  simpleDataType: z.string().min(1).max(100).optional().describe("As RingCX names it: STRING, for instance."),
  value: z.string().max(10_000).optional().describe("Its value; never a credential."),
  rank: z
    .string()
    .regex(/^[0-9]{1,9}$/, 'expected digits, as in "0"')
    .optional()
    .describe("Its place among the inputs, as digits."),
});
/** An input of a service as a message declares it. */
export type Input = z.output<typeof inputSchema>;

/** What RingCX sends to the endpoint. RingCX documents `url` and `headers`; what else it knows is passed on. */
export const httpServiceConfigSchema = z
  .looseObject({
    url: endpointUrl.describe("Absolute URL that RingCX calls, http or https, without a credential in it."),
    headers: serviceHeadersSchema
      .optional()
      .describe(`Headers that RingCX sends; null removes one. ${serviceHeadersSchema.description}`),
    method: z
      .enum(["GET", "POST", "PUT", "DELETE", "PATCH"])
      .optional()
      .describe("Method of the request, for type HTTP."),
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

const ownField = "RingCX's own field of the service; without it that is left as it is.";

const common = {
  kind: z.literal("httpService").describe("A remote HTTP service."),
  groupName: nameSchema.describe("Name of its group: one that is there, or one of the same message."),
  serviceDescription: nameSchema.describe("The service's name within its group, by which it is found."),
  previousName: nameSchema.optional().describe("The name that it has now, if it is to get another."),
  adopt: z
    .boolean()
    .optional()
    .describe("Take over a service that exists already and was not made by a message. Without it: false."),
  authConfig: nameSchema.optional().describe("providerName of the auth config that it is called with."),
  enableMappings: z.boolean().optional().describe(ownField),
  isDebug: z.boolean().optional().describe(ownField),
  sendAllSurveyData: z.boolean().optional().describe(ownField),
  returntype: z.string().max(200).optional().describe(ownField),
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
    .optional()
    .describe("All inputs of the service, each once; without this field they are left as they are."),
  isEnabled: z
    .boolean()
    .optional()
    .describe(
      "Whether it should be active; without this field that is left as it is, and a new service stays inactive.",
    ),
  validation: validationSchema
    .optional()
    .describe("The request that proves its endpoint before it goes active, and by which failover may watch it."),
  health: healthSchema.optional().describe("How failover watches it. Without it: by the defaults, and by no alarm."),
};

/** A service that RingCX calls by plain HTTP. */
export const plainServiceSchema = z.strictObject({
  ...common,
  serviceType: z.enum(["HTTP_POST", "HTTP_GET", "HTTP"]).describe("How RingCX calls it: by plain HTTP."),
  httpServiceConfig: httpServiceConfigSchema.describe(
    "What RingCX sends to the endpoint. Further fields are passed on to RingCX as they are.",
  ),
});

/** A service that RingCX calls by SOAP. */
export const soapServiceSchema = z.strictObject({
  ...common,
  serviceType: z.literal("SOAP").describe("How RingCX calls it: by SOAP."),
  soapEndpoint: endpointUrl.describe("Absolute URL that RingCX calls, http or https, without a credential in it."),
  soapPortname: z.string().max(1_000).optional().describe("Name of the port in its WSDL."),
  soapServicename: z.string().max(1_000).optional().describe("Name of the service in its WSDL."),
  soapOperationname: z.string().max(1_000).optional().describe("Name of the operation in its WSDL."),
  soapAction: z.string().max(1_000).optional().describe("SOAPAction of the request."),
  targetNamespace: z.string().max(1_000).optional().describe("Target namespace of its WSDL."),
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
