import { expect, test } from "vitest";
import type { AuthType } from "../../../shared/ringcx/resources/auth-config.ts";
import { parseCredential } from "../../../shared/secrets/credential.ts";
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
