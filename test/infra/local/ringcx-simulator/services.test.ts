import { expect, test } from "vitest";
import {
  aGroup,
  anAuthConfig,
  aService,
  authConfigId,
  converse,
  inputBody,
  serviceBody,
  soapBody,
} from "./conversation.ts";

test("a created service can be read, listed and updated as a whole record", async () => {
  const conversation = await converse();
  const { v1 } = conversation;
  await anAuthConfig(conversation);
  const services = `/httpServiceGroups/${await aGroup(conversation)}/httpServices`;
  const created = await v1("POST", services, { ...serviceBody, accountId: "123456", authConfigId });
  expect(created).toMatchObject({ status: 200, body: { ...serviceBody, accountId: "123456", authConfigId } });
  const path = `${services}/${created.body.serviceId}`;
  expect((await v1("GET", path)).body).toEqual(created.body);
  expect((await v1("GET", services)).body).toEqual([created.body]);

  const { authConfigId: _dropped, ...withoutLink } = created.body;
  const updated = await v1("PUT", path, { ...withoutLink, vendorField: "kept", enableMappings: false });
  expect(updated.body).toMatchObject({ vendorField: "kept", enableMappings: false });
  expect(updated.body).not.toHaveProperty("authConfigId");
  expect((await v1("GET", path)).body).toEqual(updated.body);
});

test("a SOAP service has its own fields", async () => {
  const conversation = await converse();
  const { v1 } = conversation;
  const services = `/httpServiceGroups/${await aGroup(conversation)}/httpServices`;
  expect(await v1("POST", services, soapBody)).toMatchObject({ status: 200, body: soapBody });
  const { soapEndpoint: _missing, ...incomplete } = soapBody;
  expect((await v1("POST", services, incomplete)).body.generalMessage).toBe("soapEndpoint: is required");
});

test.each([
  ["an unknown type", { serviceType: "GRPC" }, "serviceType: must be one of SOAP, HTTP_POST, HTTP_GET, HTTP"],
  ["no name", { serviceDescription: undefined }, "serviceDescription: is required"],
  ["no configuration", { httpServiceConfig: undefined }, "httpServiceConfig: is required"],
  [
    "a configuration that is an object",
    { httpServiceConfig: { url: "https://a" } },
    "httpServiceConfig: must be a JSON string",
  ],
  ["a configuration that is no JSON", { httpServiceConfig: "{url" }, "httpServiceConfig: must hold a JSON object"],
  [
    "a malformed URL",
    { httpServiceConfig: '{"url":"api.example.com/x"}' },
    "httpServiceConfig: url must be an absolute",
  ],
  [
    "another scheme",
    { httpServiceConfig: '{"url":"ftp://a.example.com"}' },
    "httpServiceConfig: url must be an absolute",
  ],
  [
    "malformed headers",
    { httpServiceConfig: '{"url":"https://a.example.com","headers":[1]}' },
    "headers must be an object of strings",
  ],
  [
    "an unknown method",
    { httpServiceConfig: '{"url":"https://a.example.com","method":"FETCH"}' },
    "method must be one of GET, POST",
  ],
  ["a flag that is a text", { isEnabled: "true" }, "isEnabled: must be true or false"],
  ["a link that is no UUID", { authConfigId: "CRM" }, "authConfigId: must be a UUID"],
  ["another account's id", { accountId: "654321" }, "accountId: must be 123456"],
])("a service with %s is refused with 400 naming the field", async (_, fields, message) => {
  const conversation = await converse();
  const services = `/httpServiceGroups/${await aGroup(conversation)}/httpServices`;
  const { status, body } = await conversation.v1("POST", services, { ...serviceBody, ...fields });
  expect({ status, message: body.generalMessage }).toEqual({ status: 400, message: expect.stringContaining(message) });
});

test("a PUT is checked like a POST", async () => {
  const conversation = await converse();
  const path = await aService(conversation);
  const { status, body } = await conversation.v1("PUT", path, { serviceDescription: "Half a record", serviceId: 1 });
  expect(status).toBe(400);
  expect(body.generalMessage).toMatch(/serviceType: is required.*httpServiceConfig: is required.*serviceId: must be/);
});

test("a link to an auth config that the account does not have is not found", async () => {
  const conversation = await converse();
  const services = `/httpServiceGroups/${await aGroup(conversation)}/httpServices`;
  expect((await conversation.v1("POST", services, { ...serviceBody, authConfigId })).status).toBe(404);
  expect((await conversation.v1("GET", services)).body).toEqual([]);
});

