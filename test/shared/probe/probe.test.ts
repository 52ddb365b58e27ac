import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { validationSchema } from "../../../shared/contract/fields/validation.ts";
import { systemClock } from "../../../shared/primitives/clock.ts";
import type { Lookup } from "../../../shared/probe/checked-addresses.ts";
import type { PresentedCredential } from "../../../shared/probe/place-credential.ts";
import { createProbe } from "../../../shared/probe/probe.ts";
import { type ProbeSettings, probeSettingsSchema } from "../../../shared/probe/probe-settings.ts";
import type { AuthType } from "../../../shared/ringcx/resources/auth-config.ts";
import { parseCredential } from "../../../shared/secrets/credential.ts";
import { confined } from "../../support/confined.ts";

type Answer = (request: IncomingMessage & { text: string }, response: ServerResponse) => void;
const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function endpoint(answer: Answer): Promise<{ url: string; host: string }> {
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    answer(Object.assign(request, { text }), response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `http://${host}`, host };
}

function probe(settings: Partial<ProbeSettings>, lookup?: Lookup) {
  return createProbe({
    settings: probeSettingsSchema.parse({ allowPrivateAddresses: true, allowHttp: true, ...settings }),
    clock: systemClock,
    ...(lookup && { lookup }),
  });
}

function validation(url: string, more: object = {}) {
  return { ...validationSchema.parse({ expect: {}, ...more }), url };
}

/** A credential that its secret lets go to the hosts. */
function presented(authType: AuthType, fields: object, ...hosts: string[]): PresentedCredential {
  const credential = parseCredential(confined(JSON.stringify(fields), { hosts }), authType, "v1");
  return { credential, accountId: "123456", connection: "test" };
}

const oauth = (url: string, host: string, more: object = {}) =>
  presented(
    "OAUTH",
    { clientId: "c", secret: "hush", tokenUrl: url, grantType: "CLIENT_CREDENTIALS", ...more },
    host,
    new URL(url).host,
  );

test("an endpoint that answers as declared passes", async () => {
  const { url, host } = await endpoint((request, response) =>
    response.end(JSON.stringify({ method: request.method, got: JSON.parse(request.text) })),
  );
  const schema = { type: "object", required: ["method", "got"], properties: { method: { const: "POST" } } };
  const request = validation(url, { method: "POST", body: { ani: "1" }, expect: { schema } });
  expect(await probe({ allowedHosts: [host] }).check(request)).toMatchObject({ passed: true });
});

const envelope = `<?xml version="1.0" encoding="utf-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">
  <soapenv:Body><GetOrder xmlns="urn:orders"><place>Zürich</place></GetOrder></soapenv:Body>
</soapenv:Envelope>`;

test("a SOAP endpoint is sent its envelope as it is, and its answer must contain a text", async () => {
  const { url, host } = await endpoint((request, response) => {
    const { "content-type": type, soapaction, accept } = request.headers;
    const isRight = request.text === envelope && type === "text/xml; charset=utf-8" && soapaction === '"urn:GetOrder"';
    response.setHeader("content-type", "text/xml; charset=iso-8859-1");
    const answer = isRight && accept === "*/*" ? "<GetOrderResponse><ort>Zürich</ort>" : "<soapenv:Fault/>";
    response.end(Buffer.from(answer, "latin1"));
  });
  const check = (contains: string, more: object = {}) =>
    probe({ allowedHosts: [host] }).check(
      validation(url, {
        method: "POST",
        headers: { "Content-Type": "text/xml; charset=utf-8", SOAPAction: '"urn:GetOrder"' },
        body: envelope,
        expect: { contains },
        ...more,
      }),
    );
  expect(await check("<GetOrderResponse")).toMatchObject({ passed: true });
  expect(await check("<ort>Zürich</ort>")).toMatchObject({ passed: true });
  // No regular expression, and no parsed XML.
  expect(await check("<GetOrder.*>")).toEqual({
    passed: false,
    kind: "DIFFERENT",
    because: `the answer of ${host} does not contain what validation.expect.contains says`,
  });
  expect(await check("<GetOrderResponse", { headers: {} })).toMatchObject({ passed: false });
});

