import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { Redacted } from "../../../../shared/primitives/redacted.ts";
import type { RingCxAccount } from "../../../../shared/ringcx/client/api.ts";
import {
  authConfigWriteSchemas as auth,
  type JwtWrite,
  type OAuthWrite,
} from "../../../../shared/ringcx/resources/auth-config.ts";
import { httpServiceWriteSchema } from "../../../../shared/ringcx/resources/http-service.ts";
import { operations } from "../../../../shared/ringcx/resources/operations.ts";
import { serviceGroupWriteSchema } from "../../../../shared/ringcx/resources/service-group.ts";
import { serviceInputWriteSchema } from "../../../../shared/ringcx/resources/service-input.ts";
import { testClient } from "../../../support/client-fakes.ts";
import { confined } from "../../../support/confined.ts";
import { scriptedServer } from "../../../support/scripted-server.ts";
import { answersOf, type VendorDescription, type VendorSchema, vendor } from "./vendor-description.ts";

const description = vendor as VendorDescription; // only used where it is there
const id = "60629848-0ddf-4757-8868-de5b76d54bb7";
const redacted = confined("secret-value");

describe.skipIf(vendor === undefined)("the vendor's OpenAPI description", () => {
  const known = Object.values(operations).map(({ method, path }) => `${method} /voice/api${path}`);
  const described = Object.entries(vendor?.paths ?? {}).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );

  test("has every operation that we call", () => {
    expect(described).toEqual(expect.arrayContaining(known));
  });

  test("has no other operation on these resources than those that we leave out on purpose", () => {
    const account = "/voice/api/v2/admin/accounts/{accountId}/httpServiceGroups/{serviceGroupId}/httpServices";
    expect(described.filter((operation) => !known.includes(operation)).sort()).toEqual([
      "GET /voice/api/v1/admin/accounts/{accountId}/external/authConfigs/oauth/info", // a person's login in a browser
      "POST /api/auth/login/rc/accesstoken", // the login
      `POST ${account}`, // v1 creates
    ]);
  });

  test.each<[string, z.ZodType, string[]]>([
    ["RemoteHttpServiceGroup", serviceGroupWriteSchema, ["permissions", "services"]],
    ["RemoteHttpService", httpServiceWriteSchema, ["httpServiceGroup"]],
    ["RemoteHttpServiceInput", serviceInputWriteSchema, []],
    ["AuthConfigApiKey", auth.APIKEY, []],
    ["AuthConfigBasic", auth.BASIC, []],
    ["AuthConfigOAuth", auth.OAUTH, ["tokenResponse"]],
    ["AuthConfigJwt", auth.JWT, []],
    ["AuthConfigCustomAuth", auth.CUSTOM_AUTH, []],
  ])("%s: we write the same fields, with the same required ones and the same values", (name, schema, unwritten) => {
    const theirs = description.components.schemas[name] as VendorSchema;
    const ours = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as VendorSchema;
    const set = new Set([...unwritten, "authConfigId", "authType", "createdTime", "updatedTime"]);
    const fields = ({ properties = {} }: VendorSchema) =>
      Object.entries(properties)
        .filter(([field]) => !set.has(field))
        .map(([field, { enum: values }]) => [field, values?.toSorted()])
        .sort();
    expect(fields(ours)).toEqual(fields(theirs));
    // It requires nothing of groups, services and inputs, which without their names could not be found again.
    if (name.startsWith("AuthConfig")) expect(ours.required?.toSorted()).toEqual(theirs.required?.toSorted());
  });

  test("every answer that it allows is understood", async () => {
    for (const [name, call] of Object.entries(reads)) {
      const operation = operations[name as keyof typeof operations];
      const { schema } = description.paths[`/voice/api${operation.path}`]?.[operation.method.toLowerCase()]?.responses[
        "200"
      ]?.content?.["application/json"] ?? { schema: {} };
      for (const answer of fc.sample(answersOf(description, schema), { numRuns: 20, seed: 1 })) {
        await using server = await scriptedServer({ status: 200, body: answer });
        await call(testClient(server.url).account());
      }
    }
  });

  test("every body that we send is allowed by it", async () => {
    const ajv = new Ajv({ strict: false, validateFormats: false });
    ajv.addSchema(withoutPattern({ $id: "vendor", ...description }));
    for (const [name, [call, answer]] of Object.entries(writes)) {
      await using server = await scriptedServer({ status: 200, body: answer });
      await call(testClient(server.url).account());
      const { method, path } = operations[name as keyof typeof operations];
      const body = description.paths[`/voice/api${path}`]?.[method.toLowerCase()]?.requestBody;
      const ref = body?.content["application/json"]?.schema as VendorSchema;
      const validate = ajv.compile(JSON.parse(JSON.stringify(ref).replaceAll('"#/', '"vendor#/')));
      expect([name, validate(JSON.parse(server.received[0]?.body ?? "")), validate.errors]).toEqual([name, true, null]);
    }
  });
});

