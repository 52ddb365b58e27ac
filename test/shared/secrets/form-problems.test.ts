import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { AuthType } from "../../../shared/ringcx/resources/auth-config.ts";
import { formProblems, mended } from "../../../shared/secrets/credential-form.ts";

type Fields = Readonly<Record<string, unknown>>;

const pemOf = (key: KeyObject) => key.export({ type: "pkcs8", format: "pem" }).toString();
const curve = (namedCurve: string) => pemOf(generateKeyPairSync("ec", { namedCurve }).privateKey);
const keys = {
  rsa: pemOf(generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey),
  "rsa-pss": pemOf(generateKeyPairSync("rsa-pss", { modulusLength: 1024 }).privateKey),
  ed25519: pemOf(generateKeyPairSync("ed25519").privateKey),
  prime256v1: curve("P-256"),
  secp384r1: curve("P-384"),
  secp521r1: curve("P-521"),
};

const oauth = {
  clientId: "c",
  secret: "s",
  tokenUrl: "https://login.example.com/token",
  grantType: "CLIENT_CREDENTIALS",
};
const jwt = { payload: '{"sub": "crm"}', addTokenTo: "REQUEST_HEADER", algorithm: "HS256", secret: "not Base64!" };
const right: Readonly<Record<AuthType, Fields>> = {
  APIKEY: { apiKey: "sk_live_0 ~" },
  BASIC: { username: "müller", password: "a b: ü" },
  OAUTH: { ...oauth, scope: "a b", username: "crm:ü", password: "p", assertion: "a", otherParameters: [{ name: "x" }] },
  JWT: { ...jwt, headerPrefix: "Bearer", queryParamName: "token", jwtHeaders: '{"kid": "1"}', expirationTime: 1 },
  CUSTOM_AUTH: { wcgFunctionId: "17", allowedBaseUrl: "https://crm.example.com" },
};
const types = Object.keys(right) as AuthType[];

test.each(types)("a right credential of type %s has none", (authType) => {
  expect(formProblems(authType, right[authType])).toEqual([]);
});

const presented: Readonly<Record<AuthType, string>> = {
  APIKEY: "apiKey",
  BASIC: "username password",
  OAUTH: "clientId secret tokenUrl scope username password assertion",
  JWT: "secret headerPrefix queryParamName algorithm",
  CUSTOM_AUTH: "",
};

describe.each(
  types.flatMap((authType) =>
    presented[authType]
      .split(" ")
      .filter(Boolean)
      .map((name) => [authType, name] as const),
  ),
)("%s, %s is presented", (authType, name) => {
  test.each([
    ["a\n", "ends with a line break, as files do: store it without"],
    ["a\r", "ends with a line break, as files do: store it without"],
    [" a", "begins or ends with a blank: store it without"],
    ["a\t", "begins or ends with a blank: store it without"],
    ["a\nb", "has a line break or another control character in it: copy it again"],
    ["a\u0000b", "has a line break or another control character in it: copy it again"],
    ["a\u2028b", "has a line break or another control character in it: copy it again"],
    ["a\u200bb", "has a character that cannot be seen (such as a zero-width or no-break blank): type it anew"],
    ["a\u3000b", "has a character that cannot be seen (such as a zero-width or no-break blank): type it anew"],
  ])("and so cannot be %j", (value, problem) => {
    expect(formProblems(authType, { ...right[authType], [name]: value })).toEqual([`${name}: ${problem}`]);
  });
});

