import { describe, expect, it } from "vitest";
import {
  environmentProblem,
  isPermittedAccount,
  isPermittedConnection,
  isPermittedEnvironment,
  isPermittedHost,
} from "../../../shared/secrets/permitted-use.ts";

const secret = {
  tags: {
    "ringcx:connection": "main",
    "ringcx:accounts": "123456 654321",
    "ringcx:hosts": "crm.example.com *.partner.example",
  },
};
const untagged = { tags: {} };

describe("a secret's own tags say where its value may go", () => {
  it("by the login of one connection", () => {
    expect(isPermittedConnection(secret, "main")).toBe(true);
    expect(isPermittedConnection(secret, "other")).toBe(false);
    expect(isPermittedConnection(untagged, "main")).toBe(false);
    expect(isPermittedConnection(untagged, "")).toBe(false);
  });

  it.each([
    ["production", { name: "production", isTagRequired: true }, true],
    ["production", { name: "production", isTagRequired: false }, true],
    ["test", { name: "production", isTagRequired: false }, false],
    [undefined, { name: "production", isTagRequired: false }, true],
    [undefined, { name: "production", isTagRequired: true }, false],
    ["production", undefined, false],
    [undefined, undefined, true],
  ])("in one environment: tagged %j, used in %j", (named, environment, isPermitted) => {
    const tagged = { tags: named === undefined ? {} : { "ringcx:environment": named } };
    expect(isPermittedEnvironment(tagged, environment)).toBe(isPermitted);
    const problem = environmentProblem(tagged, environment);
    expect(problem?.hint).toEqual(
      isPermitted ? undefined : expect.stringContaining("tag it with ringcx:environment = "),
    );
  });

  it("says which environment it is for, and which this is", () => {
    const isRequired = { name: "production", isTagRequired: true };
    expect(environmentProblem(untagged, isRequired)?.message).toBe(
      "it has no tag ringcx:environment, and this is the environment production",
    );
    const ofTest = { tags: { "ringcx:environment": "test" } };
    expect(environmentProblem(ofTest, undefined)?.message).toBe(
      "it is for the environment test by its tag ringcx:environment, and this is the environment (unknown)",
    );
  });

  it("for accounts that are named in full", () => {
    expect(isPermittedAccount(secret, "654321")).toBe(true);
    expect(isPermittedAccount(secret, "12345")).toBe(false);
    expect(isPermittedAccount(untagged, "123456")).toBe(false);
  });

  it("to hosts that are named, or that lie below one named with an asterisk", () => {
    expect(isPermittedHost(secret, "https://crm.example.com/look-up")).toBe(true);
    expect(isPermittedHost(secret, "https://eu.partner.example/")).toBe(true);
    expect(isPermittedHost(secret, "https://partner.example/")).toBe(false);
    expect(isPermittedHost(secret, "https://crm.example.com.evil.example/")).toBe(false);
    expect(isPermittedHost(untagged, "https://crm.example.com/")).toBe(false);
  });
});

describe("a URL in which two parsers could find different hosts", () => {
  const any = { tags: { "ringcx:hosts": "crm.example.com *.example.com" } };

  it.each([
    "https://crm.example.com\\@evil.example/",
    "https://evil.example\\.example.com/",
    "https://user@crm.example.com/",
    "https://{{host}}.example.com/",
    "https://${host}.example.com/",
    "https:crm.example.com/",
    "https://crm.example.com:8443/",
    "https://ｃrm.example.com/",
    "https://crm\u200b.example.com/",
    "https://crm.example.com\t/",
    "https:///crm.example.com/",
    "crm.example.com",
    "",
    undefined,
  ])("%j has none that a secret names", (url) => {
    expect(isPermittedHost(any, url)).toBe(false);
  });

  it.each([
    "https://CRM.example.com/x",
    "https://crm.example.com:443/",
    "http://eu.example.com:80",
    "https://crm.example.com?a={b}",
  ])("%s has one", (url) => expect(isPermittedHost(any, url)).toBe(true));
});
