import { globSync, readFileSync } from "node:fs";
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Confined, type Destination, type Limits, maxLimitsAgeMs } from "../../../shared/primitives/confined.ts";
import { runs } from "../../support/runs.ts";

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
    expect(maxLimitsAgeMs, "five minutes").toBe(300_000);
    expect(confined.reveal(use, now + maxLimitsAgeMs)).toBe(canary);
    expect(() => confined.reveal(use, now + maxLimitsAgeMs + 1)).toThrow(expect.objectContaining({ retryable: true }));
    expect(confined.whyNotPermitted(use, now + maxLimitsAgeMs + 1)).toBe("its tags were read too long ago");
    // Waiting mends nothing else.
    const elsewhere = () => confined.reveal({ ...use, url: "https://evil.example/" }, now);
    expect(elsewhere).toThrow(
      expect.objectContaining({ code: "SECRET_NOT_PERMITTED", retryable: false, details: { secretArn: "arn:crm" } }),
    );
  });

  it("is for nobody where its secret has no tags", () => {
    const bare = { ...limits, connection: undefined, accounts: [], hosts: [] };
    const why = (more: Partial<Limits>, destination: Destination) =>
      new Confined(canary, { ...bare, ...more }).whyNotPermitted(destination, now);
    expect(why({}, use)).toBe("its tag ringcx:connection names none, not main");
    expect(why({ connection: "main" }, use)).toBe("its tag ringcx:accounts names none, not 1");
    const named = { connection: "main", accounts: ["1"] };
    expect(why(named, { ...use, url: "https://crm.example/" })).toBe(
      "its tag ringcx:hosts names none, not crm.example",
    );
    expect(why(named, { ...use, tokenUrl: "https://login.example/token" })).toBe("it names another tokenUrl");
  });

  it("prints nothing of itself, alone or within", () => {
    const shown = [String(confined), JSON.stringify({ confined }), inspect({ confined }), inspect(confined)];
    expect(shown.join()).not.toContain(canary);
    expect(shown).toEqual(["[redacted]", '{"confined":"[redacted]"}', "{ confined: [redacted] }", "[redacted]"]);
  });

  it("keeps its limits through what is found in it", () => {
    const examined = confined.examine((text) => ({ value: { apiKey: text.toUpperCase() } }));
    if (!("found" in examined)) throw new Error("not found");
    const { apiKey } = Confined.fieldsOf(examined.found);
    expect(apiKey?.limits).toBe(limits);
    expect(apiKey?.reveal(use, now)).toBe(canary.toUpperCase());
    expect(() => apiKey?.reveal({ ...use, url: "https://evil.example/" }, now)).toThrow("ringcx:hosts");
  });

  it("tells what is wrong with it in words alone, and keeps the tokenUrl that is found in it", () => {
    expect(confined.examine(() => ({ problems: ["it is no JSON"] }))).toEqual({ problems: ["it is no JSON"] });
    const tokenUrlOf = (tokenUrl: string | undefined) => {
      const examined = confined.examine((value) => ({ value, tokenUrl }));
      if (!("found" in examined)) throw new Error("not found");
      return (url: string) => examined.found.whyNotPermitted({ ...use, tokenUrl: url }, now) === undefined;
    };
    expect(tokenUrlOf(undefined)("https://login.example/token")).toBe(true);
    expect(tokenUrlOf("https://new.example/token")("https://new.example/token")).toBe(true);
    expect(tokenUrlOf("https://new.example/token")("https://login.example/token")).toBe(false);
  });

  it("is never revealed to a host that is not named, whatever the URL", () => {
    const piece = fc.constantFrom(
      ...["crm.example", "eu.partner.example", "partner.example", "evil.example", "127.0.0.1"],
      ...[..."/\\@:.{}$%#?-[]\u3002\uff0e\u200b\t 8A", "%2e", ":443", "*."],
    );
    const authority = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(""));
    const url = fc.tuple(
      fc.constantFrom("https://", "http://", "https:", "https:/\\", "//"),
      authority,
      fc.constantFrom("/", "", "/x?y=z#@crm.example", "\\\\crm.example"),
    );
    fc.assert(
      fc.property(url, ([scheme, host, path]) => {
        const text = `${scheme}${host}${path}`;
        const because = confined.whyNotPermitted({ ...use, url: text }, now);
        if (because !== undefined) return;
        expect(new URL(text).hostname).toMatch(/^(crm\.example|[a-z0-9.-]+\.partner\.example)$/);
      }),
      { numRuns: runs(300) },
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
      "functions/rotate-credentials/issuer/compare-credentials.ts",
      "functions/rotate-credentials/steps/create-secret.ts",
      "shared/secrets/credential.ts",
    ]);
  });

  it("is compared where it is decided what may be revoked", () => {
    expect(using(/Confined\.compare\(/)).toEqual(["functions/rotate-credentials/issuer/compare-credentials.ts"]);
  });

  it("is made where a secret is read", () => {
    expect(using(/new Confined\b/)).toEqual(["shared/primitives/confined.ts", "shared/secrets/read-secret.ts"]);
  });
});
