import { expect, test } from "vitest";
import { validationSchema } from "../../../../shared/contract/fields/validation.ts";

const canary = "CANARY-4711";

test.each([
  ["Host as a header", { headers: { Host: canary } }, ["headers", "Host"]],
  ["framing as a header", { headers: { "transfer-encoding": "chunked" } }, ["headers", "transfer-encoding"]],
  ["a credential in Host", { credential: { in: "HEADER", name: "Host" } }, ["credential", "name"]],
  ["a character that no header can carry", { headers: { "X-Place": "Zürich \u2603" } }, ["headers", "X-Place"]],
  [
    "one in the prefix",
    { credential: { in: "HEADER", name: "Authorization", prefix: "Tok\u0113n " } },
    ["credential", "name"],
  ],
  [
    "another charset than the body is sent in",
    { method: "POST", body: "<a/>", headers: { "Content-Type": 'text/xml; charset="ISO-8859-1"' } },
    ["headers"],
  ],
  [
    "a regular expression",
    { expect: { schema: { properties: { a: { pattern: "^(a+)+$" } } } } },
    ["expect", "schema", "properties", "a", "pattern"],
  ],
  ["a reference", { expect: { schema: { $ref: "#" } } }, ["expect", "schema", "$ref"]],
  ["an interim status", { expect: { status: 101 } }, ["expect", "status"]],
  ["one among others", { expect: { status: [200, 199] } }, ["expect", "status", 1]],
  ["definitions", { expect: { schema: { $defs: { a: {} } } } }, ["expect", "schema", "$defs"]],
])("%s is refused with its path and a hint", (_, declared, path) => {
  const { error } = validationSchema.safeParse({ expect: {}, ...declared });
  expect(error?.issues).toMatchObject([{ path, params: { hint: expect.any(String) } }]);
  expect(JSON.stringify(error?.issues)).not.toContain(canary);
});

test("what a probe may send, and an answer's shape by the subset, are taken", () => {
  const declared = {
    method: "POST",
    headers: { "X-Tenant": "a", "X-Place": "Zürich" },
    credential: { in: "QUERY_PARAM", name: "host" },
    expect: {
      status: [200, 201],
      schema: { $schema: "https://json-schema.org/draft/2020-12/schema", type: "object", required: ["id"] },
    },
  };
  expect(validationSchema.parse(declared)).toEqual(declared);
});

test("a text that the answer must contain is not empty, bounded, and needs an answer with a body", () => {
  const problems = (declared: object) => validationSchema.safeParse(declared).error?.issues.map(({ path }) => path);
  expect(problems({ expect: { contains: "<ok/>" } })).toBeUndefined();
  for (const contains of ["", "x".repeat(1_001), 1]) {
    expect(problems({ expect: { contains } })).toEqual([["expect", "contains"]]);
  }
  expect(problems({ method: "HEAD", expect: { contains: "a", schema: {} } })).toEqual([
    ["expect", "schema"],
    ["expect", "contains"],
  ]);
});
