import fc from "fast-check";
import { expect, test } from "vitest";
import manifest from "../../../../package.json" with { type: "json" };
import { parseExactly } from "../../../../shared/primitives/exact-json.ts";
import { testClient } from "../../../support/client-fakes.ts";
import { confined } from "../../../support/confined.ts";
import { jsonObjectText, jsonText } from "../../../support/json-text.ts";
import { runs } from "../../../support/runs.ts";
import { scriptedServer } from "../../../support/scripted-server.ts";

const authConfigId = "60629848-0ddf-4757-8868-de5b76d54bb7";
// Remote HTTP Service APIs, "Example HTTP Service Response".
const service = {
  serviceId: 4567,
  accountId: "123456",
  serviceType: "HTTP_POST",
  serviceDescription: "Lookup customer by ANI",
  httpServiceConfig: '{"url":"https://api.example.com/customers/lookup","headers":{"Content-Type":"application/json"}}',
  authConfigId,
  isEnabled: false,
  isDebug: false,
  enableMappings: true,
  permissions: ["READ", "UPDATE"],
};
const config = { url: "https://api.example.com/customers/lookup", headers: { "Content-Type": "application/json" } };

test("httpServiceConfig is an object for the caller and a JSON string on the wire", async () => {
  await using server = await scriptedServer({ status: 200, body: service });
  const created = await testClient(server.url)
    .account()
    .services.create(7, { serviceType: "HTTP_POST", serviceDescription: "Lookup", httpServiceConfig: config });
  expect(created.httpServiceConfig).toEqual(config);
  expect(JSON.parse(server.received[0]?.body ?? "").httpServiceConfig).toBe(JSON.stringify(config));
});

test("what was read is written back whole: unknown fields, odd configurations, redacted passwords", async () => {
  const odd = {
    ...service,
    httpServiceConfig: "{not json",
    httpPassword: "canary-password",
    soapAction: null,
    newField: { of: ["RingCX"] },
  };
  await using server = await scriptedServer({ status: 200, body: odd });
  const account = testClient(server.url).account();
  const read = await account.services.get(7, 4567);
  expect(read.httpServiceConfig).toBe("{not json");
  expect(String(read.httpPassword)).toBe("[redacted]");
  await account.services.update(7, 4567, { ...read, serviceDescription: "Renamed" });
  const { soapAction, ...kept } = odd;
  expect(JSON.parse(server.received[1]?.body ?? "")).toEqual({ ...kept, serviceDescription: "Renamed" });
});

test("a whole record goes back as it came, whatever JSON its unknown fields and its configuration are", async () => {
  let body = "";
  await using server = await scriptedServer((response) => response.end(body));
  const account = testClient(server.url).account();
  await fc.assert(
    fc.asyncProperty(jsonText, jsonObjectText, async (unknown, config) => {
      fc.pre(unknown !== "null" && !/:null|__proto__/.test(unknown)); // null is as good as absent, but within the configuration
      body = `{"serviceId":4567,"serviceType":"HTTP","serviceDescription":"A","httpServiceConfig":${JSON.stringify(config)},"newField":${unknown}}`;
      await account.services.update(7, 4567, await account.services.get(7, 4567));
      const sent = parseExactly(server.received.at(-1)?.body ?? "")?.value as Record<string, unknown>;
      expect(sent.httpServiceConfig).toBe(config);
      expect(JSON.stringify(sent)).toBe(JSON.stringify(parseExactly(body)?.value));
    }),
    { numRuns: runs(60) },
  );
});

test.each([
  ["a member twice", '"newField":1,"newField":2'],
  ["__proto__", '"__proto__":{"x":1}'],
])("a record of which something would be lost when it is written back is refused: %s", async (_, members) => {
  await using server = await scriptedServer({ status: 200, body: `{${members},${JSON.stringify(service).slice(1)}` });
  const read = testClient(server.url).account().services.get(7, 4567);
  await expect(read).rejects.toThrow(/there twice, or is called __proto__/);
});

test("one odd record does not hide a tree", async () => {
  const odd = { serviceId: 1, serviceType: "GRAPHQL", serviceDescription: null, httpServiceConfig: '"text"' };
  const tree = [{ serviceGroupId: 7, groupName: "CRM", isDefault: null, services: [service, odd] }];
  await using server = await scriptedServer({ status: 200, body: tree });
  const [group] = await testClient(server.url).account().groups.listWithChildren({ includePermissions: true });
  expect(group?.services?.map(({ serviceId, httpServiceConfig }) => [serviceId, httpServiceConfig])).toEqual([
    [4567, config],
    [1, '"text"'],
  ]);
  expect(server.received[0]?.url).toBe(
    "/voice/api/v1/admin/accounts/123456/httpServiceGroups/withChildren?includePermissions=true",
  );
});

