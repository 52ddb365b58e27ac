import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { aGroup, aService, authConfigId, type Conversation, converse, inputBody } from "./conversation.ts";

interface Endpoint {
  url: string;
  seen: { method: string; url: string; headers: Record<string, unknown>; body: string }[];
  /** Answers a request; a token by default at `/token`. */
  answer: (path: string) => { status: number; body: string; headers?: Record<string, string> };
}

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function anEndpoint(): Promise<Endpoint> {
  const endpoint: Endpoint = {
    url: "",
    seen: [],
    answer: (path) => ({ status: 200, body: path === "/token" ? '{"access_token":"t-1"}' : '{"customerId":"C-1"}' }),
  };
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { method = "", url = "", headers } = request;
    endpoint.seen.push({ method, url, headers, body });
    const answer = endpoint.answer(url.split("?")[0] ?? "");
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endpoint.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  ends.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return endpoint;
}

async function anActiveService(conversation: Conversation, url: string, fields: object = {}) {
  const path = await aService(conversation, { httpServiceConfig: JSON.stringify({ url }), isEnabled: true, ...fields });
  const [serviceGroupId = 0, serviceId = 0] = path.match(/\d+/g)?.map(Number) ?? [];
  return { path, address: { accountId: conversation.simulator.accountId, serviceGroupId, serviceId } };
}

const authBodies = {
  apiKey: { providerName: "A", apiKey: "k-1" },
  basic: { providerName: "A", username: "u", password: "p" },
  jwt: {
    providerName: "A",
    algorithm: "HS256",
    payload: '{"sub":"ringcx"}',
    addTokenTo: "REQUEST_HEADER",
    secret: "s",
  },
};

test("an active service posts its inputs as JSON and gives back what the endpoint answered", async () => {
  const conversation = await converse();
  const { simulator, v1 } = conversation;
  const endpoint = await anEndpoint();
  const { path, address } = await anActiveService(conversation, `${endpoint.url}/lookup`);
  await v1("POST", `${path}/inputs`, [inputBody, { ...inputBody, name: "source", value: "ivr" }]);
  simulator.clearRequests();
  expect(await simulator.callService({ ...address, inputs: { ani: "+15550100" } })).toEqual({
    status: 200,
    body: { customerId: "C-1" },
  });
  expect(endpoint.seen).toMatchObject([
    { method: "POST", url: "/lookup", headers: { "content-type": "application/json" } },
  ]);
  expect(JSON.parse(endpoint.seen[0]?.body ?? "")).toEqual({ ani: "+15550100", source: "ivr" });
  expect(simulator.requests).toEqual([]);
});

test("HTTP_GET sends the inputs in the query, HTTP the method of its configuration, headers go along", async () => {
  const conversation = await converse();
  const endpoint = await anEndpoint();
  const get = await anActiveService(conversation, `${endpoint.url}/lookup?v=2`, { serviceType: "HTTP_GET" });
  await conversation.simulator.callService({ ...get.address, inputs: { ani: "1" } });
  expect(endpoint.seen.at(-1)).toMatchObject({ method: "GET", url: "/lookup?v=2&ani=1", body: "" });

  const config = { url: endpoint.url, method: "PUT", headers: { "X-Tenant": "a" } };
  await conversation.v1("PUT", get.path, {
    serviceType: "HTTP",
    serviceDescription: "Put",
    httpServiceConfig: JSON.stringify(config),
    isEnabled: true,
  });
  await conversation.simulator.callService(get.address);
  expect(endpoint.seen.at(-1)).toMatchObject({ method: "PUT", headers: { "x-tenant": "a" } });
});

test("an inactive service is refused with 409 and the endpoint is left alone, in process and over HTTP", async () => {
  const conversation = await converse();
  const endpoint = await anEndpoint();
  const { address } = await anActiveService(conversation, endpoint.url, { isEnabled: false });
  expect((await conversation.simulator.callService(address)).status).toBe(409);
  expect((await conversation.send("POST", "/_simulator/calls", { body: address })).status).toBe(409);
  expect(endpoint.seen).toEqual([]);
});

