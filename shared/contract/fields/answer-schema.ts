import { formOf, hintFor, type KeywordForm } from "./answer-schema-keywords.ts";

/**
 * The subset of JSON Schema (2020-12) by which an answer's shape is declared: keywords that look at a value once and
 * refer to nothing, so that matching takes time linear in the answer. `format` and other annotations are not checked.
 */
export type AnswerSchema = boolean | AnswerSchemaObject;

export type JsonType = "null" | "boolean" | "integer" | "number" | "string" | "array" | "object";

export interface AnswerSchemaObject {
  readonly type?: JsonType | readonly JsonType[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly items?: AnswerSchema;
  readonly prefixItems?: readonly AnswerSchema[];
  readonly contains?: AnswerSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, AnswerSchema>>;
  readonly additionalProperties?: AnswerSchema;
  readonly required?: readonly string[];
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly allOf?: readonly AnswerSchema[];
  readonly anyOf?: readonly AnswerSchema[];
  readonly oneOf?: readonly AnswerSchema[];
  readonly not?: AnswerSchema;
  readonly if?: AnswerSchema;
  readonly then?: AnswerSchema;
  readonly else?: AnswerSchema;
}

/** What lies outside of the subset, where, and what to write instead. */
export interface AnswerSchemaProblem {
  /** From the schema's root: `["properties", "name", "pattern"]`. */
  path: (string | number)[];
  message: string;
  hint: string;
}

/** Bounds of a schema. Matching takes at most `schemas` and `values` times as many steps as the answer has values. */
export const answerSchemaBounds = {
  /** Levels of JSON; a table item takes 32 in all. */
  depth: 24,
  /** Schemas within the schema, itself included. */
  schemas: 100,
  /** Values within `enum`, `const`, `default` and `examples`. */
  values: 300,
  /** Characters of the schema as JSON. */
  characters: 16_384,
  /** Problems that are told. */
  problems: 10,
} as const;

const types: readonly JsonType[] = ["null", "boolean", "integer", "number", "string", "array", "object"];

/**
 * Reads a schema, from a message or as it was stored before the subset was: then it may lie outside. Never throws, and
 * looks at no more of a schema than the bounds allow.
 */
export function parseAnswerSchema(schema: unknown): { schema: AnswerSchema } | { problems: AnswerSchemaProblem[] } {
  const reading: Reading = { problems: [], schemas: 0, values: 0, isOver: false };
  // Of the document as a whole; without references they mean nothing.
  const { $schema: _dialect, $id: _id, ...root } = isObject(schema) ? schema : {};
  readSchema(isObject(schema) ? root : schema, [], reading);
  if (reading.problems.length === 0 && JSON.stringify(schema).length > answerSchemaBounds.characters) {
    refuse(reading, [], `expected at most ${answerSchemaBounds.characters} characters as JSON`);
  }
  return reading.problems.length > 0 ? { problems: reading.problems } : { schema: schema as AnswerSchema };
}

interface Reading {
  problems: AnswerSchemaProblem[];
  schemas: number;
  values: number;
  isOver: boolean;
}

type Path = AnswerSchemaProblem["path"];

function readSchema(schema: unknown, path: Path, reading: Reading): void {
  if (!isWithin("schemas", "schemas", path, reading)) return;
  if (typeof schema === "boolean") return;
  if (!isObject(schema)) {
    const hint = Array.isArray(schema) && path.at(-1) === "items" ? "say prefixItems for a list of schemas" : undefined;
    refuse(reading, path, "expected a schema: an object, true or false", hint);
    return;
  }
  for (const [name, value] of Object.entries(schema)) {
    const form = formOf.get(name);
    if (form) read[form](value, [...path, name], reading);
    else refuse(reading, [...path, name], "is not a keyword that is matched here", hintFor(name));
    if (isFull(reading)) return;
  }
}

const read: Readonly<Record<KeywordForm, (value: unknown, path: Path, reading: Reading) => void>> = {
  schema: readSchema,
  schemas(value, path, reading) {
    if (!Array.isArray(value) || value.length === 0) return refuse(reading, path, "expected a list of schemas");
    each(value.entries(), path, reading, readSchema);
  },
  named(value, path, reading) {
    if (!isObject(value)) return refuse(reading, path, "expected schemas by the name of the property");
    each(Object.entries(value), path, reading, readSchema);
  },
  type(value, path, reading) {
    const named = Array.isArray(value) ? value : [value];
    const isKnown = named.length > 0 && named.length <= types.length && named.every((name) => types.includes(name));
    if (!isKnown) refuse(reading, path, `expected one or more of ${types.join(", ")}`);
  },
  values(value, path, reading) {
    if (!Array.isArray(value) || value.length === 0) return refuse(reading, path, "expected a list of values");
    each(value.entries(), path, reading, readValue);
  },
  value: readValue,
  names(value, path, reading) {
    if (!Array.isArray(value) || !value.every((name) => typeof name === "string")) {
      refuse(reading, path, "expected a list of names of properties");
    }
  },
  count(value, path, reading) {
    if (!Number.isSafeInteger(value) || Number(value) < 0) refuse(reading, path, "expected a whole number, 0 or more");
  },
  number(value, path, reading) {
    if (!Number.isFinite(value)) refuse(reading, path, "expected a number");
  },
  step(value, path, reading) {
    if (!Number.isFinite(value) || Number(value) <= 0) refuse(reading, path, "expected a number above 0");
  },
};

function readValue(value: unknown, path: Path, reading: Reading): void {
  if (!isWithin("values", "values in enum, const, default and examples", path, reading)) return;
  if (typeof value === "string" || typeof value === "boolean" || value === null || Number.isFinite(value)) return;
  if (Array.isArray(value)) each(value.entries(), path, reading, readValue);
  else if (isObject(value)) each(Object.entries(value), path, reading, readValue);
  else refuse(reading, path, "expected a value of JSON");
}

function each(
  entries: Iterable<[string | number, unknown]>,
  path: Path,
  reading: Reading,
  readOne: (value: unknown, path: Path, reading: Reading) => void,
): void {
  for (const [name, value] of entries) {
    if (isFull(reading)) return;
    readOne(value, [...path, name], reading);
  }
}

/** Counts one more. A bound that is passed is told once and ends the reading. */
function isWithin(bound: "schemas" | "values", what: string, path: Path, reading: Reading): boolean {
  if (path.length >= answerSchemaBounds.depth) {
    refuse(reading, path, `expected at most ${answerSchemaBounds.depth} levels`);
    return false;
  }
  reading[bound] += 1;
  if (reading[bound] <= answerSchemaBounds[bound]) return true;
  if (!reading.isOver) refuse(reading, [], `expected at most ${answerSchemaBounds[bound]} ${what}`);
  reading.isOver = true;
  return false;
}

function isFull({ problems, isOver }: Reading): boolean {
  return isOver || problems.length >= answerSchemaBounds.problems;
}

function refuse(
  { problems }: Reading,
  path: Path,
  message: string,
  hint = "see expect.schema: JSON Schema, bounded",
): void {
  if (problems.length < answerSchemaBounds.problems) problems.push({ path, message, hint });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
