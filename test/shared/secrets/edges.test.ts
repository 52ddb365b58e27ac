import { describe, expect, it } from "vitest";
import { type AccountAfterwards, type KnownSecret, PermittedEdges } from "../../../shared/secrets/edges.ts";

const tagged = (arn: string, hosts: string, accounts = "1", connection = "main"): KnownSecret => ({
  arn,
  tags: { "ringcx:connection": connection, "ringcx:accounts": accounts, "ringcx:hosts": hosts },
});
const byArn = (...secrets: KnownSecret[]) => new Map(secrets.map((secret) => [secret.arn, secret]));
const account = (more: Partial<AccountAfterwards>): AccountAfterwards => ({
  accountId: "1",
  connection: { name: "main" },
  services: [{ name: "CRM/lookup", url: "https://crm.example/x", authConfigIds: ["A"] }],
  secretsOf: new Map([["a", ["s1"]]]),
  ...more,
});
const refusedOf = (after: AccountAfterwards, secrets: ReadonlyMap<string, KnownSecret>) => {
  const result = PermittedEdges.check(after, secrets);
  return "refused" in result ? result.refused.map(({ service, message }) => [service, message]) : [];
};

describe("edges that would exist", () => {
  it("are permitted where the secret names connection, account and host", () => {
    const result = PermittedEdges.check(account({}), byArn(tagged("s1", "crm.example")));
    expect("permitted" in result).toBe(true);
  });

  it.each([
    [
      tagged("s1", "other.example"),
      "CRM/lookup",
      "may not be sent to crm.example: its tag ringcx:hosts names other.example",
    ],
    [tagged("s1", ""), "CRM/lookup", "names none"],
    [tagged("s1", "crm.example", "2"), undefined, "account 1: its tag ringcx:accounts names 2"],
    [tagged("s1", "crm.example", "1", "x"), undefined, "is not for the connection main"],
    [
      { arn: "s1", tags: { "ringcx:connection": "main", "ringcx:environment": "test" } },
      undefined,
      "is for the environment test by its tag ringcx:environment",
    ],
    [{ arn: "s1", unusable: "it is deleted" } as KnownSecret, undefined, "is not known: it is deleted"],
  ])("are refused with service, host and tag otherwise (%#)", (secret, service, words) => {
    expect(refusedOf(account({}), byArn(secret))).toEqual([[service, expect.stringContaining(words)]]);
  });

  it("are refused where a secret was not read, and where a service has no host that can be told", () => {
    expect(refusedOf(account({}), byArn())).toHaveLength(1);
    const hidden = account({ services: [{ name: "x", url: undefined, authConfigIds: ["a"] }] });
    expect(refusedOf(hidden, byArn(tagged("s1", "*.example")))).toHaveLength(1);
  });

  it.each([
    [tagged("s1", "a.example b.example"), "https://crm.example/", "names a.example b.example", "can add the host"],
    [tagged("s1", "a.example"), undefined, "a host that its URL does not tell", "write the service's URL in RingCX"],
    [tagged("s1", "a.example"), "https://crm.example\\@x/", "does not tell", "write the service's URL in RingCX"],
    [
      tagged("s1", "b:443 c/d"),
      "https://crm.example/",
      "names b:443 c/d",
      'what can never match: "b:443" is not a host',
    ],
    [tagged("s1", "crm.example", "2 3"), "https://crm.example/", "ringcx:accounts names 2, 3", "can add the account"],
    [tagged("s1", "crm.example", ""), "https://crm.example/", "ringcx:accounts names none", "can add the account"],
  ])("say what the tag names, and how to mend it (%#)", (secret, url, words, hint) => {
    const service = { name: "x", url, authConfigIds: ["a"] };
    const result = PermittedEdges.check(account({ services: [service] }), byArn(secret));
    if (!("refused" in result)) throw new Error("not refused");
    expect(result.refused).toEqual([
      expect.objectContaining({
        authConfigId: "a",
        secretArn: "s1",
        message: expect.stringContaining(words),
        hint: expect.stringContaining(hint),
      }),
    ]);
    expect(result.refused[0]?.hint.includes("can never match")).toBe(hint.includes("can never match"));
    if (hint.includes("can never match")) expect(result.refused[0]?.hint).toMatch(/"b:443".*; "c\/d": leave out/);
  });

  it("count for every secret and every link that there may be", () => {
    const after = account({
      services: [{ name: "x", url: "https://crm.example/", authConfigIds: ["a", "b"] }],
      secretsOf: new Map([
        ["a", ["s1", "s2"]],
        ["b", ["s3"]],
        ["c", ["s4"]],
      ]),
    });
    const secrets = byArn(...["s1", "s2", "s3", "s4"].map((arn) => tagged(arn, "no.example")));
    expect(refusedOf(after, secrets)).toHaveLength(3);
  });
});

describe("what was checked", () => {
  const after = account({
    services: [
      { name: "CRM/lookup", url: "https://crm.example/x", authConfigIds: ["A"] },
      { name: "CRM/plain", url: "https://plain.example/", authConfigIds: ["C"] },
    ],
    secretsOf: new Map([
      ["a", ["s1"]],
      ["c", ["s3"]],
    ]),
  });
  const secrets = byArn(tagged("s1", "crm.example other.example"), tagged("s3", "plain.example"));
  const result = PermittedEdges.check(after, secrets);
  if (!("permitted" in result)) throw new Error("not permitted");
  const { permitted } = result;

  it("may be written", () => {
    permitted.requireLink("https://crm.example/elsewhere", "a");
    permitted.requireSecret("A", "s1");
  });

  it("and nothing else, although the tags would allow it", () => {
    expect(() => permitted.requireLink("https://other.example/", "a")).toThrow("changed a service at other.example");
    expect(() => permitted.requireLink("https://crm.example/", "b")).toThrow("not checked");
    expect(() => permitted.requireSecret("a", "s2")).toThrow("not checked");
    expect(() => permitted.requireSecret("c", "s1")).toThrow("not checked");
    expect(() => permitted.requireLink("https://plain.example/", "a")).toThrow("not checked");
    expect(() => permitted.requireLink(undefined, "a")).toThrow(
      expect.objectContaining({ code: "EDGE_NOT_CHECKED", retryable: true }),
    );
  });
});