test("a text is JSON where its content type says so, and where none is said", async () => {
  const { url, host } = await endpoint((request, response) => response.end(request.text));
  for (const headers of [
    {},
    { "content-type": "application/json" },
    { "CONTENT-TYPE": "application/soap+JSON; v=1" },
  ]) {
    const request = validation(url, { method: "POST", headers, body: "ping", expect: { schema: { const: "ping" } } });
    expect(await probe({ allowedHosts: [host] }).check(request)).toMatchObject({ passed: true });
  }
});

test("an answer may have to contain a text and to have a shape", async () => {
  const { url, host } = await endpoint((_, response) => response.end('{"id":"1"}'));
  const check = (expected: object) => probe({ allowedHosts: [host] }).check(validation(url, { expect: expected }));
  const schema = { required: ["id"] };
  expect(await check({ schema, contains: '"id"' })).toMatchObject({ passed: true });
  expect(await check({ schema, contains: '"name"' })).toMatchObject({ passed: false, kind: "DIFFERENT" });
  expect(await check({ schema: { required: ["name"] }, contains: '"id"' })).toMatchObject({ passed: false });
});

test("what differs is reported without the body, the path or a value", async () => {
  const { url, host } = await endpoint((_, response) => response.end('{"+15550100":{"name":"Ada"}}'));
  const schema = { additionalProperties: { properties: { name: { type: "number" } } } };
  const found = await probe({ allowedHosts: [host] }).check(validation(`${url}/who?ani=123`, { expect: { schema } }));
  expect(found).toEqual({
    passed: false,
    kind: "DIFFERENT",
    because: `the answer of ${host} has another shape: #/additionalProperties/properties/name/type must be number`,
  });
});

test("a redirect is an answer, not an invitation", async () => {
  let visits = 0;
  const { url, host } = await endpoint((_, response) => {
    visits += 1;
    response.writeHead(302, { location: "/elsewhere" }).end();
  });
  const found = await probe({ allowedHosts: [host] }).check(validation(url));
  expect(found).toMatchObject({
    kind: "DIFFERENT",
    because: `${host} answered 302, expected 200 (redirects are not followed: name the URL where it leads)`,
  });
  expect(visits).toBe(1);
});

test("too long and too slow answers are cut off", async () => {
  const long = await endpoint((_, response) => response.end("x".repeat(2_000)));
  const slow = await endpoint(() => {});
  const bounded = probe({ allowedHosts: [long.host, slow.host], maxBytes: 1_000, timeoutMs: 50 });
  expect(await bounded.check(validation(long.url))).toMatchObject({
    kind: "UNREACHABLE",
    because: `the answer of ${long.host} is longer than 1000 bytes`,
  });
  expect(await bounded.check(validation(slow.url))).toMatchObject({
    kind: "UNREACHABLE",
    because: `no answer from ${slow.host} within 50 ms`,
  });
});

test("only https and only hosts of the allow-list are asked", async () => {
  let visits = 0;
  const { url, host } = await endpoint((_, response) => {
    visits += 1;
    response.end();
  });
  const refuse = async (settings: Partial<ProbeSettings>, address = url) => probe(settings).check(validation(address));
  expect(await refuse({ allowedHosts: ["crm.example.com"] })).toMatchObject({ kind: "FORBIDDEN" });
  expect(await refuse({ allowedHosts: ["127.0.0.1"] })).toMatchObject({ kind: "FORBIDDEN" });
  expect(await refuse({ allowedHosts: [host], allowHttp: false })).toMatchObject({
    because: `http://${host} is not https`,
  });
  for (const address of ["https://example.com", "https://evilexample.com", "https://crm.example.com.evil.org"]) {
    expect(await refuse({ allowedHosts: ["*.example.com"] }, address)).toMatchObject({ kind: "FORBIDDEN" });
  }
  expect(visits).toBe(0);
});

