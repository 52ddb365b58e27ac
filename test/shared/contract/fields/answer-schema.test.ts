import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { answerSchemaBounds, parseAnswerSchema } from "../../../../shared/contract/fields/answer-schema.ts";
import { runs } from "../../../support/runs.ts";

const problemsOf = (schema: unknown) => {
  const found = parseAnswerSchema(schema);
  return "problems" in found ? found.problems : [];
};
const nested = (levels: number, wrap: (inner: unknown) => unknown): unknown =>
  Array.from({ length: levels }).reduce<unknown>(wrap, {});

test.each([
  ["what the examples ask for", { type: "object", required: ["customerId"] }],
  ["a type for each property", { type: "object", properties: { customerId: { type: "string", minLength: 1 } } }],
  ["no more than is known", { properties: { a: true, b: false }, additionalProperties: false }],
  ["all other properties", { additionalProperties: { type: ["string", "null"] } }],
  ["lists", { type: "array", items: { type: "integer" }, minItems: 1, maxItems: 9, contains: { const: 1 } }],
  ["tuples", { prefixItems: [{ type: "string" }, true], items: false }],
  ["values", { enum: ["a", 1, null, { a: [1] }] }],
  ["a constant, whatever it is", { const: { a: [{ b: null }] } }],
  ["numbers", { minimum: 0, maximum: 1.5, exclusiveMinimum: -1, exclusiveMaximum: 2, multipleOf: 0.5 }],
  ["combinations", { anyOf: [{ type: "string" }], oneOf: [true], allOf: [{}], not: { const: 1 } }],
  ["cases", JSON.parse('{"if":{"required":["a"]},"then":{"required":["b"]},"else":false}')],
  ["annotations", { title: "x", description: "y", default: 1, examples: [{}], format: "uuid", $comment: "z" }],
  [
    "the document's dialect and name",
    { $schema: "https://json-schema.org/draft/2020-12/schema", $id: "x", type: "null" },
  ],
  ["names that objects inherit", JSON.parse('{"properties":{"__proto__":{"type":"string"},"constructor":{}}}')],
  ["true", true],
])("%s is within the subset", (_, schema) => {
  expect(parseAnswerSchema(schema)).toEqual({ schema });
});

test.each([
  ["a reference to itself", { $ref: "#" }, ["$ref"]],
  ["a reference elsewhere", { properties: { a: { $ref: "https://evil.example/x" } } }, ["properties", "a", "$ref"]],
  ["definitions", { $defs: { a: { anyOf: [{ $ref: "#/$defs/a" }] } } }, ["$defs"]],
  ["old definitions", { definitions: { a: {} } }, ["definitions"]],
  ["a dynamic reference", { items: { $dynamicRef: "#a" } }, ["items", "$dynamicRef"]],
  ["an anchor", { $anchor: "a" }, ["$anchor"]],
  ["a name within", { items: { $id: "x" } }, ["items", "$id"]],
  ["a pattern", { properties: { a: { pattern: "^(a+)+$" } } }, ["properties", "a", "pattern"]],
  ["patterns of names", { patternProperties: { "(a|a)*b": {} } }, ["patternProperties"]],
  ["names by schema", { propertyNames: { maxLength: 3 } }, ["propertyNames"]],
  ["items that are unique", { uniqueItems: true }, ["uniqueItems"]],
  ["what was not evaluated", { unevaluatedProperties: false }, ["unevaluatedProperties"]],
  ["dependent schemas", { dependentSchemas: { a: {} } }, ["dependentSchemas"]],
  ["an asynchronous schema", { $async: true }, ["$async"]],
  ["OpenAPI's word", { nullable: true }, ["nullable"]],
  ["a misspelt keyword", { propertys: {} }, ["propertys"]],
  ["an inherited name as keyword", JSON.parse('{"__proto__":{}}'), ["__proto__"]],
  ["another inherited name", { constructor: {} }, ["constructor"]],
  ["an unknown type", { type: "objekt" }, ["type"]],
  ["no type of a list", { type: [] }, ["type"]],
  ["a list of items' schemas", { items: [{}] }, ["items"]],
  ["an empty choice", { anyOf: [] }, ["anyOf"]],
  ["a choice that is none", { anyOf: {} }, ["anyOf"]],
  ["a choice of no schema", { anyOf: [{}, null] }, ["anyOf", 1]],
  ["properties as a list", { properties: [] }, ["properties"]],
  ["a property without schema", { properties: { a: "string" } }, ["properties", "a"]],
  ["no values", { enum: [] }, ["enum"]],
  ["values that are no list", { enum: "a" }, ["enum"]],
  ["required as in draft 3", { required: true }, ["required"]],
  ["a required number", { required: [1] }, ["required"]],
  ["a bound as in draft 4", { exclusiveMinimum: true }, ["exclusiveMinimum"]],
  ["a bound as text", { maximum: "3" }, ["maximum"]],
  ["a bound without end", { maximum: Number.POSITIVE_INFINITY }, ["maximum"]],
  ["a length below zero", { maxLength: -1 }, ["maxLength"]],
  ["half an item", { minItems: 0.5 }, ["minItems"]],
  ["a step of zero", { multipleOf: 0 }, ["multipleOf"]],
  ["text", "string", []],
  ["a list", [], []],
  ["nothing", null, []],
  ["schemas without end", nested(5_000, (items) => ({ items })), Array(answerSchemaBounds.depth).fill("items")],
  [
    "a constant without end",
    { const: nested(5_000, (inner) => [inner]) },
    ["const", ...Array(answerSchemaBounds.depth - 1).fill(0)],
  ],
  [
    "a default without end",
    { default: nested(5_000, (a) => ({ a })) },
    ["default", ...Array(answerSchemaBounds.depth - 1).fill("a")],
  ],
  ["too many schemas", { anyOf: Array(answerSchemaBounds.schemas).fill({}) }, []],
  ["a tree of choices", nested(8, (each) => ({ anyOf: [each, each, each, each] })), []],
  ["too many values", { enum: Array.from({ length: answerSchemaBounds.values + 1 }, (_, index) => index) }, []],
  ["too long a constant", { const: "a".repeat(answerSchemaBounds.characters) }, []],
  ["what JSON does not hold", { const: 1n }, ["const"]],
])("%s is outside, and the problem says where", (_, schema, path) => {
  const [problem] = problemsOf(schema);
  expect(problem?.path).toEqual(path);
  expect(problem?.message).toMatch(/^(expected|is not a keyword)/);
});

