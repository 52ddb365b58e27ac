import { expect, test } from "vitest";
import { anAuthConfig, aService, authConfigId, converse } from "./conversation.ts";

const path = `/external/authConfigs/${authConfigId}`;

// One of each type: the credential, what else is required, and a field that may be left out.
const types = [
  { at: "apiKey", authType: "APIKEY", credential: "apiKey", rest: { providerName: "CRM API key" } },
  { at: "basic", authType: "BASIC", credential: "password", rest: { providerName: "CRM basic", username: "ringcx" } },
  {
    at: "oauth",
    authType: "OAUTH",
    credential: "secret",
    rest: {
      providerName: "CRM OAuth",
      clientId: "ringcx-client",
      tokenUrl: "https://auth.example.com/oauth/token",
      grantType: "CLIENT_CREDENTIALS",
    },
  },
  {
    at: "jwt",
    authType: "JWT",
    credential: "secret",
    rest: { providerName: "CRM JWT", algorithm: "HS256", payload: "{}", addTokenTo: "REQUEST_HEADER" },
  },
];

test.each(types)("$authType: created, read with the credential masked, changed in place", async (type) => {
  const { v1, simulator } = await converse();
  const stored = () => simulator.state().authConfigs[0]?.[type.credential];
  const body = { ...type.rest, authType: type.authType, [type.credential]: "s-1", description: "For the CRM" };

  const created = await v1("POST", `${path}/${type.at}`, body);
  const shown = { ...body, [type.credential]: "********", authConfigId };
  expect(created).toMatchObject({ status: 200, body: shown });
  expect((await v1("GET", path)).body).toMatchObject(shown);
  expect((await v1("GET", "/external/authConfigs")).body).toMatchObject({ records: [shown] });
  expect(stored()).toBe("s-1");

  const patched = await v1("PATCH", `${path}/${type.at}`, { ...type.rest, [type.credential]: "s-2" });
  expect(patched).toMatchObject({ status: 200, body: shown });
  expect(stored()).toBe("s-2");
  expect(await v1("DELETE", path)).toMatchObject({ status: 204, text: "" });
  expect((await v1("GET", path)).status).toBe(404);
});

test("CUSTOM_AUTH requires nothing", async () => {
  const { v1 } = await converse();
  expect((await v1("POST", `${path}/customAuth`, {})).body).toMatchObject({ authConfigId, authType: "CUSTOM_AUTH" });
  const change = { wcgFunctionId: "f-1", allowedBaseUrl: "https://api.example.com", inputParams: [{ name: "a" }] };
  expect((await v1("PATCH", `${path}/customAuth`, change)).body).toMatchObject(change);
});

test.each(types)(
  "$authType: each required field is named when it is missing, on create and on update",
  async (type) => {
    const { v1 } = await converse();
    const complete: Record<string, unknown> = { ...type.rest, [type.credential]: "s-1" };
    const required = Object.keys(type.authType === "JWT" ? type.rest : complete);
    const empty = await v1("POST", `${path}/${type.at}`, {});
    expect(empty.status).toBe(400);
    for (const name of required) expect(empty.body.generalMessage).toContain(`${name}: is required`);
    await v1("POST", `${path}/${type.at}`, complete);
    for (const name of required) {
      const { status, body } = await v1("PATCH", `${path}/${type.at}`, { ...complete, [name]: undefined });
      expect([status, body.generalMessage]).toEqual([400, `${name}: is required`]);
    }
  },
);

test.each([
  ["oauth", { grantType: "IMPLICIT" }, "grantType: must be one of CLIENT_CREDENTIALS"],
  [
    "oauth",
    { clientCredentialsSupplyIn: "COOKIE" },
    "clientCredentialsSupplyIn: must be one of BODY, QUERY_PARAM, HEADER",
  ],
  ["oauth", { oauthProvider: "OTHER" }, "oauthProvider: must be one of"],
  ["oauth", { tokenUrl: "auth.example.com" }, "tokenUrl: must be an absolute"],
  ["oauth", { otherParameters: { a: 1 } }, "otherParameters: must be an array of objects"],
  ["oauth", { authType: "BASIC" }, "authType: must be one of OAUTH"],
  ["jwt", { addTokenTo: "BODY" }, "addTokenTo: must be one of REQUEST_HEADER, QUERY_PARAM"],
  ["jwt", { expirationTime: "60" }, "expirationTime: must be a 32-bit integer"],
  ["apiKey", { apiKey: 5 }, "apiKey: must be a string"],
  ["basic", { authConfigId: "60629848-0ddf-4757-8868-000000000000" }, "authConfigId: must be 60629848"],
  ["customAuth", { allowedBaseUrl: "everywhere" }, "allowedBaseUrl: must be an absolute"],
])("%s with %o is refused with 400 naming the field", async (at, fields, message) => {
  const { v1 } = await converse();
  const { status, body } = await v1("POST", `${path}/${at}`, fields);
  expect([status, body.generalMessage]).toEqual([400, expect.stringContaining(message)]);
});

test("an id that is no UUID is refused, an unknown one is not found", async () => {
  const { v1 } = await converse();
  const body = { providerName: "A", apiKey: "k" };
  expect((await v1("POST", "/external/authConfigs/CRM/apiKey", body)).body.generalMessage).toBe(
    "authConfigId: must be a UUID",
  );
  expect((await v1("PATCH", `${path}/apiKey`, body)).status).toBe(404);
  expect((await v1("DELETE", path)).status).toBe(404);
});

test("a UUID that exists is a conflict, and the stored credential stays", async () => {
  const conversation = await converse();
  await anAuthConfig(conversation);
  const { status } = await conversation.v1("POST", `${path}/apiKey`, { providerName: "Other", apiKey: "k-2" });
  expect(status).toBe(409);
  expect(conversation.simulator.state().authConfigs[0]?.apiKey).toBe("k-1");
});

test("an update through another type's path is refused", async () => {
  const conversation = await converse();
  await anAuthConfig(conversation);
  const { status, body } = await conversation.v1("PATCH", `${path}/basic`, {
    providerName: "A",
    username: "u",
    password: "p",
  });
  expect([status, body.generalMessage]).toEqual([400, "authType: the auth config is of type APIKEY"]);
});

test("an auth config that a service refers to cannot be deleted", async () => {
  const conversation = await converse();
  const { v1, v2 } = conversation;
  await anAuthConfig(conversation);
  const service = await aService(conversation, { authConfigId });
  expect((await v1("DELETE", path)).status).toBe(409);
  await v2("DELETE", service);
  expect((await v1("DELETE", path)).status).toBe(204);
});

test("credentials may be left out on read instead of masked", async () => {
  const conversation = await converse({ profile: { "authConfigs.credential": "absent" } });
  await anAuthConfig(conversation);
  expect((await conversation.v1("GET", path)).body).not.toHaveProperty("apiKey");
});

test("an auth config of another account is not found", async () => {
  const conversation = await converse({ accounts: ["1", "2"] });
  await anAuthConfig(conversation);
  const { send, simulator } = conversation;
  const other = `/voice/api/v1/admin/accounts/2${path}`;
  expect((await send("GET", other, { token: simulator.accessToken })).status).toBe(404);
});