test.each([
  "127.0.0.1",
  "10.0.0.8",
  "172.16.5.4",
  "192.168.1.1",
  "169.254.169.254",
  "100.64.0.1",
  "0.0.0.0",
  "224.0.0.1",
  "::1",
  "::ffff:10.0.0.8",
  "::ffff:7f00:1",
  "fe80::1",
  "fd00:ec2::254",
  "64:ff9b::a00:8",
  "2002:a00:8::1",
])("a name that resolves to %s is not asked", async (address) => {
  const lookup: Lookup = async () => [
    { address: "93.184.216.34", family: 4 },
    { address, family: address.includes(":") ? 6 : 4 },
  ];
  const found = await probe({ allowPrivateAddresses: false, allowedHosts: ["crm.example.com"] }, lookup).check(
    validation("https://crm.example.com/"),
  );
  expect(found).toMatchObject({ passed: false, kind: "FORBIDDEN" });
});

test.each(["http://2130706433/", "http://0x7f.1/", "http://[::ffff:127.0.0.1]/", "http://[fd00:ec2::254]/"])(
  "an address written as %s is judged as what it is",
  async (url) => {
    const settings = { allowPrivateAddresses: false, allowedHosts: [new URL(url).host] };
    expect(await probe(settings).check(validation(url))).toMatchObject({ kind: "FORBIDDEN" });
  },
);

test("the metadata address stays out of reach where private addresses are allowed", async () => {
  for (const address of ["169.254.169.254", "fd00:ec2::254"]) {
    const lookup: Lookup = async () => [{ address, family: address.includes(":") ? 6 : 4 }];
    expect(await probe({ allowedHosts: ["crm.test"] }, lookup).check(validation("http://crm.test/"))).toMatchObject({
      kind: "FORBIDDEN",
    });
  }
});

test("the connection goes to the address that was checked, under the name that was asked for", async () => {
  let asked = "";
  const { host } = await endpoint((request, response) => {
    asked = request.headers.host ?? "";
    response.end();
  });
  const port = host.split(":")[1];
  let lookups = 0;
  const lookup: Lookup = async () => {
    lookups += 1;
    return [{ address: lookups === 1 ? "127.0.0.1" : "10.0.0.8", family: 4 }];
  };
  const name = `localhost:${port}`;
  expect(await probe({ allowedHosts: [name] }, lookup).check(validation(`http://${name}/`))).toMatchObject({
    passed: true,
  });
  expect([asked, lookups]).toEqual([name, 1]);
});

test("an OAuth token is fetched and placed; one that is refused says so without the secret", async () => {
  const { url, host } = await endpoint((request, response) => {
    if (request.url === "/token") {
      const isKnown = new URLSearchParams(request.text).get("client_secret") === "hush";
      response.writeHead(isKnown ? 200 : 401).end(isKnown ? '{"access_token":"t-1"}' : '{"error":"hush"}');
    } else response.writeHead(request.headers.authorization === "Bearer t-1" ? 200 : 403).end();
  });
  const check = (credential?: PresentedCredential) =>
    probe({ allowedHosts: [host] }).check(
      validation(url, { credential: { in: "HEADER", name: "Authorization" } }),
      credential,
    );
  expect(await check(oauth(`${url}/token`, host))).toMatchObject({ passed: true });
  const refused = await check(oauth(`${url}/token`, host, { secret: "wrong-hush" }));
  expect(refused).toMatchObject({ kind: "REFUSED" });
  expect(JSON.stringify(refused)).not.toContain("hush");
  expect(await check()).toMatchObject({ kind: "UNTESTABLE" });
  expect(await check(oauth("https://elsewhere.example.com/token", host))).toMatchObject({ kind: "FORBIDDEN" });
});

