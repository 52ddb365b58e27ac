import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { answerSchemaBounds, parseAnswerSchema } from "../../../shared/contract/fields/answer-schema.ts";
import { matchAnswer } from "../../../shared/probe/match-answer.ts";
import { runs } from "../../support/runs.ts";

function match(schema: unknown, answer: unknown) {
  const found = parseAnswerSchema(schema);
  if ("problems" in found) throw new Error(JSON.stringify(found.problems));
  const mismatch = matchAnswer(found.schema, answer);
  return mismatch && `${mismatch.schemaPath} ${mismatch.message}`;
}

test.each([
  [{ type: "object", required: ["customerId"] }, { customerId: "1" }, undefined],
  [{ type: "object", required: ["a", "b"] }, { a: 1 }, '#/required must have required property "b"'],
  [
    { additionalProperties: { properties: { name: { type: "number" } } } },
    { "+1555": { name: "Ada" } },
    "#/additionalProperties/properties/name/type must be number",
  ],
  [
    { properties: { a: { type: "string" } }, additionalProperties: false },
    { a: "", b: 1 },
    "#/additionalProperties must not have additional properties",
  ],
  [
    { properties: { "a/b~c": { const: 1 } } },
    { "a/b~c": 2 },
    "#/properties/a~1b~0c/const must be equal to the constant",
  ],
  [{ properties: { a: false } }, { a: 1 }, "#/properties/a must not be there"],
  [{ properties: { a: true }, additionalProperties: { type: "string" } }, { a: 1, b: "" }, undefined],
  [{ minProperties: 1 }, {}, "#/minProperties must have at least 1 properties"],
  [{ maxProperties: 1 }, { a: 1, b: 2 }, "#/maxProperties must have at most 1 properties"],
  [{ type: ["string", "null"] }, 1, "#/type must be string or null"],
  [{ type: "integer" }, 1.5, "#/type must be integer"],
  [{ type: "integer" }, 1.0, undefined],
  [{ type: "number" }, JSON.parse("1e999"), "#/type must be number"],
  [{ type: "object" }, [], "#/type must be object"],
  [{ type: "object" }, null, "#/type must be object"],
  [{ type: "array" }, {}, "#/type must be array"],
  [{ enum: [{ a: [1] }, "x"] }, { a: [1] }, undefined],
  [{ enum: [{ a: [1] }] }, { a: [1, 2] }, "#/enum must be equal to one of the allowed values"],
  [{ const: { a: 1, b: 2 } }, { b: 2, a: 1 }, undefined],
  [{ const: { a: 1 } }, { a: 1, b: 2 }, "#/const must be equal to the constant"],
  [{ const: 0 }, JSON.parse("-0"), undefined],
  [{ const: null }, null, undefined],
  [{ const: null }, 0, "#/const must be equal to the constant"],
  [{ minimum: 1 }, 0, "#/minimum must be >= 1"],
  [{ maximum: 1 }, 2, "#/maximum must be <= 1"],
  [{ exclusiveMinimum: 1 }, 1, "#/exclusiveMinimum must be > 1"],
  [{ exclusiveMaximum: 1 }, 1, "#/exclusiveMaximum must be < 1"],
  [{ multipleOf: 5 }, 12, "#/multipleOf must be a multiple of 5"],
  [{ minLength: 2 }, "😀", "#/minLength must have at least 2 characters"],
  [{ maxLength: 1 }, "😀", undefined],
  [{ maxLength: 1 }, "ab", "#/maxLength must have at most 1 characters"],
  [{ minItems: 1 }, [], "#/minItems must have at least 1 items"],
  [{ maxItems: 1 }, [1, 2], "#/maxItems must have at most 1 items"],
  [{ items: { type: "integer" } }, [1, "a"], "#/items/type must be integer"],
  [{ prefixItems: [true, { type: "string" }], items: false }, ["a", 1], "#/prefixItems/1/type must be string"],
  [{ prefixItems: [true], items: false }, ["a", 1], "#/items must not be there"],
  [{ contains: { const: 1 } }, [2, 3], "#/contains must contain an item that matches"],
  [{ allOf: [true, { minimum: 2 }] }, 1, "#/allOf/1/minimum must be >= 2"],
  [{ anyOf: [{ type: "string" }, { type: "null" }] }, 1, "#/anyOf must match one of the schemas"],
  [{ oneOf: [{ minimum: 1 }, { maximum: 5 }] }, 3, "#/oneOf must match exactly one of the schemas"],
  [{ not: { const: "down" } }, "down", "#/not must not match"],
  [
    JSON.parse('{"if":{"required":["a"]},"then":{"required":["b"]}}'),
    { a: 1 },
    '#/then/required must have required property "b"',
  ],
  [{ if: { required: ["a"] }, else: { required: ["b"] } }, {}, '#/else/required must have required property "b"'],
  [
    JSON.parse('{"properties":{"__proto__":{"type":"string"}}}'),
    JSON.parse('{"__proto__":1}'),
    "#/properties/__proto__/type must be string",
  ],
  [{ required: ["constructor"] }, {}, '#/required must have required property "constructor"'],
  [JSON.parse('{"const":{"__proto__":1}}'), {}, "#/const must be equal to the constant"],
  [{ minimum: 5, minLength: 5, minItems: 5, minProperties: 5 }, true, undefined],
])("%j with the answer %j: %s", (schema, answer, expected) => {
  expect(match(schema, answer)).toBe(expected);
});