test("over HTTP a call answers the endpoint's status in its body", async () => {
  const conversation = await converse();
  const endpoint = await anEndpoint();
  endpoint.answer = () => ({ status: 503, body: "down" });
  const { address } = await anActiveService(conversation, endpoint.url);
  const { status, body } = await conversation.send("POST", "/_simulator/calls", { body: { ...address, inputs: {} } });
  expect({ status, body }).toEqual({ status: 200, body: { status: 503, body: "down" } });
  expect((await conversation.send("POST", "/_simulator/calls", { body: {} })).body.generalMessage).toContain(
    "serviceId",
  );
});

test.each([
  ["apiKey", "x-api-key", "k-1"],
  ["basic", "authorization", `Basic ${Buffer.from("u:p").toString("base64")}`],
  ["jwt", "authorization", expect.stringMatching(/^Bearer [\w-]+\.[\w-]+\.[\w-]+$/)],
] as const)("%s goes in the header %s", async (type, header, value) => {
  const conversation = await converse();
  const endpoint = await anEndpoint();
  await conversation.v1("POST", `/external/authConfigs/${authConfigId}/${type}`, authBodies[type]);
  const { address } = await anActiveService(conversation, endpoint.url, { authConfigId });
  expect((await conversation.simulator.callService(address)).status).toBe(200);
  expect(endpoint.seen[0]?.headers[header]).toEqual(value);
});

