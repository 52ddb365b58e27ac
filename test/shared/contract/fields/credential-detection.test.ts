import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { holdsCredential, suspectedCredentials } from "../../../../shared/contract/credentials/credential-detection.ts";
import { runs } from "../../../support/runs.ts";
import { filler, jwt, shapes } from "./credential-samples.ts";

const value = "hush-hush-1234";
const random = filler(32);
const found = (message: unknown) => suspectedCredentials(message).map(({ path }) => path.join("."));

/** Nothing that is told holds the value. */
function expectFound(message: unknown, secret: string): void {
  const credentials = suspectedCredentials(message);
  expect(credentials, JSON.stringify(message)).not.toEqual([]);
  expect(JSON.stringify(credentials)).not.toContain(secret);
}

describe("by name", () => {
  test.each(
    [
      ...["Authorization", "authorization", "Proxy-Authorization", "X-Authorization", "Cookie", "Set-Cookie"],
      ...["X-Api-Key", "x-apikey", "Api-Key", "apikey", "X-API-Secret", "X-Auth-Token", "X-Auth-Key", "X-Access-Token"],
      ...["X-Amz-Security-Token", "Ocp-Apim-Subscription-Key", "X-Functions-Key", "X-Vault-Token", "Private-Token"],
      ...["X-Gitlab-Token", "Job-Token", "X-Shopify-Access-Token", "X-Session-Token", "X-CSRF-Token", "X-XSRF-TOKEN"],
      ...["X-Client-Secret", "X-Secret", "X-Password", "Token", "X-Token", "Secret", "X-User-Token", "X-App-Key"],
      ...["DD-API-KEY", "DD-APPLICATION-KEY", "X-RapidAPI-Key", "X-Goog-Api-Key", "X-Parse-Master-Key", "Fastly-Key"],
      ...["X-Redmine-API-Key", "X-Consul-Token", "X-Figma-Token", "X-Plex-Token", "CF-Access-Client-Secret", "X-JWT"],
      ...[
        "X-JWT-Assertion",
        "X-WSSE",
        "X-JFrog-Art-Api",
        "X-IBM-Client-Secret",
        "x_api_key",
        "ａｐｉ－ｋｅｙ",
        "api\u200b-key",
      ],
    ].map((name) => [name]),
  )("the header %s", (name) => {
    expectFound({ headers: { [name]: value } }, value);
  });

  test.each([["X-Hub-Signature"], ["X-ZUMO-AUTH"], ["X-Auth"], ["Key"], ["X-Session-Id"], ["X-Tenant-Key"]])(
    "the header %s, where its value looks random",
    (name) => {
      expectFound({ headers: { [name]: random } }, random);
      expect(found({ headers: { [name]: "production" } })).toEqual([]);
    },
  );

  const parameters = [
    ...["access_token", "accessToken", "api_key", "apikey", "api-key", "hapikey", "token", "auth_token", "id_token"],
    ...["refresh_token", "oauth_token", "password", "passwd", "pwd", "pass", "secret", "client_secret", "jwt", "otp"],
    ...["subscription-key", "X-Amz-Security-Token", "X-Amz-Credential", "private_token", "client_assertion"],
    ...["SAMLResponse", "app_key", "authkey", "PHPSESSID", "api%5Fkey", "api%255Fkey", "auth[token]", "user.password"],
  ];
  test.each(parameters.map((name) => [name]))("the query parameter %s", (name) => {
    expectFound({ url: `https://crm.example.com/x?ani=1&${name}=${value}` }, value);
    expectFound({ url: `https://crm.example.com/x#state=1&${name}=${value}` }, value);
    expectFound({ path: `/x?${name}=${value}` }, value);
    expectFound({ body: `a=1&${name}=${value}` }, value);
    expect(found({ url: `https://crm.example.com/x?${name}=` })).toEqual([]);
  });

  test.each([["key"], ["code"], ["sig"], ["signature"], ["auth"], ["sid"], ["X-Amz-Signature"], ["user_key"]])(
    "the query parameter %s, where its value looks random",
    (name) => {
      expectFound({ url: `https://crm.example.com/x?${name}=${random}` }, random);
      expect(found({ url: `https://crm.example.com/x?${name}=US` })).toEqual([]);
    },
  );

  test.each<[string, unknown]>([
    ["a user name and password before the host", { url: `https://ada:${value}@crm.example.com/x` }],
    ["a user name before the host", { url: `https://${value}@crm.example.com/x` }],
    ["before the host, without slashes", { url: `https:ada:${value}@crm.example.com/x` }],
    ["before the host, with backslashes", { url: `https:\\\\ada:${value}@crm.example.com/x` }],
    ["before the host, without a scheme", { url: `//ada:${value}@crm.example.com/x` }],
    ["before the host of a database", { url: `postgres://ada:${value}@db/x` }],
    ["before the host, within words", { description: `use https://ada:${value}@crm.example.com/x now` }],
    ["a path parameter", { url: `https://crm.example.com/x;jsessionid=${value}` }],
    ["a URL within a query", { url: `https://a.example.com/?to=${encodeURIComponent(`https://b/?token=${value}`)}` }],
    ["an input", { httpServiceInputs: [{ name: "Authorization", value }] }],
    ["an input called password", { httpServiceInputs: [{ name: "password", type: "PARAMETER", value, rank: "0" }] }],
    ["a query parameter in a list", { query_params: [{ access_token: value }] }],
    ["a query parameter as a text", { query_params: [`access_token=${value}`] }],
    ["a pair of key and value", { params: [{ key: "X-Api-Key", value }] }],
    ["a pair in a list", { headers: [["X-Api-Key", value]] }],
    ["headers as lines", { headers: `Accept: */*\nX-Api-Key: ${value}` }],
    ["headers as a list of lines", { headers: ["Accept: */*", `X-Api-Key: ${value}`] }],
    ["a field of a body", { body: { user: "ada", password: value } }],
    ["a field deep in a body", { body: { a: [{ b: { clientSecret: value } }] } }],
    ["a list under the name", { body: { tokens: [value] } }],
    ["a value under the name", { body: { password: { value } } }],
    ["a default in a JSON Schema", { schema: { properties: { password: { type: "string", const: value } } } }],
    ["a PIN as a number", { body: { pin: 12341234 } }],
    ["a body as JSON in a text", { body: JSON.stringify({ auth: { password: value } }) }],
    ["JSON in a text in JSON in a text", { body: JSON.stringify({ a: JSON.stringify({ password: value }) }) }],
    ["JSON with a gap", { body: `{"ani": {{ani}}, "password": "${value}"}` }],
    ["XML", { body: `<?xml version="1.0"?><a><wsse:Password Type="x">${value}</wsse:Password></a>` }],
    ["XML with CDATA", { body: `<a><Password><![CDATA[${value}]]></Password></a>` }],
    ["an attribute of XML", { body: `<login user="ada" password="${value}"/>` }],
    ["a connection string", { dsn: `Server=db;User Id=ada;Password=${value}` }],
    ["a text after a placeholder", { headers: { Authorization: `Bearer {{token}}${value}` } }],
    ["a name in another language", { body: { passwort: value, contraseña: value } }],
    ["a private JSON Web Key", { key: { kty: "OKP", crv: "Ed25519", d: value } }],
  ])("%s", (_what, message) => {
    expectFound(message, value);
  });
});

describe("by form", () => {
  test.each(shapes.map(([what, text]) => [what, text]))("%s", (_what, text) => {
    expectFound({ anything: text }, text);
    expectFound({ why: `please use ${text} from now on` }, text);
    expectFound({ url: `https://crm.example.com/x?a=${encodeURIComponent(text)}` }, text);
    expectFound([text], text);
  });

  test("also as a name, which then is not shown", () => {
    for (const [, text] of shapes) {
      expectFound({ body: { [text]: "" } }, text);
      expectFound({ body: { [text]: { password: value } } }, text);
      expectFound({ url: `https://crm.example.com/x?${encodeURIComponent(text)}=1` }, text);
    }
  });

  test("also with full-width letters and invisible characters", () => {
    expectFound({ a: jwt.replace("e", "ｅ") }, jwt);
    expectFound({ a: `Bearer\u00a0${random.slice(0, 8)}\u200b${random.slice(8)}` }, random);
  });
});

test.each<[string, unknown]>([
  ...[
    "X-Request-Id",
    "X-Correlation-Id",
    "X-Trace-Id",
    "Traceparent",
    "Authorization-Type",
    "X-Auth-Type",
    "X-Auth-Mode",
    "X-Tenant",
    "X-Environment",
    "X-Api-Version",
    "Content-Type",
    "Accept",
    "User-Agent",
    "Host",
    "Origin",
    "Referer",
    "Idempotency-Key",
    "Surrogate-Key",
    "X-Cache-Key",
    "Sec-WebSocket-Key",
    "X-Token-Type",
    "X-Cookie-Consent",
    "X-Key-Id",
    "X-Client-Id",
    "Auth-Provider",
    "X-Password-Policy",
    "X-Secret-Name",
    "X-Compass",
    "X-Bypass",
  ].map((name): [string, unknown] => [
    `the header ${name}`,
    { headers: { [name]: "60629848-0ddf-4757-8868-de5b76d54bb7" } },
  ]),
  ...[
    "pageToken",
    "nextToken",
    "next_page_token",
    "nexttoken",
    "continuation-token",
    "syncToken",
    "cursor",
    "page_key",
    "tokenUrl",
    "token_endpoint",
    "tokenType",
    "secretId",
    "secretArn",
    "passwordHint",
    "keyId",
    "apiKeyName",
    "authConfig",
    "primaryKey",
    "partition_key",
    "sort-key",
    "public_key",
    "monkey",
    "turkey",
    "hockey",
    "keyboard",
    "tokenizer",
    "secretary",
    "passport",
    "passenger",
    "pinned",
    "shipping",
    "otpion",
    "author",
    "authority",
    "session_count",
    "codec",
    "countryCode",
    "zipCode",
    "signatureDate",
    "cookiePolicy",
    "credentialsUrl",
  ].map((name): [string, unknown] => [`the field ${name}`, { [name]: "CAEQAA-2026-customer-17" }]),
  ["numbers of tokens", { maxTokens: 100, max_tokens: 200, tokens: 7, totalTokens: 9, tokenCount: 3 }],
  ["switches", { password: true, isSecret: false, token: null, useCookies: true }],
  ["empty values", { headers: { Authorization: "" }, password: "  ", url: "https://a.example.com/?token=&x=1" }],
  [
    "a placeholder with two braces",
    { headers: { Authorization: "Bearer {{token}}", "X-Api-Key": "{{ crm.api-key }}" } },
  ],
  ["a placeholder of a shell", { headers: { Authorization: "${TOKEN}", Cookie: "#{cookie}" } }],
  ["a placeholder of a URL", { url: "https://crm.example.com/x?token={token}&api_key={{key}}" }],
  ["placeholders for user name and password", { url: "https://{{user}}:{{password}}@crm.example.com" }],
  ["placeholders in a body", { body: '{"user":"ada","password":"{{password}}"}' }],
  ["a scheme without a credential", { authorization: "none", authentication: "Basic", credentials: "include" }],
  ["Atlassian's switch", { headers: { "X-Atlassian-Token": "no-check" } }],
  ["where a credential goes", { credential: { in: "HEADER", name: "Authorization", prefix: "Bearer " } }],
  ["headers that are left out", { withoutHeaders: ["Authorization", "X-Api-Key"] }],
  ["an input without a value", { httpServiceInputs: [{ name: "token", type: "PARAMETER", value: "", rank: "0" }] }],
  ["a JSON Schema", { schema: { type: "object", required: ["token"], properties: { token: { type: "string" } } } }],
  ["words about tokens", { description: "Bearer authentication, Basic enrichment; the token is in Secrets Manager" }],
  ["words with an equals sign", { description: "retry=3 means three attempts, password=none that nobody is asked" }],
  ["words about where it is", { why: "Password: ask Ada; see https://wiki.example.com/@ada/secret" }],
  ["ids", { uuid: "60629848-0ddf-4757-8868-de5b76d54bb7", sha256: "0f".repeat(32), etag: '"33a64df5"', key: "CRM-17" }],
  [
    "a UUID as a key",
    { customerKey: "60629848-0ddf-4757-8868-de5b76d54bb7", sessionId: "60629848-0ddf-4757-8868-de5b76d54bb7" },
  ],
  ["ARNs", { alarms: ["arn:aws:cloudwatch:us-east-1:000000000000:alarm:crm"], secretId: "crm/oauth-Ab12Cd" }],
  ["an ARN of a secret", { secretId: "arn:aws:secretsmanager:us-east-1:123456789012:secret:crm/oauth-Ab12Cd" }],
  [
    "a public key",
    { key: "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A", cert: "-----BEGIN CERTIFICATE-----" },
  ],
  ["a public JSON Web Key", { key: { kty: "EC", crv: "P-256", x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU" } }],
  ["a hash of a script", { integrity: `sha512-${filler(86)}==` }],
  [
    "XML",
    { body: '<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><GetOrder id="1"/></Body></Envelope>' },
  ],
  ["telephone numbers and times", { ani: "+4930901820000", at: "2026-01-05T09:00:00.000+01:00", ratio: 1.5 }],
  [
    "a service",
    { kind: "httpService", serviceDescription: "Get token", soapAction: "urn:GetToken", authConfig: "CRM token" },
  ],
  ["a publishable key", { publishableKey: "pk_live_0000" }],
  ["locales and slugs", { locale: "sk-SK", slug: "sk-learn-how-to-use-the-new-customer-lookup-service" }],
])("%s is no credential", (_what, message) => {
  expect(suspectedCredentials(message)).toEqual([]);
});

test("each place is told, and at most fifty", () => {
  expect(found({ a: { password: "x", b: [{ token: "y" }] }, c: "fine" })).toEqual(["a.password", "a.b.0.token"]);
  expect(found(Array.from({ length: 500 }, () => ({ password: "x" })))).toHaveLength(50);
});

test("a credential is found wherever it stands, and its value is never told", () => {
  const secret = `canary-${random}`;
  const name = fc.constantFrom("password", "Authorization", "api_key", "clientSecret", "X-Auth-Token");
  const around = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      name.map((one) => ({ [one]: secret })),
      fc.tuple(fc.string(), tie("value")).map(([key, inner]) => ({ [`x${key}`]: inner })),
      fc.tuple(fc.jsonValue({ maxDepth: 1 }), tie("value")).map((both) => both as unknown),
      tie("value").map((inner) => ({ body: JSON.stringify(inner) })),
    ),
  })).value;
  fc.assert(
    fc.property(around, (message) => expectFound(message, secret)),
    { numRuns: runs(300) },
  );
});

test.each<[string, string]>([
  ["JSON", JSON.stringify({ data: { password: value } })],
  ["JSON that is cut off", `{"data":{"password":"${value}","x":`],
  ["JSON that is nested too deep", `${'{"a":'.repeat(3_000)}{"password":"${value}"}${"}".repeat(3_000)}`],
  ["JSON after something else", `x{"password": "${value}"}`],
  ["an event in another envelope", JSON.stringify({ Message: JSON.stringify({ data: { password: value } }) })],
  ["a form", `id=1&password=${value}`],
  ["no JSON, but a token", `oops ${jwt} oops`],
])("a text that holds a credential is known as such: %s", (_what, text) => {
  expect(holdsCredential(text)).toBe(true);
});

test.each([[""], ["oops"], ["{"], ['{"data":{"password":"","token":"{{token}}"}}'], ["[".repeat(100_000)]])(
  "and one that holds none: %.40s",
  (text) => {
    expect(holdsCredential(text)).toBe(false);
  },
);

test("takes time in proportion to the text, whatever it is", () => {
  const pieces = [
    ...[
      "eyJ",
      "eyJ-",
      "eyJhbGciOi.",
      "Bearer ",
      "Basic ",
      "Basic QUJD",
      "AKIA",
      "ghp_",
      "sk-",
      "sk-a-",
      "xoxb-",
      "://",
      "a:",
    ],
    ...[
      "a://",
      "https://a@",
      "{{",
      "${",
      "{a}",
      "%25",
      "%",
      "<a>",
      "<a ",
      '<a b="',
      "a=b&",
      "password: ",
      "password:x ",
      "password = CANARY-4711, ",
      "a b c: ",
      "'a': '",
      '{"a":1,"a":',
      '{"a":"b","a":"c"},',
      "password=&",
      "- a:\n",
      "a=b;",
      "=",
      '"a":"',
      "[",
      "{",
    ],
    ...[
      '{"a":',
      '\\"',
      "-----BEGIN ",
      "SG.",
      "AAAA",
      "a",
      " ",
      "\n",
      "a:b\n",
      "key",
      "X-Api-Key",
      "ﷺ",
      "\u200b",
      "\ud800",
      "1",
    ],
  ];
  for (const piece of pieces) {
    const text = piece.repeat(64_000 / piece.length);
    const before = process.cpuUsage();
    suspectedCredentials({ [text.slice(0, 256)]: text, headers: text });
    // Of the processor, not by the clock: what grows with the square takes a hundred times as much.
    expect(process.cpuUsage(before).user / 1_000, piece).toBeLessThan(4_000);
  }
});
