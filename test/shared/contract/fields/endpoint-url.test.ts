import { describe, expect, test } from "vitest";
import { endpointUrl, writtenUrl } from "../../../../shared/contract/fields/endpoint-url.ts";

const canary = "CANARY-4711";

describe("an endpoint's URL", () => {
  test.each([
    ["https://crm.example.com", "https://crm.example.com/"],
    ["https://crm.example.com/kunden/müller?q=ä", "https://crm.example.com/kunden/m%C3%BCller?q=%C3%A4"],
    [
      "https://crm.example.com/customers/{{ani}}?kind=${kind}",
      "https://crm.example.com/customers/{{ani}}?kind=${kind}",
    ],
  ])("%s is stored and sent as %s", (written, canonical) => {
    expect(endpointUrl.parse(written)).toBe(canonical);
    expect(writtenUrl.parse(written)).toBe(written);
  });

  test.each([
    ["http://good.example\\@evil.example/", /backslash/],
    ["https:evil.example", /absolute URL that begins with https:\/\/ \(or http:\/\/\)/],
    ["https://ｅｖｉｌ.example/", /canonical form/],
    ["https://good.example\u200b/", /invisible/],
    ["https://{{host}}.example/", /template in its host/],
    [`https://user:${canary}@crm.example.com/`, /user name or password/],
    [`https://crm.example.com/?api_key=${canary}`, /carries a credential/],
    [`https://crm.example.com/#${canary}`, /fragment/],
  ])("%s is refused with a hint, and not repeated", (written, message) => {
    const { error } = endpointUrl.safeParse(written);
    expect(error?.issues).toMatchObject([
      { message: expect.stringMatching(message), params: { hint: expect.any(String) } },
    ]);
    expect(JSON.stringify(error?.issues)).not.toContain(canary);
  });
});
