import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { type ExportedAccount, exportManifests } from "../../../cli/export/manifests.ts";
import { exportText, inMessages } from "../../../cli/export/messages.ts";
import { readOutgoing } from "../../../cli/files/outgoing.ts";
import { parseExactly, plainNumbers } from "../../../shared/primitives/exact-json.ts";
import { authConfigSchema } from "../../../shared/ringcx/resources/auth-config.ts";
import { httpServiceSchema } from "../../../shared/ringcx/resources/http-service.ts";
import { jsonText } from "../../support/json-text.ts";
import { runs } from "../../support/runs.ts";

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
    lookAt: [],
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

test("every credential of a service is told at once, also where its URL has one and the whole is left out", () => {
  const { resources, leftOut } = exportManifests(
    account(config({ url: `${url}?api_key=k-7f3a9b2c`, headers: { "x-api-key": "k-7f3a9b2c" }, filters: [2 ** 60] })),
  );
  expect(resources).toHaveLength(1);
  expect(leftOut).toEqual([
    expect.stringMatching(/httpServiceConfig\.filters\[0\] is a whole number above 2\^53.*\. It stays as it is$/),
    expect.stringMatching(/httpServiceConfig\.url carries a credential .*The whole was left out/),
    expect.stringMatching(/httpServiceConfig\.headers\.x-api-key carries a credential .*It stays as it is/),
  ]);
  expect(leftOut.join("\n")).not.toContain("k-7f3a9b2c");
});

test("fields that no manifest has are told by name, wherever they are; what is empty says nothing", () => {
  const soap = {
    serviceType: "SOAP",
    soapEndpoint: "https://soap.example.com/x",
    soapHeader: "<wsse:Password>p1</>",
    x: "",
  };
  const inputs = [{ inputId: 7, name: "ani", isSecret: true, none: {} }];
  const groups = [{ groupName: "CRM", colour: "red", isDefault: false }];
  const exported = exportManifests(
    account({}, { groups, services: [{ groupName: "CRM", service: service(soap), authConfig: undefined, inputs }] }),
  );
  expect(exported.leftOut).toEqual([
    "group CRM: colour is no field of a manifest. It stays as it is in RingCX",
    "service CRM/Lookup: httpServiceConfig, soapHeader are no fields of a manifest. They stay as they are in RingCX",
    "service CRM/Lookup, input ani: isSecret is no field of a manifest. It stays as it is in RingCX",
  ]);
});

test.each([
  ["/hook/sk_l1ve_9aQ2mZx7PbR4tWv/lookup", true],
  ["/v1/customer-enrichment/lookupCustomerByPhone", false],
])("a URL whose path looks like a key is exported, and to be looked at: %s", (path, isTold) => {
  const { resources, leftOut, lookAt } = exportManifests(account(config({ url: `https://api.example.com${path}` })));
  expect(resources).toHaveLength(2);
  expect(leftOut).toEqual([]);
  expect(lookAt).toEqual(isTold ? [expect.stringMatching(/^service CRM\/Lookup: a part of the path of its URL/)] : []);
});

test("what is exported of any configuration is taken by its own plan, and says what RingCX has; the rest is told", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(fc.constantFrom("filters", "other", "__proto__"), jsonText), {
        selector: ([name]) => name,
      }),
      (others) => {
        const members = others.map(([name, value]) => `,${JSON.stringify(name)}:${value}`).join("");
        const found = `{"url":"${url}"${members}}`;
        const { resources, leftOut, lookAt } = exportManifests(account({ httpServiceConfig: found }));
        const text = exportText("1", { resources, leftOut, lookAt });
        const [read] = readOutgoing(text, { file: "f", now: Date.now(), accounts: ["1"], variables: {} });
        const { httpServiceConfig } = JSON.parse(read?.body ?? "").data.resources[1];
        const there = plainNumbers(parseExactly(found)?.value) as Record<string, unknown>;
        for (const name of Object.keys(there)) {
          const isExported = Object.hasOwn(httpServiceConfig, name);
          if (isExported) expect(JSON.stringify(httpServiceConfig[name])).toBe(JSON.stringify(there[name]));
          else expect(leftOut.join("\n")).toContain(`httpServiceConfig.${name}`);
        }
      },
    ),
    { numRuns: runs(60) },
  );
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
  expect(parse(exportText("1", { resources: [], leftOut: ["all of it"], lookAt: [] }))).toBeNull();
});