test("a problem says what to write instead", () => {
  const hintOf = (schema: object) => problemsOf(schema)[0]?.hint;
  expect(hintOf({ $ref: "#/$defs/a" })).toMatch(/write the schema out/);
  expect(hintOf({ pattern: "a" })).toMatch(/const, enum, minLength/);
  expect(hintOf({ nullable: true })).toMatch(/"null"/);
  expect(hintOf({ requird: [] })).toBe("did you mean required?");
  expect(hintOf({ "x-vendor": 1 })).toMatch(/^known keywords: items, /);
  expect(hintOf({ items: [{}] })).toMatch(/prefixItems/);
});

test("every problem is told, up to a number that can be read", () => {
  expect(problemsOf({ pattern: "a", items: { $ref: "#" } }).map(({ path }) => path)).toEqual([
    ["pattern"],
    ["items", "$ref"],
  ]);
  const wrong = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`x${index}`, 1]));
  expect(problemsOf(wrong)).toHaveLength(answerSchemaBounds.problems);
});

test("the bounds are what is taken, and one more is not", () => {
  const { depth, schemas, values, characters } = answerSchemaBounds;
  expect(problemsOf(nested(depth - 1, (items) => ({ items })))).toEqual([]);
  expect(problemsOf(nested(depth, (items) => ({ items })))).toHaveLength(1);
  expect(problemsOf({ allOf: Array(schemas - 1).fill(true) })).toEqual([]);
  expect(problemsOf({ allOf: Array(schemas).fill(true) })).toHaveLength(1);
  expect(problemsOf({ enum: Array(values).fill(0) })).toEqual([]);
  expect(problemsOf({ enum: Array(values + 1).fill(0) })).toHaveLength(1);
  const frame = JSON.stringify({ const: "" }).length;
  expect(problemsOf({ const: "a".repeat(characters - frame) })).toEqual([]);
  expect(problemsOf({ const: "a".repeat(characters - frame + 1) })).toHaveLength(1);
});

const keyword = fc.constantFrom(
  "type",
  "enum",
  "items",
  "anyOf",
  "properties",
  "required",
  "minimum",
  "const",
  "$ref",
  "x",
);
const schemaLike = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 5 }, fc.jsonValue(), tie("object"), fc.array(tie("value"), { maxLength: 3 })),
  object: fc.dictionary(keyword, tie("value"), { maxKeys: 4 }),
})).value;

test("whatever comes is read or refused with reasons; what is read is JSON Schema 2020-12", () => {
  // Names and values may repeat here, which the dialect's own schema forbids without need.
  const ajv = new Ajv2020({ strict: false, validateSchema: false, validateFormats: false, logger: false });
  fc.assert(
    fc.property(schemaLike, (schema) => {
      const found = parseAnswerSchema(schema);
      if ("problems" in found) expect(found.problems.length).toBeGreaterThan(0);
      else expect(ajv.compile(found.schema)).toBeTypeOf("function");
    }),
    { numRuns: runs(500) },
  );
});

test("what is no JSON at all is refused too", () => {
  const loop: Record<string, unknown> = {};
  loop.items = loop;
  expect(problemsOf(loop)).toHaveLength(1);
  fc.assert(
    fc.property(fc.anything(), (value) => {
      expect(parseAnswerSchema(value)).toBeTypeOf("object");
    }),
  );
});
