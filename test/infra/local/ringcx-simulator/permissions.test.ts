import { expect, test } from "vitest";
import { allPermissions } from "../../../../infra/local/ringcx-simulator/access/permissions.ts";
import { voiceOperations } from "../../../../infra/local/ringcx-simulator/voice/operations.ts";
import { aService, authConfigId, converse } from "./conversation.ts";

const ids: Readonly<Record<string, string>> = {
  accountId: "123456",
  serviceGroupId: "1",
  serviceId: "2",
  inputId: "3",
  authConfigId,
};

// Written a second time on purpose: here as the vendor's reference of each operation says it.
const documented: Readonly<Record<string, readonly string[]>> = {
  getAllAccounts: ["ReadAccounts"],
  getHttpServiceGroupList: ["READ on Account"],
  createHttpServiceGroup: ["CREATE on Account"],
  getHttpServiceGroupListWithChildren: ["READ on Account"],
  getHttpServiceGroup: ["READ on HttpServiceGroup"],
  updateHttpServiceGroup: ["UPDATE on HttpServiceGroup"],
  getHttpServiceList: ["READ on HttpServiceGroup"],
  createHttpService: ["CREATE on HttpServiceGroup"],
  getHttpService: ["READ on HttpService"],
  updateHttpService: ["UPDATE on HttpService"],
  cloneHttpService: ["READ on HttpService", "CREATE on HttpServiceGroup"],
  setHttpServiceIsActive: ["UPDATE on HttpService"],
  getRemoteHttpServiceListUsingGET: ["READ on HttpServiceGroup"],
  createRemoteHttpServiceUsingPOST: ["CREATE on HttpServiceGroup"],
  getRemoteHttpServiceUsingGET: ["READ on HttpService"],
  updateRemoteHttpServiceUsingPUT: ["UPDATE on HttpService"],
  deleteRemoteHttpServiceUsingDELETE: ["DELETE on HttpService"],
  getHttpServiceInputList: ["READ on HttpService"],
  createHttpServiceInput: ["UPDATE on HttpService"],
  getHttpServiceInput: ["READ on HttpService"],
  deleteHttpServiceInput: ["UPDATE on HttpService"],
  getExternalAuthConfigsList: ["READ on ExternalAuthConfig"],
  getExternalAuthConfigById: ["READ on ExternalAuthConfig"],
  deleteExternalAuthConfigById: ["DELETE on ExternalAuthConfig"],
  ...Object.fromEntries(
    ["ApiKey", "Basic", "OAuth", "Jwt", "CustomAuth"].flatMap((type) => [
      [`createExternalAccountAuthConfig${type}`, ["CREATE on ExternalAuthConfig"]],
      [`patchExternalAuthConfig${type}`, ["UPDATE on ExternalAuthConfig"]],
    ]),
  ),
};

test("each operation needs the permission that its reference names", () => {
  expect(Object.fromEntries(voiceOperations.map(({ operation, needs }) => [operation, needs]))).toEqual(documented);
});

test.each(voiceOperations)("$operation needs $needs, each of them", async ({ method, path, needs }) => {
  const { simulator, send } = await converse();
  const call = () =>
    send(
      method,
      path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? name),
      { token: simulator.accessToken },
    );
  expect(needs.length).toBeGreaterThan(0);
  for (const missing of needs) {
    simulator.setPermissions(allPermissions.filter((permission) => permission !== missing));
    expect(await call()).toMatchObject({
      status: 403,
      body: {
        errorCode: "access.denied.exception",
        generalMessage: "You do not have permission to access this resource",
        timestamp: expect.any(Number),
      },
    });
  }
  simulator.setPermissions(needs);
  expect((await call()).status).not.toBe(403);
});

test("records say what the user may do with them", async () => {
  const conversation = await converse();
  const path = await aService(conversation);
  conversation.simulator.setPermissions(["READ on HttpService", "UPDATE on HttpService"]);
  expect((await conversation.v1("GET", path)).body.permissions).toEqual(["READ", "UPDATE"]);
});

test("a refused write changes nothing", async () => {
  const conversation = await converse();
  const path = await aService(conversation);
  conversation.simulator.setPermissions(["READ on HttpService"]);
  expect((await conversation.v1("PUT", `${path}/setIsActive`, { isActive: true })).status).toBe(403);
  expect((await conversation.v1("GET", path)).body.isEnabled).toBe(false);
});

test("permissions are seen and set over HTTP, a misspelt one is refused", async () => {
  const { send, v1 } = await converse();
  const path = "/_simulator/permissions";
  expect((await send("GET", path)).body).toEqual(allPermissions);
  expect((await send("PUT", path, { body: ["READ on Account"] })).status).toBe(200);
  expect((await v1("GET", "/httpServiceGroups")).status).toBe(200);
  expect((await v1("POST", "/httpServiceGroups", {})).status).toBe(403);
  const { status, body } = await send("PUT", path, { body: ["READ on Accounts"] });
  expect([status, body.generalMessage]).toEqual([400, '"READ on Accounts": is not a permission']);
});
