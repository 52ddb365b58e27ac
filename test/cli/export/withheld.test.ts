import { expect, test } from "vitest";
import { withoutCredentials } from "../../../cli/export/withheld.ts";
import { Redacted } from "../../../shared/primitives/redacted.ts";

test.each([
  ["a password", { password: "hunter2hunter2", name: "x" }, { password: "[redacted]", name: "x" }],
  [
    "a header",
    { headers: { "x-api-key": "k-7f3a9b2c", Accept: "a" } },
    { headers: { "x-api-key": "[redacted]", Accept: "a" } },
  ],
  ["a URL", { url: "https://u:pass1234word@api.example.com/" }, { url: "[redacted]" }],
  ["what is redacted already", { secret: new Redacted("k-7f3a9b2c") }, { secret: "[redacted]" }],
  ["JSON in a text", { config: '{"password":"hunter2hunter2"}' }, { config: "[redacted]" }],
  ["nothing secret", { a: [1, "b"] }, { a: [1, "b"] }],
])("%s", (_, value, expected) => {
  expect(withoutCredentials(value)).toEqual(expected);
});

test("more than are found at once are withheld all the same", () => {
  const many = Object.fromEntries(
    Array.from({ length: 120 }, (_, index) => [`h${index}`, { password: `hunter2-${index}-x9` }]),
  );
  expect(JSON.stringify(withoutCredentials(many))).not.toContain("hunter2");
});