test("a name that the group has is a conflict; another group may have it", async () => {
  const conversation = await converse();
  const { v1 } = conversation;
  const path = await aService(conversation);
  const services = path.replace(/\/\d+$/, "");
  const second = await v1("POST", services, { ...serviceBody, serviceDescription: "Second" });
  expect((await v1("POST", services, serviceBody)).status).toBe(409);
  expect((await v1("PUT", `${services}/${second.body.serviceId}`, serviceBody)).status).toBe(409);
  const elsewhere = `/httpServiceGroups/${await aGroup(conversation, "Other")}/httpServices`;
  expect((await v1("POST", elsewhere, serviceBody)).status).toBe(200);
});

test("setIsActive answers a bare boolean and is seen in isEnabled", async () => {
  const conversation = await converse();
  const { v1 } = conversation;
  const path = await aService(conversation);
  for (const isActive of [true, false]) {
    expect(await v1("PUT", `${path}/setIsActive`, { isActive })).toMatchObject({ status: 200, text: String(isActive) });
    expect((await v1("GET", path)).body.isEnabled).toBe(isActive);
  }
  const { status, body } = await v1("PUT", `${path}/setIsActive`, { isActive: "yes" });
  expect([status, body.generalMessage]).toEqual([400, "isActive: must be true or false"]);
  expect((await v1("PUT", `${path}/setIsActive`, {})).body.generalMessage).toBe("isActive: is required");
});

test("a clone of an active service is born active, with the link and its own inputs", async () => {
  const conversation = await converse();
  const { v1 } = conversation;
  await anAuthConfig(conversation);
  const path = await aService(conversation, { isEnabled: true, authConfigId });
  const services = path.replace(/\/\d+$/, "");
  const [input] = (await v1("POST", `${path}/inputs`, [inputBody])).body;

  const clone = await v1("POST", `${path}/clone?newName=Lookup%20in%20test`);
  expect(clone.body).toMatchObject({ serviceDescription: "Lookup in test", isEnabled: true, authConfigId });
  const [cloned] = (await v1("GET", `${services}/${clone.body.serviceId}/inputs`)).body;
  expect(cloned).toMatchObject(inputBody);
  expect(cloned?.inputId).not.toBe(input?.inputId);

  expect((await v1("POST", `${path}/clone`)).body.generalMessage).toBe("newName: is required");
  expect((await v1("POST", `${path}/clone?newName=Lookup%20in%20test`)).status).toBe(409);
});

test("httpPassword is masked on read, and a mask that is written back is stored as it is", async () => {
  const conversation = await converse();
  const { v1, simulator } = conversation;
  const path = await aService(conversation, { httpUsername: "ringcx", httpPassword: "p-1" });
  const read = await v1("GET", path);
  expect(read.body).toMatchObject({ httpUsername: "ringcx", httpPassword: "********" });
  await v1("PUT", path, read.body);
  expect(simulator.state().groups[0]?.services[0]?.httpPassword).toBe("********");
});

test("with the v1 link off, v1 neither keeps nor shows authConfigId, and its PUT leaves the v2 link alone", async () => {
  const conversation = await converse({ v1AuthLink: false });
  const { v1, v2 } = conversation;
  await anAuthConfig(conversation);
  const path = await aService(conversation, { authConfigId });
  expect((await v1("GET", path)).body).not.toHaveProperty("authConfigId");
  const record = (await v2("GET", path)).body;
  expect(record).not.toHaveProperty("authConfigId");

  await v2("PUT", path, { ...record, authConfigId });
  await v1("PUT", path, { ...(await v1("GET", path)).body, isDebug: true });
  expect((await v2("GET", path)).body).toMatchObject({ authConfigId, isDebug: true });
  expect((await v1("GET", path)).body).not.toHaveProperty("authConfigId");
});

test.each(["GET", "PUT"])("%s of a service of another group, or that is not there, is not found", async (method) => {
  const conversation = await converse();
  const path = await aService(conversation);
  const other = await aGroup(conversation, "Other");
  const body = method === "PUT" ? serviceBody : undefined;
  expect((await conversation.v1(method, path.replace(/Groups\/\d+/, `Groups/${other}`), body)).status).toBe(404);
  expect((await conversation.v1(method, `${path}9`, body)).status).toBe(404);
  expect((await conversation.v1("POST", `${path}9/clone?newName=X`)).status).toBe(404);
  expect((await conversation.v1("PUT", `${path}9/setIsActive`, { isActive: true })).status).toBe(404);
});
