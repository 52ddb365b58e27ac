import { globSync, readFileSync } from "node:fs";
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Confined, type Destination, type Limits, maxLimitsAgeMs } from "../../../shared/primitives/confined.ts";

const now = 1_800_000_000_000;
const limits: Limits = {
  secretArn: "arn:crm",
  connection: "main",
  accounts: ["1", "2"],
  hosts: ["crm.example", "*.partner.example"],
  readAt: now,
};
const canary = "canary-5cf1";
const confined = new Confined(canary, limits, "https://login.example/token");
const use = { connection: "main", accountId: "1" };

describe("a confined value", () => {
  it.each<Destination>([
    use,
    { ...use, accountId: "2" },
    { ...use, url: "https://crm.example/look-up?ani={ani}" },
    { ...use, url: "https://eu.partner.example/" },
    { ...use, tokenUrl: "https://login.example/token" },
    { secretArn: "arn:crm" },
  ])("is revealed to where its secret lets it go: %j", (destination) => {
    expect(confined.reveal(destination, now)).toBe(canary);
  });

  it.each<[Destination, string]>([
    [{ connection: "other", accountId: "1" }, "ringcx:connection names main, not other"],
    [{ connection: "main", accountId: "3" }, "ringcx:accounts names 1 2, not 3"],
    [{ connection: "main", accountId: "" }, "ringcx:accounts"],
    [{ ...use, url: "https://evil.example/" }, "ringcx:hosts names crm.example *.partner.example, not evil.example"],
    [{ ...use, url: "https://crm.example\\@evil.example/" }, "a host that the URL does not tell"],
    [{ ...use, url: "https://login.example/token" }, "not login.example"],
    [{ ...use, accountId: "3", url: "https://crm.example/" }, "ringcx:accounts"],
    [{ ...use, tokenUrl: "https://crm.example/token" }, "another tokenUrl"],
    [{ secretArn: "arn:other" }, "another secret's"],
  ])("is refused to any other: %j", (destination, because) => {
    expect(() => confined.reveal(destination, now)).toThrow(because);
    expect(confined.whyNotPermitted(destination, now)).toContain(because);
  });

  it("is refused once its secret's tags were read too long ago, to be read again", () => {
    expect(confined.reveal(use, now + maxLimitsAgeMs)).toBe(canary);
    expect(() => confined.reveal(use, now + maxLimitsAgeMs + 1)).toThrow(expect.objectContaining({ retryable: true }));
  });

  it("prints nothing of itself, alone or within", () => {
    const shown = [String(confined), JSON.stringify({ confined }), inspect({ confined }), inspect(confined)];
    expect(shown.join()).not.toContain(canary);
  });

  it("keeps its limits through what is found in it", () => {
    const examined = confined.examine((text) => ({ value: { apiKey: text.toUpperCase() } }));
    if (!("found" in examined)) throw new Error("not found");
    const { apiKey } = Confined.fieldsOf(examined.found);
    expect(apiKey?.limits).toBe(limits);
    expect(apiKey?.reveal(use, now)).toBe(canary.toUpperCase());
    expect(() => apiKey?.reveal({ ...use, url: "https://evil.example/" }, now)).toThrow("ringcx:hosts");
  });

  it("is never revealed to a host that is not named, whatever the URL", () => {
    const authority = fc.stringMatching(/^[a-zA-Z0-9.@\\:{}$%#?\-\u3002\uff0e\u200b]{0,24}$/);
    const url = fc.tuple(fc.constantFrom("https://", "http://", "https:", "https:/\\", "//"), authority, fc.webPath());
    fc.assert(
      fc.property(url, ([scheme, host, path]) => {
        const text = `${scheme}${host}${path}`;
        const because = confined.whyNotPermitted({ ...use, url: text }, now);
        if (because !== undefined) return;
        expect(new URL(text).hostname).toMatch(/^(crm\.example|[a-z0-9.-]+\.partner\.example)$/);
      }),
    );
  });
});

describe("who opens one", () => {
  const sources = globSync("{shared,functions,infra,examples}/**/*.ts").filter(
    (file) => !file.includes("node_modules"),
  );
  const using = (pattern: RegExp) => sources.filter((file) => pattern.test(readFileSync(file, "utf8"))).toSorted();

  it("is whoever builds a request, and whoever puts a new version into the same secret", () => {
    expect(using(/\.reveal\(\s*[^\s)]/)).toEqual([
      "functions/rotate-credentials/steps/create-secret.ts",
      "shared/probe/place-credential.ts",
      "shared/ringcx/transport/request-body.ts",
    ]);
  });

  it("looks into it where a secret's form is read", () => {
    expect(using(/\.examine\(/)).toEqual([
      "functions/rotate-credentials/steps/create-secret.ts",
      "shared/secrets/credential.ts",
    ]);
  });

  it("is made where a secret is read", () => {
    expect(using(/new Confined\b/)).toEqual(["shared/primitives/confined.ts", "shared/secrets/read-secret.ts"]);
  });
});
