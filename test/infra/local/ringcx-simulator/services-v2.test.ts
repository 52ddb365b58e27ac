import { expect, test } from "vitest";
import { aGroup, anAuthConfig, aService, authConfigId, converse, serviceBody, soapBody } from "./conversation.ts";

const v2Body = {
  serviceType: "HTTP_POST",
  serviceDescription: "Made in v2",
  endpoint: "https://api.example.com/v2",
  httpServiceConfig: { type: "HTTP", headers: [{ name: "Accept", value: "application/json" }] },
};

test("v2 shows the same service in its own shape", async () => {
  const conversation = await converse();
  const path = await aService(conversation);
  const { status, body } = await conversation.v2("GET", path);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    accountId: 123456,
    serviceDescription: "Lookup customer by ANI",
    endpoint: "https://api.example.com/customers/lookup",
    httpServiceConfig: { type: "HTTP", headers: [{ name: "Content-Type", value: "application/json" }] },
  });
  expect((await conversation.v2("GET", path.replace(/\/\d+$/, ""))).body).toEqual([body]);
});

test("v2 has other names for the SOAP fields", async () => {
  const conversation = await converse();
  const services = `/httpServiceGroups/${await aGroup(conversation)}/httpServices`;
  const { serviceId } = (await conversation.v1("POST", services, { ...soapBody, returntype: "XML" })).body;
  const path = `${services}/${serviceId}`;
  const { body } = await conversation.v2("GET", path);
  expect(body).toMatchObject({
    endpoint: "https://soap.example.com/lookup",
    portname: "LookupPort",
    servicename: "LookupService",
    operationName: "lookup",
    action: "urn:lookup",
    returnType: "XML",
  });
  await conversation.v2("PUT", path, { ...body, action: "urn:find" });
  expect((await conversation.v1("GET", path)).body).toMatchObject({ ...soapBody, soapAction: "urn:find" });
});

test("setting the link through v2 changes nothing else, not even what v2 does not know", async () => {
  const conversation = await converse();
  const { v1, v2, simulator } = conversation;
  await anAuthConfig(conversation);
  const httpServiceConfig = '{ "headers": {"Accept": "*/*"}, "timeout": 3, "url": "https://api.example.com/lookup" }';
  const path = await aService(conversation, { httpUsername: "ringcx", httpPassword: "p-1", httpServiceConfig });
  const before = (await v1("GET", path)).body;
  await v2("PUT", path, { ...(await v2("GET", path)).body, authConfigId });
  expect((await v1("GET", path)).body).toEqual({ ...before, authConfigId });
  expect(simulator.state().groups[0]?.services[0]?.httpPassword).toBe("p-1");
});

test("a service that v2 made is read by v1", async () => {
  const conversation = await converse();
  const services = `/httpServiceGroups/${await aGroup(conversation)}/httpServices`;
  const created = await conversation.v2("POST", services, v2Body);
  expect(created).toMatchObject({ status: 200, body: v2Body });
  const { body } = await conversation.v1("GET", `${services}/${created.body.serviceId}`);
  expect(JSON.parse(body.httpServiceConfig)).toEqual({
    url: "https://api.example.com/v2",
    headers: { Accept: "application/json" },
  });
});

test("a change of the endpoint in v2 is a change of the URL in v1", async () => {
  const conversation = await converse();
  const path = await aService(conversation);
  const record = (await conversation.v2("GET", path)).body;
  await conversation.v2("PUT", path, { ...record, endpoint: "https://other.example.com/" });
  const { httpServiceConfig } = (await conversation.v1("GET", path)).body;
  expect(JSON.parse(httpServiceConfig)).toEqual({
    ...JSON.parse(serviceBody.httpServiceConfig),
    url: "https://other.example.com/",
  });
});

test.each([
  ["no endpoint", { endpoint: undefined }, "endpoint: is required"],
  ["a malformed endpoint", { endpoint: "nowhere" }, "endpoint: must be an absolute"],
  ["a configuration that is a text", { httpServiceConfig: "{}" }, "httpServiceConfig: must be an object"],
  ["an unknown type", { serviceType: "FTP" }, "serviceType: must be one of"],
])("a v2 service with %s is refused with 400 naming the field", async (_, fields, message) => {
  const conversation = await converse();
  const services = `/httpServiceGroups/${await aGroup(conversation)}/httpServices`;
  const { status, body } = await conversation.v2("POST", services, { ...v2Body, ...fields });
  expect([status, body.generalMessage]).toEqual([400, expect.stringContaining(message)]);
});

test("conflicts and missing records answer as in v1", async () => {
  const conversation = await converse();
  const path = await aService(conversation);
  const services = path.replace(/\/\d+$/, "");
  const taken = { ...v2Body, serviceDescription: serviceBody.serviceDescription };
  expect((await conversation.v2("POST", services, taken)).status).toBe(409);
  expect((await conversation.v2("POST", services, { ...v2Body, authConfigId })).status).toBe(404);
  expect((await conversation.v2("GET", `${path}9`)).status).toBe(404);
  expect((await conversation.v2("PUT", `${path}9`, v2Body)).status).toBe(404);
  expect((await conversation.v2("DELETE", `${path}9`)).status).toBe(404);
});

test("a deleted service is gone; one that a workflow refers to is kept with 409", async () => {
  const conversation = await converse();
  const { simulator, v1, v2 } = conversation;
  const path = await aService(conversation);
  const [serviceGroupId, serviceId] = path.match(/\d+/g)?.map(Number) ?? [];
  const address = {
    accountId: simulator.accountId,
    serviceGroupId: Number(serviceGroupId),
    serviceId: Number(serviceId),
  };

  simulator.editService(address, { workflows: ["Main IVR"] });
  const refused = await v2("DELETE", path);
  expect([refused.status, refused.body.generalMessage]).toEqual([409, expect.stringContaining("Main IVR")]);
  expect((await v1("GET", path)).status).toBe(200);

  simulator.editService(address, { workflows: [] });
  expect(await v2("DELETE", path)).toMatchObject({ status: 200, text: "" });
  expect((await v1("GET", path)).status).toBe(404);
});