test("fields of another type are none of its business, nor are values whose types are wrong", () => {
  const bad = {
    apiKey: "☃",
    username: "a:b",
    grantType: "PASSWORD",
    algorithm: "RS256",
    payload: "[]",
    addTokenTo: "QUERY_PARAM",
  };
  expect(formProblems("CUSTOM_AUTH", bad)).toEqual([]);
  expect(formProblems("APIKEY", { ...bad, apiKey: "k" })).toEqual([]);
  expect(formProblems("BASIC", { ...bad, username: "u", password: "p" })).toEqual([]);
  expect(formProblems("OAUTH", { ...bad, ...oauth })).toEqual([]);
  expect(formProblems("JWT", { ...jwt, apiKey: "☃", username: "a:b", grantType: "PASSWORD" })).toEqual([]);

  expect(formProblems("APIKEY", { apiKey: ["☃\n"] })).toEqual([]);
  expect(formProblems("BASIC", { username: [":"], password: ["\n"] })).toEqual([]);
  expect(formProblems("OAUTH", { ...oauth, otherParameters: [{ name: ["\n"] }] })).toEqual([]);
  expect(formProblems("OAUTH", { ...oauth, otherParameters: "\n" })).toEqual([]);
  const mistyped = { isSecretEncoded: true, secret: ["*"], payload: {}, jwtHeaders: 5, expirationTime: "-5" };
  expect(formProblems("JWT", { ...jwt, ...mistyped })).toEqual([]);
});

test("of HTTP Basic all is told at once, the colon beside what cannot be seen", () => {
  expect(formProblems("BASIC", { username: "a:b ", password: "p" })).toEqual([
    "username: begins or ends with a blank: store it without",
    "username: has a colon, which separates user name and password in HTTP Basic; use another user",
  ]);
});

test.each<[string, Fields, string[]]>([
  ["PASSWORD", {}, ["username", "password"]],
  ["PASSWORD", { username: "u" }, ["password"]],
  ["PASSWORD", { username: "u", password: "" }, ["password"]],
  ["PASSWORD", { username: "u", password: "p" }, []],
  ["JWT_BEARER", {}, ["assertion"]],
  ["JWT_BEARER", { assertion: "a" }, []],
  ["REFRESH_TOKEN", {}, []],
])("the grant %s with %j", (grantType, fields, missing) => {
  expect(formProblems("OAUTH", { ...oauth, grantType, ...fields })).toEqual(
    missing.map((name) => `${name}: the grant ${grantType} needs it, and it is missing: add it`),
  );
});

test("of what is sent beside a grant, the place is named, and a name only if RingCX knows it", () => {
  const otherParameters = [{ name: "a" }, { name: "a\n", value: " b", hunter2: "c " }];
  expect(formProblems("OAUTH", { ...oauth, otherParameters })).toEqual([
    "otherParameters[1].name: ends with a line break, as files do: store it without",
    "otherParameters[1].value: begins or ends with a blank: store it without",
    "otherParameters[1]: begins or ends with a blank: store it without",
  ]);
});

const noObject = 'is no JSON object as text: write it between quotes, such as "{\\"sub\\": \\"...\\"}"';
const noBase64 = "isSecretEncoded says that it is Base64, and it is not: encode it, or take isSecretEncoded out";

test.each<[Fields, string[]]>([
  ...["", "null", "[]", "1", '"a"', "{"].map((payload): [Fields, string[]] => [{ payload }, [`payload: ${noObject}`]]),
  [{ jwtHeaders: "" }, []],
  [{ jwtHeaders: "null" }, [`jwtHeaders: ${noObject}`]],
  [
    { addTokenTo: "QUERY_PARAM", queryParamName: "" },
    ["queryParamName: addTokenTo QUERY_PARAM needs it, and it is missing: add it"],
  ],
  [{ addTokenTo: "QUERY_PARAM", queryParamName: "token" }, []],
  [{ expirationTime: 0 }, ["expirationTime: is not above 0, so each token would be over when it is made"]],
  [{ isSecretEncoded: false }, []],
  ...["c2VjcmV0", "c2VjcmU=", "c2VjcmV0MQ==", "_-+/"].map((secret): [Fields, string[]] => [
    { isSecretEncoded: true, secret },
    [],
  ]),
  ...["*c2VjcmV0", "c2VjcmV0*", "c2VjcmU===", "c=VjcmU"].map((secret): [Fields, string[]] => [
    { isSecretEncoded: true, secret },
    [`secret: ${noBase64}`],
  ]),
  [{ isSecretEncoded: true, secret: undefined, algorithm: "none" }, []],
])("a token made of %j", (fields, problems) => {
  expect(formProblems("JWT", { ...jwt, ...fields })).toEqual(problems);
});