/** `rank` is called base64 bytes there, which its own examples ("0") contradict. */
function withoutPattern<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value, (key, field) => (key === "pattern" ? undefined : field)));
}

const reads: Record<string, (account: RingCxAccount) => Promise<unknown>> = {
  "groups.list": ({ groups }) => groups.list(),
  "groups.listWithChildren": ({ groups }) => groups.listWithChildren(),
  "groups.get": ({ groups }) => groups.get(7),
  "services.list": ({ services }) => services.list(7),
  "services.get": ({ services }) => services.get(7, 8),
  "services.listV2": ({ services }) => services.listV2(7),
  "services.getV2": ({ services }) => services.getV2(7, 8),
  "inputs.list": ({ inputs }) => inputs.list(7, 8),
  "inputs.get": ({ inputs }) => inputs.get(7, 8, 9),
  "authConfigs.list": ({ authConfigs }) => authConfigs.list(),
  "authConfigs.get": ({ authConfigs }) => authConfigs.get(id),
};

const service = {
  serviceType: "HTTP_POST",
  serviceDescription: "Lookup customer by ANI",
  httpServiceConfig: { url: "https://api.example.com/customers/lookup" },
  httpPassword: new Redacted("secret-value"),
  isEnabled: false,
};
const input = { name: "ani", type: "PARAMETER", simpleDataType: "STRING", value: "", rank: "0" };
const apiKey = { providerName: "CRM API key", apiKey: redacted };
const basic = { providerName: "CRM basic auth", username: "ringcx-service", password: redacted };
const oauth: OAuthWrite = {
  providerName: "CRM OAuth",
  grantType: "CLIENT_CREDENTIALS",
  clientId: "ringcx-client",
  secret: redacted,
  tokenUrl: "https://auth.example.com/oauth/token",
  clientCredentialsSupplyIn: "BODY",
  otherParameters: [{ name: "audience" }],
};
const jwt: JwtWrite = {
  providerName: "CRM JWT",
  algorithm: "HS256",
  payload: "{}",
  addTokenTo: "REQUEST_HEADER",
  secret: redacted,
};
const customAuth = { providerName: "CRM function", wcgFunctionId: "1", inputParams: [{ name: "key" }] };

const group = { serviceGroupId: 7, groupName: "CRM enrichment" };
const answered = { serviceId: 8, serviceType: "HTTP_POST", serviceDescription: "Lookup customer by ANI" };
const config = { authConfigId: id };
const writes: Record<string, [(account: RingCxAccount) => Promise<unknown>, unknown]> = {
  "groups.create": [({ groups }) => groups.create({ groupName: "CRM enrichment", isDefault: false }), group],
  "groups.update": [({ groups }) => groups.update(7, group), group],
  "services.create": [({ services }) => services.create(7, service), answered],
  "services.update": [({ services }) => services.update(7, 8, service), answered],
  "services.setActive": [({ services }) => services.setActive(7, 8, true), true],
  "services.updateV2": [({ services }) => services.updateV2(7, 8, { ...answered, authConfigId: id }), answered],
  "inputs.create": [({ inputs }) => inputs.create(7, 8, [input]), [{ ...input, inputId: 9 }]],
  "authConfigs.createApiKey": [({ authConfigs }) => authConfigs.createApiKey(id, apiKey), config],
  "authConfigs.createBasic": [({ authConfigs }) => authConfigs.createBasic(id, basic), config],
  "authConfigs.createOAuth": [({ authConfigs }) => authConfigs.createOAuth(id, oauth), config],
  "authConfigs.createJwt": [({ authConfigs }) => authConfigs.createJwt(id, jwt), config],
  "authConfigs.createCustomAuth": [({ authConfigs }) => authConfigs.createCustomAuth(id, customAuth), config],
  "authConfigs.updateApiKey": [({ authConfigs }) => authConfigs.updateApiKey(id, apiKey), config],
  "authConfigs.updateBasic": [({ authConfigs }) => authConfigs.updateBasic(id, basic), config],
  "authConfigs.updateOAuth": [({ authConfigs }) => authConfigs.updateOAuth(id, oauth), config],
  "authConfigs.updateJwt": [({ authConfigs }) => authConfigs.updateJwt(id, jwt), config],
  "authConfigs.updateCustomAuth": [({ authConfigs }) => authConfigs.updateCustomAuth(id, customAuth), config],
};