test.each([
  ["decodes what the header holds", (pair: string) => pair.split(":").map(decodeForm).join(":")],
  ["takes it as it is", (pair: string) => pair],
])("a token server that %s accepts a client whose secret has signs in it", async (_, read) => {
  let asked = 0;
  const { url, host } = await endpoint((request, response) => {
    if (request.url !== "/token") return response.end();
    asked += 1;
    const pair = read(Buffer.from(request.headers.authorization?.slice(6) ?? "", "base64").toString());
    return pair === "c:a+b/c== %"
      ? response.end('{"access_token":"t-1"}')
      : response.writeHead(401).end('{"error":"invalid_client"}');
  });
  const check = (secret: string) =>
    probe({ allowedHosts: [host] }).check(
      validation(url, { credential: { in: "HEADER", name: "Authorization" } }),
      oauth(`${url}/token`, host, { secret, clientCredentialsSupplyIn: "HEADER" }),
    );
  expect(await check("a+b/c== %")).toMatchObject({ passed: true });
  asked = 0;
  expect(await check("wrong+")).toMatchObject({ kind: "REFUSED" });
  expect(asked).toBe(2);
  expect(await check("wrong")).toMatchObject({ kind: "REFUSED" });
  expect(asked).toBe(3);
});

test.each([
  [401, "", "REFUSED"],
  [403, "", "REFUSED"],
  [400, '{"error":"invalid_client"}', "REFUSED"],
  [400, '{"error":"invalid_grant"}', "REFUSED"],
  [400, '{"error":"invalid_request"}', "DIFFERENT"],
  [400, '{"error":"invalid_scope"}', "DIFFERENT"],
  [302, "", "DIFFERENT"],
  [404, "", "DIFFERENT"],
  [200, "{}", "DIFFERENT"],
  [200, '{"error":"invalid_client"}', "REFUSED"],
  [408, "", "UNREACHABLE"],
  [425, "", "UNREACHABLE"],
  [429, "", "UNREACHABLE"],
  [503, "", "UNREACHABLE"],
])("a token endpoint that answers %i %s: %s", async (status, body, kind) => {
  const { url, host } = await endpoint((_, response) => response.writeHead(status).end(body));
  const found = await probe({ allowedHosts: [host] }).check(
    validation(url, { credential: { in: "HEADER", name: "Authorization" } }),
    oauth(`${url}/token`, host),
  );
  expect(found).toMatchObject({ passed: false, kind });
  // The OAuth error is named where it is known; what else stands there may be anything.
  const [, error = ""] = /"error":"(invalid_(?:client|grant))"/.exec(body) ?? [];
  if (error !== "")
    expect(found).toMatchObject({ because: expect.stringMatching(new RegExp(`OAuth error ${error}$`)) });
});

function decodeForm(text: string): string {
  return decodeURIComponent(text.replaceAll("+", "%20"));
}