const name = fc.constantFrom("a", "b", "constructor", "é/~");
const small = fc.constantFrom<unknown>(null, true, 0, 1, 2.5, "", "a", "😀b", [], {}, [1], { a: 1 }, { b: [null] });
const answers = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, small, fc.array(tie("value"), { maxLength: 3 }), fc.dictionary(name, tie("value"))),
})).value;
const optional = <T>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(fields, { requiredKeys: [] });
const schemas = fc.letrec((tie) => {
  const inner = tie("schema");
  const list = fc.array(inner, { minLength: 1, maxLength: 2 });
  const type = fc.constantFrom("null", "boolean", "integer", "number", "string", "array", "object");
  const count = fc.nat(3);
  const branch = Object.fromEntries(["if", "then", "else"].map((keyword) => [keyword, inner]));
  return {
    schema: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.boolean(),
      optional({ type: fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 3 })), const: small }),
      fc.record({
        enum: fc.uniqueArray(small, { minLength: 1, maxLength: 4, selector: (value) => JSON.stringify(value) }),
      }),
      optional({
        minimum: count,
        maximum: count,
        exclusiveMinimum: count,
        exclusiveMaximum: count,
        multipleOf: count,
      }).filter(({ multipleOf }) => multipleOf !== 0),
      optional({ minLength: count, maxLength: count, minItems: count, maxItems: count }),
      optional({ minProperties: count, maxProperties: count, required: fc.uniqueArray(name, { maxLength: 2 }) }),
      optional({ items: inner, prefixItems: list }),
      // Only plain ones: ajv 8.20 takes an empty list for one that contains `true` or `false`.
      optional({ items: inner, contains: fc.record({ type }) }),
      optional({ properties: fc.dictionary(name, inner, { maxKeys: 2 }), additionalProperties: inner }),
      optional({ allOf: list, anyOf: list, oneOf: list, not: inner }),
      optional(branch),
    ),
  };
}).schema;

test("an answer matches exactly when another validator of the dialect says so", () => {
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    ownProperties: true,
    code: { optimize: false },
    logger: false,
  });
  fc.assert(
    fc.property(
      schemas,
      answers.map((answer) => JSON.parse(JSON.stringify(answer))),
      (schema, answer) => {
        const wanted = ajv.validate(schema as object, answer);
        ajv.removeSchema();
        expect(match(schema, answer) === undefined).toBe(wanted);
      },
    ),
    { numRuns: runs(300) },
  );
});

// As long as an answer may be (probe.maxBytes), for schemas at their bounds whose last choice is the one that fits.
const longest = 65_536;
const { schemas: mostSchemas, values: mostValues } = answerSchemaBounds;
const manyThenTrue = (one: unknown) => ({ anyOf: [...Array(mostSchemas - 4).fill(one), true] });
const filled = (text: string) => JSON.parse(`[${Array(Math.floor(longest / (text.length + 1))).fill(text)}]`);
const named = (count: number, value: unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, value]));

test.each([
  ["many choices for each of many values", { items: manyThenTrue({ type: "object" }) }, filled("0")],
  ["many properties for each of many objects", { items: { properties: named(90, {}) } }, filled("{}")],
  ["many choices for each of many names", { additionalProperties: manyThenTrue({ const: 1 }) }, named(7_000, 0)],
  ["many lengths of one long text", manyThenTrue({ minLength: longest }), "😀".repeat(longest / 4)],
  [
    "many values for each of many values",
    { items: { enum: [...Array(mostValues - 1).fill("x"), "y"] } },
    filled('"y"'),
  ],
  [
    "many objects for each of many objects",
    { items: { enum: [...Array(mostValues / 2 - 1).fill({ a: 2 }), { a: 1 }] } },
    filled('{"a":1}'),
  ],
  [
    "choices within choices",
    {
      items: Array.from({ length: 5 }).reduce<object>((inner) => ({ anyOf: [{ const: 1 }, inner, inner] }), {
        type: "null",
      }),
    },
    filled("1"),
  ],
  ["nothing but brackets", { items: { items: {} } }, JSON.parse("[".repeat(longest / 2) + "]".repeat(longest / 2))],
])("%s: matched in bounded time", (_, schema, answer) => {
  const before = process.cpuUsage();
  expect(match(schema, answer)).toBeUndefined();
  // The processor's time, of which others on the machine take none: tenths of a second, where a search through
  // combinations takes minutes.
  expect(process.cpuUsage(before).user / 1_000).toBeLessThan(1_500);
});
