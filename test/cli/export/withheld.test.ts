import { expect, test } from "vitest";
import { replaceAt, withoutCredentials } from "../../../cli/export/withheld.ts";
import { parseExactly } from "../../../shared/primitives/exact-json.ts";
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
  [
    "all around a name that is one",
    { a: { ghp_0123456789abcdefghijABCDEFGHIJ012345: 1, b: 2 }, c: 3 },
    { a: "[redacted]", c: 3 },
  ],
  ["a key, whatever else it has", { jwk: { kty: "oct", k: "s3cr3t", undefined: 1 } }, { jwk: "[redacted]" }],
  [
    "what has a reserved name",
    JSON.parse('{"__proto__":{"password":"x"}}'),
    JSON.parse('{"__proto__":{"password":"[redacted]"}}'),
  ],
  ["a text that is one", "Bearer hunter2hunter2x9y8z7", "[redacted]"],
  ["nothing secret", { a: [1, "b", null] }, { a: [1, "b", null] }],
  ["nothing", undefined, null],
])("%s", (_, value, expected) => {
  expect(JSON.stringify(withoutCredentials(value))).toBe(JSON.stringify(expected));
});

test("more than are found at once are withheld all the same", () => {
  const many = Object.fromEntries(
    Array.from({ length: 120 }, (_, index) => [`h${index}`, { password: `hunter2-${index}-x9` }]),
  );
  expect(JSON.stringify(withoutCredentials(many))).not.toContain("hunter2");
});

test("numbers are shown as they were read", () => {
  const text = '{"id":12345678901234567890,"password":"[redacted]"}';
  expect(JSON.stringify(withoutCredentials(parseExactly(text)?.value))).toBe(text);
});

// The deeper ones of the first can be written as JSON, and not read with a look at each number.
test.each([1, 2_000, 2_500, 3_000, 3_500, 4_000, 60_000])(
  "what is nested %d deep is shown as it is, or not at all",
  (depth) => {
    const id = parseExactly("12345678901234567890")?.value;
    let nested: unknown = { id, password: "hunter2" };
    for (let level = 0; level < depth; level += 1) nested = [nested];
    const shown = withoutCredentials(nested);
    if (depth === 1) expect(shown).toEqual([{ id, password: "[redacted]" }]);
    else if (shown !== "[redacted]") expect(JSON.stringify(shown)).toContain('"password":"[redacted]"');
    if (depth === 60_000) expect(shown).toBe("[redacted]");
  },
);

test("an error that is none of depth goes on", () => {
  const broken = {
    toJSON() {
      throw new TypeError("broken");
    },
  };
  expect(() => withoutCredentials(broken)).toThrow("broken");
});

test.each<[string, unknown, (string | number)[], unknown]>([
  ["where the path leads", { a: [1, { b: 2 }] }, ["a", 1, "b"], { a: [1, { b: "x" }] }],
  ["as far as it leads: in a text", { a: "text" }, ["a", 0], { a: "x" }],
  ["as far as it leads: in nothing", { a: null }, ["a", "b"], { a: "x" }],
  ["as far as it leads: in an object", { a: { b: 1 } }, ["a", "toString"], { a: "x" }],
])("another value is put %s", (_, root, path, replaced) => {
  expect(replaceAt(root, path, "x")).toBe(true);
  expect(root).toEqual(replaced);
});

test("a path that leads nowhere replaces nothing", () => {
  const root = { a: 1 };
  expect([replaceAt(root, [], "x"), replaceAt(root, ["b"], "x"), replaceAt("text", [0], "x")]).toEqual([
    false,
    false,
    false,
  ]);
  expect(root).toEqual({ a: 1 });
});
