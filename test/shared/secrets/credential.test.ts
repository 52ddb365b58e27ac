import { expect, test } from "vitest";
import type { AuthType } from "../../../shared/ringcx/resources/auth-config.ts";
import { authConfigWrite, parseCredential } from "../../../shared/secrets/credential.ts";
import { confined } from "../../support/confined.ts";

function problemsOf(value: unknown, authType: AuthType): string {
  try {
    parseCredential(confined(JSON.stringify(value)), authType, "v1");
  } catch (error) {
    const { message, details } = error as Error & { details?: unknown };
    return `${message} ${JSON.stringify(details)}`;
  }
  throw new Error("nothing was refused");
}

test.each<[string, AuthType, unknown, string]>([
  ["the wrong way round", "APIKEY", { sk_live_4eC39HqLyjWDarjtT1zdp7dc: "" }, "sk_live_4eC39HqLyjWDarjtT1zdp7dc"],
  ["with the names as values", "BASIC", { ada: "username", hunter2hunter: "password" }, "hunter2hunter"],
  ["beside what is right", "APIKEY", { apiKey: "k", "9f86d081884c7d659a2feaa0": null }, "9f86d081884c7d659a2feaa0"],
])("a secret that was stored %s is refused without its names", (_how, authType, value, secret) => {
  const problems = problemsOf(value, authType);
  expect(problems).not.toContain(secret);
  expect(problems).toMatch(/unknown field whose name is not shown \(\d+ characters\) \(known: /);
});

test("a name that is only misspelt is told, with the one that was meant", () => {
  expect(problemsOf({ clientId: "c", clientSecret: "s" }, "OAUTH")).toContain(
    'unknown field "clientSecret" (did you mean secret?)',
  );
});

test("a number where a text is meant says what to do, and not the number", () => {
  const problems = problemsOf({ apiKey: 1_234_521 }, "APIKEY");
  expect(problems).toMatch(/apiKey: .*another type, expected string: put it between quotes/);
  expect(problems).not.toContain("1234521");
});

test("a field that is needed and empty is to be given a value: it cannot be left out", () => {
  const oauth = { clientId: "c", secret: "", tokenUrl: "https://crm.example/token", grantType: "CLIENT_CREDENTIALS" };
  expect(problemsOf(oauth, "OAUTH")).toContain("secret: is empty: give it a value.");
});

const problemList = (value: unknown, authType: AuthType, hosts: string[] = []): unknown => {
  try {
    parseCredential(confined(JSON.stringify(value), { hosts }), authType, "v1");
  } catch (error) {
    return (error as { details?: { problems?: unknown } }).details?.problems;
  }
  return [];
};
const oauth = { clientId: "c", secret: "s", tokenUrl: "https://crm.example/token", grantType: "CLIENT_CREDENTIALS" };
const jwt = { payload: "{}", addTokenTo: "REQUEST_HEADER", algorithm: "HS256", secret: "s" };

test("a refusal says which version, for which type, and each problem by itself", () => {
  const problems = ["username: is missing, expected string: add it", "password: is missing, expected string: add it"];
  expect(() => parseCredential(confined("{}"), "BASIC", "v1")).toThrow(
    expect.objectContaining({
      code: "SECRET_INVALID",
      message: `Version v1 of the secret does not fit BASIC: ${problems.join("; ")}.`,
      details: { versionId: "v1", authType: "BASIC", problems },
    }),
  );
});

test.each<[AuthType, unknown, string[]]>([
  ["APIKEY", { apiKey: null }, ["apiKey: is of another type, expected string: correct it to a text between quotes"]],
  ["APIKEY", { apiKey: true }, ["apiKey: is of another type, expected string: correct it to a text between quotes"]],
  ["APIKEY", { apiKey: 5 }, ["apiKey: is of another type, expected string: put it between quotes"]],
  [
    "APIKEY",
    { apiKey: ["k"] },
    ["apiKey: is of another type, expected string: write it as text (its JSON in a string)"],
  ],
  [
    "JWT",
    { ...jwt, isSecretEncoded: 1 },
    ["isSecretEncoded: is of another type, expected boolean: correct it to true or false without quotes"],
  ],
  [
    "JWT",
    { ...jwt, isIncludeIssueAt: {} },
    ["isIncludeIssueAt: is of another type, expected boolean: correct it to true or false without quotes"],
  ],
  ["OAUTH", { ...oauth, grantType: "" }, [expect.stringMatching(/^grantType: expected one of "CLIENT_CREDENTIALS"/)]],
  ["OAUTH", { ...oauth, grantType: 5 }, [expect.stringMatching(/^grantType: expected one of "CLIENT_CREDENTIALS"/)]],
  [
    "OAUTH",
    { ...oauth, otherParameters: [5] },
    [expect.stringMatching(/^otherParameters\.0: is of another type, expected .* an object in \{ \}$/)],
  ],
  // Too small a number is not empty.
  ["JWT", { ...jwt, expirationTime: -1e20 }, [expect.not.stringContaining("empty")]],
])("%s: %j", (authType, value, problems) => {
  expect(problemList(value, authType, ["crm.example"])).toEqual(problems);
});

test("what two checks find of a field is told once", () => {
  expect(problemList({ ...jwt, payload: "" }, "JWT")).toEqual(["payload: is empty: give it a value"]);
  const mistyped = { ...jwt, algorithm: "RS256", privateKey: 5, headerPrefix: "a\n" };
  expect(problemList(mistyped, "JWT")).toEqual([
    "privateKey: is of another type, expected string: put it between quotes",
    "headerPrefix: ends with a line break, as files do: store it without",
  ]);
  expect(problemList({ ...jwt, secret: undefined }, "JWT")).toEqual(["secret: either secret or privateKey is needed"]);
});

test.each<[AuthType, string, string]>([
  ["APIKEY", "apiK", "(did you mean apiKey?)"],
  ["OAUTH", "clientIdent", "(did you mean clientId?)"],
  ["OAUTH", "clientSecret", "(did you mean secret?)"],
  ["BASIC", "clientSecret", "(known: username, password)"],
  ["BASIC", "pass", "(known: username, password)"],
  ["BASIC", "host", "(known: username, password)"],
  ["BASIC", "secret", "(known: username, password)"],
])("%s has no %s: %s", (authType, name, hint) => {
  expect(problemList({ [name]: "x" }, authType)).toContain(`unknown field "${name}" ${hint}`);
});

test("where a name is not shown, all that are known are", () => {
  expect(problemList({ username: "u", password: "p", hunter2: "x" }, "BASIC")).toEqual([
    "unknown field whose name is not shown (7 characters) (known: username, password)",
  ]);
});

test("a place is one of those that the tag names, which are told", () => {
  const hosts = ["login.example", "crm.example"];
  expect(problemList(oauth, "OAUTH", hosts)).toEqual([]);
  const refused = (names: string) => [
    `tokenUrl: its host is not named by the secret's tag ringcx:hosts (which names ${names}); whoever owns the secret can add it, if RingCX may send the credential there`,
  ];
  expect(problemList({ ...oauth, tokenUrl: "https://evil.example/token" }, "OAUTH", hosts)).toEqual(
    refused("login.example crm.example"),
  );
  expect(problemList(oauth, "OAUTH")).toEqual(refused("none"));
});

test("of an OAuth client's fields each goes to the place for tokens that the secret names, and no other", () => {
  const { fields, remarks } = parseCredential(
    confined(JSON.stringify(oauth), { hosts: ["crm.example"] }),
    "OAUTH",
    "v1",
  );
  const use = { connection: "test", accountId: "123456" };
  expect(remarks).toEqual([]);
  expect(fields.secret?.reveal({ ...use, tokenUrl: oauth.tokenUrl }, 0)).toBe("s");
  expect(() => fields.secret?.reveal({ ...use, tokenUrl: "https://crm.example/other" }, 0)).toThrow("another tokenUrl");
});

test("RingCX is sent the fields of the secret, under the auth config's name where it has one", () => {
  const credential = parseCredential(confined('{"apiKey": "k"}'), "APIKEY", "v1");
  const { apiKey } = credential.fields;
  const unnamed = { providerName: undefined, description: undefined };
  expect(authConfigWrite(credential, unnamed)).toStrictEqual({ authType: "APIKEY", apiKey });
  const named = { providerName: "crm", description: "of the CRM" };
  expect(authConfigWrite(credential, named)).toStrictEqual({ authType: "APIKEY", apiKey, ...named });
});
