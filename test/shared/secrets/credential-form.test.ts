import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { AuthType } from "../../../shared/ringcx/resources/auth-config.ts";
import { type Credential, parseCredential } from "../../../shared/secrets/credential.ts";
import { confined } from "../../support/confined.ts";

const use = { connection: "test", accountId: "123456" };
const parse = (authType: AuthType, value: unknown): Credential =>
  parseCredential(
    confined(typeof value === "string" ? value : JSON.stringify(value), { hosts: ["login.example.com"] }),
    authType,
    "v1",
  );
const opened = ({ fields }: Credential) =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.reveal(use, 0)]));
const refusal = (authType: AuthType, value: unknown): string => {
  try {
    parse(authType, value);
  } catch (error) {
    return (error as Error).message;
  }
  return "";
};

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const pemOf = (key: typeof rsa) => key.export({ type: "pkcs8", format: "pem" }).toString();
const pem = pemOf(rsa);
const jwt = { payload: "{}", addTokenTo: "REQUEST_HEADER" };
const canary = "hunter2-CANARY";
const hs256 = { ...jwt, algorithm: "HS256", secret: canary };

describe("what no endpoint could accept is refused with the field and what to do, never its value", () => {
  it.each<[string, AuthType, Record<string, unknown>, string]>([
    ["a line break at the end", "APIKEY", { apiKey: `${canary}\n` }, "apiKey: ends with a line break"],
    ["a blank at the beginning", "APIKEY", { apiKey: ` ${canary}` }, "apiKey: begins or ends with a blank"],
    ["a zero-width blank", "APIKEY", { apiKey: `${canary}\u200b` }, "apiKey: has a character that cannot be seen"],
    [
      "a no-break blank",
      "BASIC",
      { username: "u", password: `${canary}\u00a0x` },
      "password: has a character that cannot",
    ],
    ["a line break within", "OAUTH", { ...oauth(), secret: `${canary}\nx` }, "secret: has a line break"],
    ["what no header can carry", "APIKEY", { apiKey: `${canary}\u2603` }, "apiKey: has a character that is no letter"],
    ["a colon in the user name", "BASIC", { username: `a:${canary}`, password: "p" }, "username: has a colon"],
    ["a key that is none", "JWT", { ...jwt, algorithm: "RS256", privateKey: canary }, "privateKey: is no private key"],
    ["no key", "JWT", { ...jwt, algorithm: "RS256", secret: canary }, "privateKey: RS256 signs with a private key"],
    ["no secret", "JWT", { ...jwt, algorithm: "HS256", privateKey: pem }, "secret: HS256 signs with a shared secret"],
    [
      "another curve",
      "JWT",
      { ...jwt, algorithm: "ES384", privateKey: pemOf(ec) },
      "a key of prime256v1, which does not",
    ],
    [
      "another kind of key",
      "JWT",
      { ...jwt, algorithm: "ES256", privateKey: pem },
      "a key of rsa, which does not sign ES256",
    ],
    ["a line break in the scope", "OAUTH", { ...oauth(), scope: `a\n${canary}` }, "scope: has a line break"],
    [
      "a line break in another parameter",
      "OAUTH",
      { ...oauth(), otherParameters: [{ name: "x", value: `${canary}\r\ny` }] },
      "otherParameters[0].value: has a line break",
    ],
    [
      "a grant without its user",
      "OAUTH",
      { ...oauth(), grantType: "PASSWORD" },
      "username: the grant PASSWORD needs it",
    ],
    ["a grant without its assertion", "OAUTH", { ...oauth(), grantType: "JWT_BEARER" }, "assertion: the grant"],
    ["a payload that is cut", "JWT", { ...hs256, payload: '{"sub":' }, "payload: is no JSON object"],
    ["headers that are a list", "JWT", { ...hs256, jwtHeaders: "[1]" }, "jwtHeaders: is no JSON object"],
    ["no name of the parameter", "JWT", { ...hs256, addTokenTo: "QUERY_PARAM" }, "queryParamName: addTokenTo"],
    ["a token that is over at once", "JWT", { ...hs256, expirationTime: -5 }, "expirationTime: is not above 0"],
    [
      "a secret that is not encoded",
      "JWT",
      { ...hs256, isSecretEncoded: true, secret: `${canary}*` },
      "it is Base64, and",
    ],
    ["a field that is missing", "OAUTH", { ...oauth(), clientId: undefined }, "clientId: is missing, expected string"],
    ["a field that is empty", "APIKEY", { apiKey: "" }, "apiKey: is empty: give it a value"],
    ["a list that is a text", "OAUTH", { ...oauth(), otherParameters: "x" }, "another type, expected a list"],
  ])("%s", (_what, authType, value, problem) => {
    const words = refusal(authType, value);
    expect(words).toContain(problem);
    expect(words).not.toContain(canary);
  });
});

