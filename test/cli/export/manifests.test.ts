import { expect, test } from "vitest";
import { parse } from "yaml";
import { type ExportedAccount, exportManifests } from "../../../cli/export/manifests.ts";
import { exportText, inMessages } from "../../../cli/export/messages.ts";
import { readOutgoing } from "../../../cli/files/outgoing.ts";
import { authConfigSchema } from "../../../shared/ringcx/resources/auth-config.ts";
import { httpServiceSchema } from "../../../shared/ringcx/resources/http-service.ts";

const uuid = "0B8D0C54-5b1e-4a7e-9a5f-6d0a3c1f2e11";
const service = (fields: object) =>
  httpServiceSchema.parse({
    serviceId: 1,
    serviceType: "HTTP_GET",
    serviceDescription: "Lookup",
    httpServiceConfig: JSON.stringify({ url: "https://api.example.com/customers", headers: { Accept: "text/plain" } }),
    isEnabled: true,
    ...fields,
  });

function account(fields: object, more: Partial<ExportedAccount> = {}): ExportedAccount {
  return {
    groups: [{ groupName: "CRM" }],
    services: [{ groupName: "CRM", service: service(fields), authConfig: undefined, inputs: [] }],
    authConfigs: [],
    secretIds: new Map(),
    ...more,
  };
}

const config = (value: unknown) => ({ httpServiceConfig: JSON.stringify(value) });
const url = "https://api.example.com/customers";

test("a service is declared as it is, with inputs, and without its state", () => {
  const inputs = [{ inputId: 7, name: "ani", type: "PARAMETER", simpleDataType: "STRING", value: "", rank: "0" }];
  const exported = exportManifests({
    ...account({}),
    services: [{ groupName: "CRM", service: service({ isDebug: false }), authConfig: undefined, inputs }],
  });
  expect(exported).toEqual({
    leftOut: [],
    resources: [
      { kind: "httpServiceGroup", groupName: "CRM", adopt: true },
      {
        kind: "httpService",
        groupName: "CRM",
        serviceDescription: "Lookup",
        serviceType: "HTTP_GET",
        isDebug: false,
        httpServiceConfig: { url, headers: { Accept: "text/plain" } },
        httpServiceInputs: [{ name: "ani", type: "PARAMETER", simpleDataType: "STRING", value: "", rank: "0" }],
        adopt: true,
      },
    ],
  });
});

test("SOAP keeps its own fields", () => {
  const soap = {
    serviceType: "SOAP",
    soapEndpoint: "https://soap.example.com/x",
    soapAction: "urn:a",
    targetNamespace: "urn:n",
  };
  const { resources } = exportManifests(account(soap));
  expect(resources[1]).toMatchObject(soap);
  expect(resources[1]).not.toHaveProperty("httpServiceConfig");
});

test("an auth config of which a message named the secret is declared, and the service's link to it", () => {
  const authConfig = authConfigSchema.parse({ authConfigId: uuid, authType: "APIKEY", providerName: "CRM key" });
  const known = { authConfigs: [authConfig], secretIds: new Map([[uuid.toLowerCase(), "crm/api-key"]]) };
  const services = [{ groupName: "CRM", service: service({ authConfigId: uuid }), authConfig, inputs: [] }];
  const { resources, leftOut } = exportManifests(account({}, { ...known, services }));
  expect(leftOut).toEqual([]);
  expect(resources[1]).toEqual({
    kind: "authConfig",
    providerName: "CRM key",
    authType: "APIKEY",
    secretId: "crm/api-key",
    adopt: true,
  });
  expect(resources[2]).toMatchObject({ authConfig: "CRM key" });
  // Nobody knows its secret: the link stays as it is, undeclared.
  const unknown = exportManifests(account({}, { authConfigs: [authConfig], services }));
  expect(unknown.resources[1]).not.toHaveProperty("authConfig");
  expect(unknown.leftOut).toEqual([expect.stringMatching(/^auth config CRM key \(APIKEY\): .*secretId: NAME/)]);
});

test.each<[string, object, RegExp, object | undefined]>([
  [
    "a credential in a header",
    config({ url, headers: { "x-api-key": "k-7f3a9b2c", "x-tenant": "a" } }),
    /headers\.x-api-key carries a credential/,
    { httpServiceConfig: { url, headers: { "x-tenant": "a" } } },
  ],
  [
    "a header that says which host is meant",
    config({ url, headers: { Host: "other.example.com" } }),
    /headers\.Host.*stays as it is/,
    { httpServiceConfig: { url, headers: {} } },
  ],
  [
    "httpPassword",
    { httpUsername: "u", httpPassword: "p" },
    /holds httpUsername and httpPassword/,
    { serviceDescription: "Lookup" },
  ],
  [
    "a credential in the URL",
    config({ url: `${url}?api_key=k-7f3a9b2c` }),
    /carries a credential.*whole was left out/,
    undefined,
  ],
  ["a config that is no JSON", { httpServiceConfig: "url=x" }, /whole was left out/, undefined],
  ["a type that is not known", { serviceType: "GRPC" }, /serviceType.*whole was left out/, undefined],
  ["no name", { serviceDescription: "" }, /serviceDescription.*whole was left out/, undefined],
])("%s is told, without its value", (_, fields, told, left) => {
  const { resources, leftOut } = exportManifests(account(fields));
  expect(leftOut.join("\n")).toMatch(told);
  expect(leftOut.join("\n")).not.toContain("k-7f3a9b2c");
  if (left === undefined) expect(resources).toHaveLength(1);
  else expect(resources[1]).toMatchObject(left);
});

test("names that are one name in another spelling cannot be told apart", () => {
  const twins = account({}, { groups: [{ groupName: "CRM" }, { groupName: "crm" }] });
  const { resources, leftOut } = exportManifests(twins);
  expect(resources.map(({ kind }) => kind)).not.toContain("httpService");
  expect(leftOut).toContainEqual(expect.stringMatching(/^group CRM: another group has the same name/));
});

test("a large account becomes several messages, each short enough, and the YAML is what apply reads", () => {
  const groups = Array.from({ length: 450 }, (_, index) => ({ groupName: `Group ${index}` }));
  const exported = exportManifests({ ...account({}), groups, services: [] });
  const messages = inMessages("123456", exported.resources);
  expect(messages.map(({ resources }) => resources.length)).toEqual([200, 200, 50]);
  const text = exportText("123456", { ...exported, leftOut: ["service X: two\nlines"] });
  expect(text).toMatch(/^# Account 123456[\s\S]*# - service X: two lines\n/);
  const read = readOutgoing(text, { file: "f", now: Date.now(), accounts: ["123456"], variables: {} });
  expect(read.map(({ body }) => JSON.parse(body).data.resources)).toEqual(messages.map(({ resources }) => resources));
});

test("an account of which nothing can be exported is a comment alone", () => {
  expect(parse(exportText("1", { resources: [], leftOut: ["all of it"] }))).toBeNull();
});