test("httpUsername and httpPassword are used where there is no auth config", async () => {
  const conversation = await converse();
  const endpoint = await anEndpoint();
  const { address } = await anActiveService(conversation, endpoint.url, { httpUsername: "u", httpPassword: "p" });
  await conversation.simulator.callService(address);
  expect(endpoint.seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from("u:p").toString("base64")}`);
});

test("a JWT is signed with the secret and carries the claims that the config asks for", async () => {
  const conversation = await converse({ now: () => 1_700_000_000_500 });
  const endpoint = await anEndpoint();
  await conversation.v1("POST", `/external/authConfigs/${authConfigId}/jwt`, {
    ...authBodies.jwt,
    addTokenTo: "QUERY_PARAM",
    queryParamName: "jwt",
    expirationTime: 60,
    isIncludeIssueAt: true,
    jwtHeaders: '{"kid":"1"}',
    secret: Buffer.from("s-1").toString("base64"),
    isSecretEncoded: true,
  });
  const { address } = await anActiveService(conversation, endpoint.url, { authConfigId });
  await conversation.simulator.callService(address);
  const token = new URL(endpoint.seen[0]?.url ?? "", endpoint.url).searchParams.get("jwt") ?? "";
  const [header = "", payload = "", signature] = token.split(".");
  const decoded = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString());
  expect(decoded(header)).toEqual({ typ: "JWT", kid: "1", alg: "HS256" });
  expect(decoded(payload)).toEqual({ sub: "ringcx", iat: 1_700_000_000, exp: 1_700_000_060 });
  expect(signature).toBe(createHmac("sha256", "s-1").update(`${header}.${payload}`).digest("base64url"));
});

const oauth = { providerName: "A", clientId: "c", secret: "s-1", grantType: "CLIENT_CREDENTIALS", scope: "crm" };

test.each([
  ["BODY", { url: "/token", body: "grant_type=client_credentials&scope=crm&client_id=c&client_secret=s-1" }],
  ["QUERY_PARAM", { url: "/token?client_id=c&client_secret=s-1", body: "grant_type=client_credentials&scope=crm" }],
  ["HEADER", { url: "/token", headers: { authorization: `Basic ${Buffer.from("c:s-1").toString("base64")}` } }],
])("OAUTH fetches a token with the client's credentials in %s and sends it as a bearer", async (supplyIn, request) => {
  const conversation = await converse();
  const endpoint = await anEndpoint();
  const body = { ...oauth, tokenUrl: `${endpoint.url}/token`, clientCredentialsSupplyIn: supplyIn };
  await conversation.v1("POST", `/external/authConfigs/${authConfigId}/oauth`, body);
  const { address } = await anActiveService(conversation, `${endpoint.url}/lookup`, { authConfigId });
  expect((await conversation.simulator.callService(address)).status).toBe(200);
  expect(endpoint.seen).toMatchObject([
    { method: "POST", ...request },
    { url: "/lookup", headers: { authorization: "Bearer t-1" } },
  ]);
});

test("a rotated credential is used by the very next call", async () => {
  const conversation = await converse();
  const endpoint = await anEndpoint();
  const at = `/external/authConfigs/${authConfigId}/apiKey`;
  await conversation.v1("POST", at, authBodies.apiKey);
  const { address } = await anActiveService(conversation, endpoint.url, { authConfigId });
  await conversation.v1("PATCH", at, { ...authBodies.apiKey, apiKey: "k-2" });
  await conversation.simulator.callService(address);
  expect(endpoint.seen.map(({ headers }) => headers["x-api-key"])).toEqual(["k-2"]);
});

test("what cannot be reached is a 502 that holds no secret", async () => {
  const conversation = await converse();
  const endpoint = await anEndpoint();
  endpoint.answer = () => ({ status: 401, body: '{"error":"invalid_client"}' });
  const body = { ...oauth, secret: "very-secret", tokenUrl: `${endpoint.url}/token` };
  await conversation.v1("POST", `/external/authConfigs/${authConfigId}/oauth`, body);
  const { address, path } = await anActiveService(conversation, endpoint.url, { authConfigId });
  const refused = await conversation.simulator.callService(address);
  expect(refused).toEqual({ status: 502, body: { error: "The token endpoint answered 401 without an access token" } });

  const nowhere = await conversation.v1("POST", path.replace(/\/\d+$/, ""), {
    serviceType: "HTTP_GET",
    serviceDescription: "Nowhere",
    httpServiceConfig: '{"url":"http://127.0.0.1:1/"}',
    isEnabled: true,
  });
  const gone = await conversation.simulator.callService({ ...address, serviceId: nowhere.body.serviceId });
  expect(gone).toEqual({ status: 502, body: { error: "The endpoint cannot be reached" } });
});

test.each(["https://api.example.com/", "http://10.0.0.1/", "http://127.0.0.1.example.com/", "http://169.254.169.254/"])(
  "%s is not called: loopback only",
  async (url) => {
    const conversation = await converse();
    const { address } = await anActiveService(conversation, url);
    expect(await conversation.simulator.callService(address)).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining("loopback only") },
    });
  },
);

test("a token URL outside of loopback is not called either", async () => {
  const conversation = await converse();
  const endpoint = await anEndpoint();
  const body = { ...oauth, tokenUrl: "https://auth.example.com/token" };
  await conversation.v1("POST", `/external/authConfigs/${authConfigId}/oauth`, body);
  const { address } = await anActiveService(conversation, endpoint.url, { authConfigId });
  expect((await conversation.simulator.callService(address)).status).toBe(400);
  expect(endpoint.seen).toEqual([]);
});

test("a redirect is answered, not followed", async () => {
  const conversation = await converse();
  const endpoint = await anEndpoint();
  endpoint.answer = () => ({ status: 302, body: "", headers: { location: "/elsewhere" } });
  const { address } = await anActiveService(conversation, endpoint.url);
  expect(await conversation.simulator.callService(address)).toEqual({ status: 302 });
  expect(endpoint.seen).toHaveLength(1);
});

test("an unknown service is a 404", async () => {
  const conversation = await converse();
  const serviceGroupId = await aGroup(conversation);
  const call = { accountId: "123456", serviceGroupId, serviceId: 1 };
  expect((await conversation.simulator.callService(call)).status).toBe(404);
});
