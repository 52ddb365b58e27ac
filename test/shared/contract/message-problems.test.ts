import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as z from "zod";
import { commandSchema } from "../../../shared/contract/command.ts";
import { messageProblems } from "../../../shared/contract/message-problems.ts";
import { provisioningSchemas } from "../../../shared/contract/provisioning-message.ts";

const schemas: Readonly<Record<string, z.ZodType>> = { ...provisioningSchemas, "ringcx.command.v1": commandSchema };

const examples = readdirSync("examples")
  .filter((name) => name.endsWith(".ndjson"))
  .flatMap((name) => readFileSync(`examples/${name}`, "utf8").split("\n"))
  .filter((line) => line.startsWith("{"))
  .map((line) => JSON.parse(line));

type Path = readonly (string | number)[];

function* places(value: unknown, path: Path = []): Generator<Path> {
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value)) {
    const at = Array.isArray(value) ? Number(key) : key;
    yield [...path, at];
    yield* places((value as Record<string, unknown>)[key], [...path, at]);
  }
}

/** The event with something else at a place, or nothing where that is `undefined`. */
function changed(event: unknown, path: Path, value: unknown): Record<string, unknown> {
  const copy = structuredClone(event) as Record<string | number, unknown>;
  const parent = path.slice(0, -1).reduce((at, key) => at[key] as typeof copy, copy);
  const last = path.at(-1) ?? "";
  if (value === undefined && Array.isArray(parent)) parent.splice(Number(last), 1);
  else if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}

test("whatever is left out or wrong of an example is told once, and says what is expected", () => {
  const odd: string[] = [];
  let told = 0;
  for (const event of examples) {
    const schema = schemas[event.type] ?? z.never();
    for (const path of places(event)) {
      for (const value of [undefined, null, 5, "", "x", [], {}, [null], true]) {
        const candidate = changed(event, path, value);
        const result = schema.safeParse(candidate);
        for (const { path: at, message, hint } of result.success
          ? []
          : messageProblems(result.error, schema, candidate)) {
          told += 1;
          const isOdd =
            /missing.*missing|received.*received|Invalid|undefined|is missing: (?!expected)/.test(message) ||
            !/\w/.test(hint);
          if (isOdd) odd.push(`${at}: ${message}`);
        }
      }
    }
  }
  expect(told).toBeGreaterThan(1_000);
  expect([...new Set(odd)]).toEqual([]);
});

test.each([
  ["the schema says so itself", z.object({ a: z.string("is missing: expected a name") })],
  [
    "the schema says so itself, where a check finds it",
    z.object({}).superRefine((_, context) => {
      context.addIssue({ code: "custom", path: ["a"], message: "is missing: expected a name" });
    }),
  ],
  ["the schema says what is expected", z.object({ a: z.unknown().refine((a) => a !== undefined, "expected a name") })],
])("what is missing is missing once, where %s", (_, schema) => {
  const result = schema.safeParse({});
  expect(result.success ? [] : messageProblems(result.error, schema, {})).toEqual([
    { path: "a", message: expect.stringMatching(/^is missing: expected (a name|string)$/), hint: "add it" },
  ]);
});

test("what a check of the whole finds at a place where nothing stands is not called missing", () => {
  const schema = z.object({}).superRefine((_, context) => {
    context.addIssue({ code: "custom", path: ["to"], message: "source and target are the same" });
  });
  const result = schema.safeParse({});
  expect(result.success ? [] : messageProblems(result.error, schema, {})).toEqual([
    { path: "to", message: "source and target are the same", hint: "correct it" },
  ]);
});

test.each([
  [z.string(), 7, 'correct it to a text between quotes; its description: "what it is for"'],
  [z.number(), "7", 'correct it to a number without quotes; its description: "what it is for"'],
  [z.int(), 7.5, 'correct it to a whole number without quotes; its description: "what it is for"'],
  [z.boolean(), "true", 'correct it to true or false without quotes; its description: "what it is for"'],
  [z.array(z.string()), "a", 'correct it to a list in [ ]; its description: "what it is for"'],
  [z.strictObject({}), "a", 'correct it to an object in { }; its description: "what it is for"'],
  [z.record(z.string(), z.string()), [], 'correct it to an object in { }; its description: "what it is for"'],
])("a value of another type is told how the expected one is written: %#", (type, value, hint) => {
  const schema = z.strictObject({ a: type.describe("what it is for") });
  const result = schema.safeParse({ a: value });
  expect(result.success ? [] : messageProblems(result.error, schema, { a: value })).toMatchObject([
    { path: "a", hint },
  ]);
});