describe("an algorithm signs with a key of its own kind", () => {
  const fitting: Readonly<Record<string, readonly string[]>> = {
    RS256: ["rsa"],
    RS384: ["rsa"],
    RS512: ["rsa"],
    PS256: ["rsa", "rsa-pss"],
    PS384: ["rsa", "rsa-pss"],
    PS512: ["rsa", "rsa-pss"],
    ES256: ["prime256v1"],
    ES384: ["secp384r1"],
    ES512: ["secp521r1"],
  };
  test.each(Object.keys(fitting))("%s", (algorithm) => {
    for (const [kind, privateKey] of Object.entries(keys)) {
      const problem = `privateKey: is a key of ${kind}, which does not sign ${algorithm}`;
      expect(formProblems("JWT", { ...jwt, algorithm, privateKey })).toEqual(
        fitting[algorithm]?.includes(kind) ? [] : [problem],
      );
    }
    const withoutKey = [`privateKey: ${algorithm} signs with a private key, and there is none`];
    expect(formProblems("JWT", { ...jwt, algorithm })).toEqual(withoutKey);
    expect(formProblems("JWT", { ...jwt, algorithm, privateKey: "" })).toHaveLength(1);
  });

  test.each(["HS256", "HS384", "HS512"])("%s: none, but a shared secret", (algorithm) => {
    const problem = `secret: ${algorithm} signs with a shared secret, and there is none`;
    expect(formProblems("JWT", { ...jwt, algorithm, secret: "" })).toEqual([problem]);
    expect(formProblems("JWT", { ...jwt, algorithm, secret: undefined, privateKey: keys.rsa })).toEqual([problem]);
  });

  test.each(["xHS256", "HS256x", "HS257", "EdDSA", "none"])("%s: one that RingCX alone may know", (algorithm) => {
    expect(formProblems("JWT", { ...jwt, algorithm, secret: undefined })).toEqual([]);
  });
});

describe("a private key", () => {
  const pem = keys.rsa;
  const restored = (privateKey: string) => mended({ privateKey, algorithm: "RS256" });
  const lines = (text: string) => text.replaceAll("\n", " ");

  test.each([
    ["line breaks of Windows as four characters", pem.replaceAll("\n", "\\r\\n")],
    ["blanks, many", pem.replaceAll("\n", "  \t ")],
    ["line breaks as two characters at both ends", `\\n${pem.replaceAll("\n", "\\n")}`],
  ])("is restored from one with %s", (_what, text) => {
    expect(restored(text)).toEqual({
      fields: { privateKey: pem, algorithm: "RS256" },
      remarks: ["privateKey: its line breaks were restored"],
    });
  });

  test.each([
    ["words before it", `Bag Attributes ${lines(pem)}`],
    ["words after it", `${lines(pem)} of the CRM`],
    ["another end", lines(pem).replace("END PRIVATE", "END RSA PRIVATE")],
    ["headers of its own", lines(pem).replace("KEY-----", "KEY----- Proc-Type: 4,ENCRYPTED")],
    ["another sign before its Base64", lines(pem).replace("KEY-----", "KEY-----!")],
    ["another sign after its Base64", lines(pem).replace("-----END", "!-----END")],
    ["nothing in it", "-----BEGIN PRIVATE KEY----- -----END PRIVATE KEY-----"],
  ])("stays as it is with %s", (_what, text) => {
    expect(restored(text)).toEqual({ fields: { privateKey: text, algorithm: "RS256" }, remarks: [] });
  });

  test("that is none of a text, or not there, stays as it is", () => {
    expect(mended({ apiKey: "a\\nb" })).toEqual({ fields: { apiKey: "a\\nb" }, remarks: [] });
    expect(mended({ privateKey: 5 })).toEqual({ fields: { privateKey: 5 }, remarks: [] });
  });
});
