import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fieldInWords } from "../../../shared/secrets/field-names.ts";
import { shapes } from "../contract/fields/credential-samples.ts";

const known = ["clientId", "secret", "tokenUrl", "grantType", "scope", "username", "password", "apiKey", "privateKey"];
const told = (name: string, value: unknown = "a value") => fieldInWords(name, value, known);
const hidden = /^a field whose name is not shown \(\d+ characters\)$/;

describe("a field is named in an error", () => {
  test.each(
    `clientId ClientID client_id clientSecret client_secret clientid token_url tokenURI scopes userName user pasword
    passwd api-key apikey apiKey1 private_key url id host description expirationTime isIncludeIssueAt jwtHeaders
    oauthProvider authorization clientCredentialsSupplyIn allowedBaseUrl wcgFunctionId providerName comment x token_host_path TOKEN_PATH TOKEN_HOST_PATH crm-host-name Crm-Host-Name sacret1 oneTwo
    otherCredentialsOfTheClientAndItsAddress`
      .split(/\s+/)
      .concat("private k")
      .map((name) => [name]),
  )("%s", (name) => {
    expect(told(name)).toBe(`the field ${JSON.stringify(name)}`);
  });

  test("also without a value, where it is a known one", () => {
    expect(told("client_secret", "")).toMatch(hidden);
    expect(told("API-KEY", "")).toBe('the field "API-KEY"');
  });
});

describe("a field whose name may be the secret is not", () => {
  test("a name under which nothing stands", () => {
    expect(fieldInWords("swordfish", undefined, known)).toMatch(hidden);
  });

  test.each(shapes.map(([what, text]) => [what, text]))("%s", (_what, text) => {
    expect(told(text)).toMatch(hidden);
    expect(told(text, "")).toMatch(hidden);
  });

  test.each<[string, unknown]>([
    ["hunter2", "crm"],
    ["Summer2024", "admin"],
    ["correct horse", "x"],
    ["p@ssword!", "x"],
    ["passw0rd", "x"],
    ["ada:password", "x"],
    ["privat k", "x"],
    ["sk-ant-made-of-words-only-and-long", "x"],
    ["kJhGfDsA", "x"],
    ["xkqjzvbnwrtplmsd", "x"],
    ["letters-that-are-many-more-than-forty-are-none", "x"],
    ["swordfish", ""],
    ["swordfish", "  "],
    ["swordfish", null],
    ["otherCredentialsOfTheClientAndItsAddresss", "x"],
    // Of a short name two letters are too many for a slip.
    ["scor1", "x"],
    ["crm!_HOST", "x"],
    ["CRM_h0st", "x"],
    ["4you-name", "x"],
    ["P4-name", "x"],
    ["name-4you", "x"],
    ["name-4711", "x"],
    ["swordfish", "password"],
    ["swordfish", "api_key"],
    ["swordfish", "passwort"],
    ["passwort", ""],
    ["", "x"],
    ["密码", "x"],
    ["a\nb", "x"],
  ])("%j with the value %j", (name, value) => {
    expect(told(name, value)).toMatch(hidden);
  });

  // Letters alone may fall into something like words by chance. The sample is always the same, so the bound is no matter of
  // luck; and nobody can name what made a key look like one without hiding names that people use.
  test("random keys, whatever their alphabet, but for one in ten thousand; without a value all of them", () => {
    const alphabets = [
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
      "0123456789abcdef",
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
    ];
    const keys = alphabets.flatMap((characters) =>
      [20, 24, 32, 64].flatMap((length) =>
        Array.from({ length: 2_500 }, (_unused, seed) => {
          const bytes = createHash("sha512").update(`${length}/${seed}`).digest();
          return Array.from({ length }, (_, index) => characters[(bytes[index] ?? 0) % characters.length]).join("");
        }),
      ),
    );
    expect(keys.filter((key) => !hidden.test(told(key))).length).toBeLessThanOrEqual(keys.length / 10_000);
    expect(keys.filter((key) => !hidden.test(told(key, "")))).toEqual([]);
  });

  test("a name that is not shown has none of its parts in the words", () => {
    fc.assert(
      fc.property(fc.string(), fc.jsonValue(), (name, value) => {
        const words = told(name, value);
        if (words === `the field ${JSON.stringify(name)}`) expect(name).toMatch(/^[\w .-]{1,40}$/);
        else expect(words).toBe(`a field whose name is not shown (${[...name].length} characters)`);
      }),
    );
  });
});