test("credentials are revealed in the body only, wherever they are redacted", async () => {
  await using server = await scriptedServer({
    status: 200,
    body: { authConfigId, authType: "OAUTH", providerName: "CRM OAuth", secret: "se****" },
  });
  const created = await testClient(server.url)
    .account()
    .authConfigs.createOAuth(authConfigId, {
      providerName: "CRM OAuth",
      grantType: "CLIENT_CREDENTIALS",
      clientId: confined("ringcx-client"),
      secret: confined("secret-value"),
      tokenUrl: "https://auth.example.com/oauth/token",
      otherParameters: confined([{ name: "audience", value: "crm" }]),
    });
  expect(JSON.parse(server.received[0]?.body ?? "")).toEqual({
    authType: "OAUTH",
    providerName: "CRM OAuth",
    grantType: "CLIENT_CREDENTIALS",
    clientId: "ringcx-client",
    secret: "secret-value",
    tokenUrl: "https://auth.example.com/oauth/token",
    otherParameters: [{ name: "audience", value: "crm" }],
  });
  expect(JSON.stringify(created)).not.toContain("se****");
});

test("a field that RingCX does not have for the type is refused before it is sent", async () => {
  await using server = await scriptedServer({ status: 200 });
  const misnamed = { providerName: "CRM", clientSecret: confined("canary-value") };
  const { authConfigs } = testClient(server.url).account();
  // @ts-expect-error what a caller without types may send
  const failure = authConfigs.createOAuth(authConfigId, misnamed);
  await expect(failure).rejects.toThrow(/secret: .*tokenUrl: .*clientSecret/);
  expect(server.received).toEqual([]);
});

test("a list of auth configs is read in both of its shapes", async () => {
  const records = [{ authConfigId, authType: "APIKEY", providerName: "CRM key", apiKey: "****" }];
  await using server = await scriptedServer({ status: 200, body: { records } }, { status: 200, body: records });
  const account = testClient(server.url).account();
  for (const list of [await account.authConfigs.list({ page: 1, maxRows: 50 }), await account.authConfigs.list()]) {
    expect(list.map(({ providerName, apiKey }) => [providerName, String(apiKey)])).toEqual([["CRM key", "[redacted]"]]);
  }
  expect(server.received[0]?.url).toContain("?page=1&maxRows=50");
});

test("what RingCX answers as null is absent, known or not, and is not written back", async () => {
  const record = {
    serviceId: 8,
    serviceType: "HTTP_GET",
    serviceDescription: "x",
    newField: null,
    other: { a: null, b: 1 },
  };
  await using server = await scriptedServer({ status: 200, body: record });
  const { services } = testClient(server.url).account();
  const read = await services.get(7, 8);
  expect(read).not.toHaveProperty("newField");
  await services.update(7, 8, read);
  expect(JSON.parse(server.received[1]?.body ?? "")).toEqual({
    serviceId: 8,
    serviceType: "HTTP_GET",
    serviceDescription: "x",
    other: { b: 1 },
  });
});

test("an error stays readable although a service has short headers", async () => {
  const generalMessage = "serviceDescription: 1 name is taken in environment e";
  await using server = await scriptedServer({ status: 400, body: { errorCode: "invalid.request", generalMessage } });
  const { services } = testClient(server.url).account();
  const failure = services.update(7, 8, {
    serviceType: "HTTP_GET",
    serviceDescription: "x",
    httpServiceConfig: { url: "https://crm.example", headers: { "X-Api-Version": "1", "X-Env": "e" } },
  });
  await expect(failure).rejects.toThrow(generalMessage);
});

test("every request names the automation and carries the token in a header", async () => {
  await using server = await scriptedServer({ status: 200, body: [] });
  await testClient(server.url).ringcx.accounts.list();
  expect(server.received[0]).toMatchObject({
    url: "/voice/api/v1/admin/accounts",
    headers: {
      "user-agent": `ringcx-service-automation/${manifest.version}`,
      authorization: "Bearer token-1",
      accept: "application/json",
    },
  });
});

test("an account's passwords and keys are not taken in", async () => {
  await using server = await scriptedServer({
    status: 200,
    body: [{ accountId: 123456, accountName: "Test", mainAccountId: "9", crmPwd: "canary", securityKey: "canary" }],
  });
  expect(await testClient(server.url).ringcx.accounts.list()).toEqual([
    { accountId: "123456", accountName: "Test", mainAccountId: "9" },
  ]);
});