test("other types are placed where the manifest says", async () => {
  const authorizations: unknown[] = [];
  const { url, host } = await endpoint((request, response) => {
    const { authorization: auth, "x-key": key } = request.headers;
    authorizations.push(auth);
    response.end(JSON.stringify({ url: request.url, key, auth }));
  });
  const shape = (properties: object) => ({ expect: { schema: { type: "object", properties } } });
  const credentialOf = (type: "APIKEY" | "BASIC" | "JWT", fields: object) => presented(type, fields, host);
  const check = (more: object, credential: PresentedCredential) =>
    probe({ allowedHosts: [host] }).check(validation(`${url}/x?a=1`, more), credential);

  const key = credentialOf("APIKEY", { apiKey: "k 1" });
  expect(
    await check(
      { credential: { in: "HEADER", name: "X-Key", prefix: "Key " }, ...shape({ key: { const: "Key k 1" } }) },
      key,
    ),
  ).toMatchObject({ passed: true });
  expect(
    await check(
      { credential: { in: "QUERY_PARAM", name: "key" }, ...shape({ url: { const: "/x?a=1&key=k+1" } }) },
      key,
    ),
  ).toMatchObject({ passed: true });
  const authorization = { credential: { in: "HEADER", name: "Authorization" } };
  expect(
    await check(
      { ...authorization, ...shape({ auth: { const: `Basic ${btoa("u:p")}` } }) },
      credentialOf("BASIC", { username: "u", password: "p" }),
    ),
  ).toMatchObject({ passed: true });
  expect(
    await check(
      { ...authorization, ...shape({ auth: { type: "string" } }) },
      credentialOf("JWT", { algorithm: "HS256", payload: '{"sub":"x"}', addTokenTo: "REQUEST_HEADER", secret: "s" }),
    ),
  ).toMatchObject({ passed: true });
  // RFC 7515's form: three parts, signed with the secret.
  expect(authorizations.at(-1)).toMatch(/^Bearer [\w-]+\.eyJzdWIiOiJ4In0\.[\w-]{43}$/);
});

test.each([
  [
    "a regular expression",
    { expect: { status: 200, schema: { type: "string", pattern: "^(a+)+$" } } },
    /expect\.schema\.pattern/,
  ],
  ["a reference to itself", { expect: { status: 200, schema: { $ref: "#" } } }, /expect\.schema\.\$ref/],
  ["no schema at all", { expect: { status: 200, schema: { type: "CANARY" } } }, /expect\.schema\.type/],
  ["another host", { headers: { Host: "CANARY" } }, /headers\.Host/],
  ["another host by its credential", { credential: { in: "HEADER", name: "host" } }, /credential\.name/],
])("a stored validation that holds %s is not asked with, and says so", async (_, stored, path) => {
  let visits = 0;
  const { url, host } = await endpoint((_request, response) => {
    visits += 1;
    response.end("{}");
  });
  const request = { ...validation(url), ...stored } as ReturnType<typeof validation>;
  const found = await probe({ allowedHosts: [host] }).check(request);
  expect(found).toMatchObject({ kind: "UNTESTABLE", because: expect.stringMatching(path) });
  expect(JSON.stringify(found)).not.toContain("CANARY");
  expect(visits).toBe(0);
});

const dnsError = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));

test("an endpoint that answers with an error was reached, one that answers nothing was not", async () => {
  const failing = await endpoint((_, response) => response.writeHead(503).end());
  const resetting = await endpoint((request) => request.socket.destroy());
  const check = (url: string, credential?: PresentedCredential) => {
    const placed = credential && { credential: { in: "HEADER", name: "Authorization", prefix: "Bearer " } };
    return probe({ allowedHosts: [failing.host, resetting.host] }).check(validation(url, placed), credential);
  };
  expect(await check(failing.url)).toEqual({ passed: false, kind: "UNREACHABLE", because: expect.any(String) });
  expect(await check(resetting.url)).toMatchObject({ kind: "UNREACHABLE", isUnanswered: true });
  expect(await check(failing.url, oauth(failing.url, failing.host))).not.toHaveProperty("isUnanswered");
  expect(await check(failing.url, oauth(resetting.url, failing.host))).toMatchObject({
    kind: "UNREACHABLE",
    isUnanswered: true,
  });
});

test.each([
  ["ENOTFOUND", "UNREACHABLE"],
  ["EAI_AGAIN", "NOT_ASKED"],
])("a name for which the resolver says %s: %s, of a token's endpoint, too", async (code, kind) => {
  const { check } = probe({ allowedHosts: ["crm.example.com"] }, dnsError(code));
  const request = validation("https://crm.example.com/");
  expect(await check(request)).toMatchObject({ kind });
  const placed = validation("https://crm.example.com/", { credential: { in: "HEADER", name: "X-Token" } });
  expect(await check(placed, oauth("https://crm.example.com/token", "crm.example.com"))).toMatchObject({ kind });
});
