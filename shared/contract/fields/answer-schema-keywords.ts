import { closest, distance } from "fastest-levenshtein";

/** What stands behind a keyword. */
export type KeywordForm =
  | "schema"
  | "schemas"
  | "named"
  | "type"
  | "values"
  | "value"
  | "names"
  | "count"
  | "number"
  | "step";

const forms: Readonly<Record<KeywordForm, readonly string[]>> = {
  schema: ["items", "contains", "additionalProperties", "not", "if", "then", "else"],
  schemas: ["prefixItems", "allOf", "anyOf", "oneOf"],
  named: ["properties"],
  type: ["type"],
  values: ["enum"],
  // Annotations say nothing about an answer; they may hold anything.
  value: "const title description default examples deprecated readOnly writeOnly format $comment".split(" "),
  names: ["required"],
  count: ["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"],
  number: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"],
  step: ["multipleOf"],
};
/** The form of each keyword that is matched, or kept as an annotation. */
export const formOf: ReadonlyMap<string, KeywordForm> = new Map(
  Object.entries(forms).flatMap(([form, names]) => names.map((name) => [name, form as KeywordForm])),
);
const known = [...formOf.keys()];

const writeOut = "write the schema out where it is used";
const noPattern = "regular expressions are not matched: use const, enum, minLength or maxLength";
const hints = new Map([
  ...["$ref", "$defs", "definitions", "$dynamicRef", "$recursiveRef", "$anchor"].map(
    (name) => [name, writeOut] as const,
  ),
  ...["pattern", "patternProperties", "propertyNames"].map((name) => [name, noPattern] as const),
  ["nullable", 'say "type": ["string", "null"]'],
  ["additionalItems", "say items, after prefixItems"],
  ["unevaluatedItems", "say items"],
  ["unevaluatedProperties", "say additionalProperties"],
]);

/** What to write instead of a keyword that is not matched. */
export function hintFor(name: string): string {
  const listed = hints.get(name);
  if (listed !== undefined) return listed;
  const found = name.length > 40 ? "" : closest(name, known);
  return found !== "" && distance(name, found) <= 2 ? `did you mean ${found}?` : `known keywords: ${known.join(", ")}`;
}