describe("a slip of copying that can only be one is put right, and said", () => {
  it.each([
    ["line breaks as two characters", pem.replaceAll("\n", "\\n")],
    ["blanks for line breaks", pem.replaceAll("\n", " ")],
    ["one long line", pem.replaceAll("\n", "").replace("KEY-----", "KEY-----\n").replace("-----END", "\n-----END")],
  ])("%s", (_how, privateKey) => {
    const credential = parse("JWT", { ...jwt, algorithm: "RS256", privateKey });
    expect(opened(credential).privateKey).toBe(pem);
    expect(credential.remarks).toEqual(["privateKey: its line breaks were restored"]);
  });

  it("and what is right stays as it is", () => {
    for (const privateKey of [pem, pem.trim(), pem.replaceAll("\n", "\r\n")]) {
      const credential = parse("JWT", { ...jwt, algorithm: "PS512", privateKey });
      expect(opened(credential).privateKey).toBe(privateKey);
      expect(credential.remarks).toEqual([]);
    }
    expect(opened(parse("BASIC", { username: "müller", password: "a b: ü" }))).toEqual({
      username: "müller",
      password: "a b: ü",
    });
    parse("JWT", { ...jwt, algorithm: "HS512", secret: "s" });
    parse("JWT", { ...jwt, algorithm: "EdDSA", privateKey: "of a kind that we do not know" });
  });
});

it("what the console's key/value view makes into texts is read as what it says", () => {
  const value = {
    ...jwt,
    algorithm: "HS256",
    secret: "s",
    expirationTime: "300",
    isSecretEncoded: "true",
    isIncludeIssueAt: "false",
  };
  expect(opened(parse("JWT", value))).toMatchObject({
    expirationTime: 300,
    isSecretEncoded: true,
    isIncludeIssueAt: false,
  });
  const list = [{ audience: "crm" }];
  expect(opened(parse("OAUTH", { ...oauth(), otherParameters: JSON.stringify(list) })).otherParameters).toEqual(list);
  const inputParams = JSON.stringify(list);
  expect(opened(parse("CUSTOM_AUTH", { inputParams })).inputParams).toEqual(list);
  for (const expirationTime of ["soon", " 300", "300 ", "1234567890", "1e3"]) {
    expect(refusal("JWT", { ...value, expirationTime })).toContain("expirationTime");
  }
  for (const isSecretEncoded of ["yes", "untrue", "true ", "falsely", ""]) {
    expect(refusal("JWT", { ...value, isSecretEncoded })).toContain("isSecretEncoded");
  }
});

it.each([
  [`{\n  "apiKey": "${canary}",\n}`, "cannot be read at line 3, column 1"],
  [`${"\n".repeat(11)}{ "apiKey": "${canary}",    }`, "cannot be read at line 12, column 34"],
  [`{"apiKey": "${canary}"`, "cannot be read at line 1, column 28"],
  ['{"apiKey":', "cannot be read at its end"],
  ['  {"apiKey":', "cannot be read at its end"],
  [`{"apiKey": ${canary}}`, "cannot be read at a value that is not JSON (a text stands between double quotes)"],
  ['{"apiKey": (line 7 column 7)', "cannot be read at a value that is not JSON"],
  [`${canary}{`, "plain text, not JSON"],
  [canary, "plain text, not JSON"],
  [JSON.stringify(canary), "JSON, but a string"],
  [JSON.stringify([canary]), "JSON, but a list"],
  ["null", "JSON, but null"],
  ["  ", "it is empty"],
  [`\uFEFF{"apiKey": "${canary}"}`, "byte order mark"],
  [`{"apiKey": "${canary}", "apiKey": "${canary}2"}`, "a field is there twice"],
])("a secret that is no JSON object says what it is instead, and where (%#)", (text, words) => {
  expect(refusal("APIKEY", text)).toContain(words);
  expect(refusal("APIKEY", text)).not.toContain(canary);
});

it.each([
  [
    "another host",
    "https://login.example.net/token",
    /^tokenUrl: its host is not named .* \(which names login\.example\.com\)/,
  ],
  ["a user name", "https://login.example.com@evil.example/token", /^tokenUrl: holds a user name/],
  ["a template", "https://{{host}}/token", /^tokenUrl: holds a template in its host/],
  [
    "no URL",
    "login.example.com/token",
    /^tokenUrl: expected an absolute URL that begins with https:\/\/ \(or http:\/\/\)/,
  ],
])("a place to which RingCX would send the credential is one that the tag names: %s", (_what, tokenUrl, words) => {
  expect(refusal("OAUTH", { ...oauth(), tokenUrl })).toMatch(new RegExp(words.source.slice(1)));
  const custom = { wcgFunctionId: "17", allowedBaseUrl: tokenUrl };
  expect(refusal("CUSTOM_AUTH", custom)).toContain("allowedBaseUrl: ");
});

function oauth() {
  return { clientId: "c", secret: "s", tokenUrl: "https://login.example.com/token", grantType: "CLIENT_CREDENTIALS" };
}

it("all that is wrong is told at once, an object where a text is expected with what to do", () => {
  const value = { ...jwt, addTokenTo: canary, payload: { sub: canary }, algorithm: "ES256", privateKey: pem };
  const words = refusal("JWT", value);
  expect(words).toContain("addTokenTo: ");
  expect(words).toContain("payload: is of another type, expected string: write it as text (its JSON in a string)");
  expect(words).toContain("a key of rsa, which does not sign ES256");
  expect(words).not.toContain(canary);
  expect(words.match(/payload: /g)).toHaveLength(1);
});
