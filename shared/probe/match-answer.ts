import type { AnswerSchema, AnswerSchemaObject, JsonType } from "../contract/fields/answer-schema.ts";

/** Where and how an answer differs. Both speak of the schema: the answer's own names and values may be personal. */
export interface Mismatch {
  /** The schema's part that is not met, as a JSON pointer: `#/properties/customerId/type`. */
  schemaPath: string;
  /** `must be string` */
  message: string;
}

/**
 * Compares an answer with a schema of the subset (see {@link AnswerSchema}) by interpreting it: each of its schemas
 * looks at a value at most once, so that the time is linear in the answer. Never throws for what `JSON.parse` makes.
 *
 * @returns the first difference, or nothing
 */
export function matchAnswer(schema: AnswerSchema, answer: unknown): Mismatch | undefined {
  const found = difference(schema, answer);
  if (!found) return undefined;
  const path = found.path.map((part) => `/${part.replaceAll("~", "~0").replaceAll("/", "~1")}`);
  return { schemaPath: `#${path.join("")}`, message: found.message() };
}

interface Difference {
  path: string[];
  // Most are found and dropped within anyOf: only the one that is told is put into words.
  message: () => string;
}

function difference(schema: AnswerSchema, value: unknown): Difference | undefined {
  if (schema === true) return undefined;
  if (schema === false) return at([], () => "must not be there");
  return (
    ofKind(schema, value) ??
    (typeof value === "number" ? ofNumber(schema, value) : undefined) ??
    (typeof value === "string" ? ofString(schema, value) : undefined) ??
    (Array.isArray(value) ? ofArray(schema, value) : undefined) ??
    (isObject(value) ? ofObject(schema, value) : undefined) ??
    combined(schema, value)
  );
}

function ofKind({ type, enum: allowed, const: constant }: AnswerSchemaObject, value: unknown): Difference | undefined {
  if (type !== undefined) {
    const isMet = typeof type === "string" ? isOfType(type, value) : type.some((each) => isOfType(each, value));
    if (!isMet) return at(["type"], () => `must be ${[type].flat().join(" or ")}`);
  }
  if (allowed && !allowed.some((each) => isEqual(each, value))) {
    return at(["enum"], () => "must be equal to one of the allowed values");
  }
  if (constant === undefined || isEqual(constant, value)) return undefined;
  return at(["const"], () => "must be equal to the constant");
}

function ofNumber(schema: AnswerSchemaObject, value: number): Difference | undefined {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  if (minimum !== undefined && value < minimum) return at(["minimum"], () => `must be >= ${minimum}`);
  if (maximum !== undefined && value > maximum) return at(["maximum"], () => `must be <= ${maximum}`);
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) {
    return at(["exclusiveMinimum"], () => `must be > ${exclusiveMinimum}`);
  }
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) {
    return at(["exclusiveMaximum"], () => `must be < ${exclusiveMaximum}`);
  }
  if (multipleOf === undefined || Number.isInteger(value / multipleOf)) return undefined;
  return at(["multipleOf"], () => `must be a multiple of ${multipleOf}`);
}

function ofString({ minLength, maxLength }: AnswerSchemaObject, value: string): Difference | undefined {
  if (minLength === undefined && maxLength === undefined) return undefined;
  let length = 0;
  for (const _ of value) length += 1; // characters, not halves of surrogate pairs
  return outside(length, "characters", { minLength, maxLength });
}

function ofArray(schema: AnswerSchemaObject, value: readonly unknown[]): Difference | undefined {
  const { minItems, maxItems, prefixItems = [], items, contains } = schema;
  const wrong = outside(value.length, "items", { minItems, maxItems });
  if (wrong) return wrong;
  for (const [index, each] of value.entries()) {
    const first = prefixItems[index];
    const found = first === undefined ? items !== undefined && difference(items, each) : difference(first, each);
    if (found) return within(found, ...(first === undefined ? ["items"] : ["prefixItems", String(index)]));
  }
  if (contains === undefined || value.some((each) => difference(contains, each) === undefined)) return undefined;
  return at(["contains"], () => "must contain an item that matches");
}

function ofObject(schema: AnswerSchemaObject, value: Readonly<Record<string, unknown>>): Difference | undefined {
  const { minProperties, maxProperties, required = [], properties = {}, additionalProperties = true } = schema;
  const names = Object.keys(value);
  const wrong = outside(names.length, "properties", { minProperties, maxProperties });
  if (wrong) return wrong;
  const missing = required.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return at(["required"], () => `must have required property ${JSON.stringify(missing)}`);
  for (const name of Object.keys(properties)) {
    const found = Object.hasOwn(value, name) ? difference(properties[name] ?? true, value[name]) : undefined;
    if (found) return within(found, "properties", name);
  }
  if (additionalProperties === true) return undefined;
  for (const name of names) {
    if (Object.hasOwn(properties, name)) continue;
    if (additionalProperties === false)
      return at(["additionalProperties"], () => "must not have additional properties");
    const found = difference(additionalProperties, value[name]);
    if (found) return within(found, "additionalProperties");
  }
  return undefined;
}

function combined(schema: AnswerSchemaObject, value: unknown): Difference | undefined {
  const matches = (each: AnswerSchema) => difference(each, value) === undefined;
  for (const [index, each] of (schema.allOf ?? []).entries()) {
    const found = difference(each, value);
    if (found) return within(found, "allOf", String(index));
  }
  if (schema.anyOf && !schema.anyOf.some(matches)) return at(["anyOf"], () => "must match one of the schemas");
  if (schema.oneOf && schema.oneOf.filter(matches).length !== 1) {
    return at(["oneOf"], () => "must match exactly one of the schemas");
  }
  if (schema.not !== undefined && matches(schema.not)) return at(["not"], () => "must not match");
  if (schema.if === undefined) return undefined;
  const branch = matches(schema.if) ? "then" : "else";
  const found = difference(schema[branch] ?? true, value);
  return found && within(found, branch);
}

function outside(size: number, unit: string, bounds: Readonly<Record<string, number | undefined>>) {
  for (const [keyword, bound] of Object.entries(bounds)) {
    const isLeast = keyword.startsWith("min");
    if (bound === undefined || (isLeast ? size >= bound : size <= bound)) continue;
    return at([keyword], () => `must have at ${isLeast ? "least" : "most"} ${bound} ${unit}`);
  }
  return undefined;
}

function isOfType(type: JsonType, value: unknown): boolean {
  switch (type) {
    case "null":
      return value === null;
    case "integer":
      return Number.isInteger(value);
    case "number":
      return Number.isFinite(value); // JSON.parse makes Infinity of 1e999
    case "array":
      return Array.isArray(value);
    case "object":
      return isObject(value);
    default:
      return typeof value === type;
  }
}

/** As JSON Schema compares (2020-12, core, 4.2.2): as deep as the schema's value is, which is bounded. */
function isEqual(wanted: unknown, value: unknown): boolean {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(value) || value.length !== wanted.length) return false;
    return wanted.every((each, index) => isEqual(each, value[index]));
  }
  if (!isObject(wanted)) return wanted === value;
  const names = Object.keys(wanted);
  if (!isObject(value) || Object.keys(value).length !== names.length) return false;
  return names.every((name) => Object.hasOwn(value, name) && isEqual(wanted[name], value[name]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function at(path: string[], message: () => string): Difference {
  return { path, message };
}

function within({ path, message }: Difference, ...outer: string[]): Difference {
  return { path: [...outer, ...path], message };
}
