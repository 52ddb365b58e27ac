import type * as z from "zod";

type Issue = z.core.$ZodRawIssue;
type OfCode<Code extends string> = Extract<Issue, { code: Code }>;

/** What a value is, in words; of JavaScript's own names those that people who write settings use. */
const kinds: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

const formats: Readonly<Record<string, string>> = {
  email: "an e-mail address",
  url: "a URL",
  uuid: "a UUID",
  datetime: "a time such as 2026-01-31T08:00:00Z",
};

/** Where nothing more can be said. */
export const expectedAnother = "expected another value";

/**
 * What was expected, for everything that a schema can find: the validator's own words never come through. Those that a
 * schema has for one of its fields come before these.
 */
const words: { readonly [Code in Issue["code"]]: (issue: OfCode<Code>) => string } = {
  invalid_type: ({ expected }) => `expected ${kinds[expected] ?? expected}`,
  invalid_value: ({ values }) =>
    `expected ${values.length > 1 ? "one of " : ""}${values.map((value) => JSON.stringify(value)).join("|")}`,
  invalid_format: ({ format }) => `expected ${formats[format] ?? "a text of another form"}`,
  too_small: ({ origin, minimum, inclusive }) => {
    if (origin === "string") return minimum === 1 ? "expected a text that is not empty" : atLeast(minimum, "character");
    if (origin === "array" || origin === "set" || origin === "object") return atLeast(minimum, "entry", "entries");
    return inclusive ? `expected ${minimum} or more` : `expected more than ${minimum}`;
  },
  too_big: ({ origin, maximum, inclusive }) => {
    if (origin === "string") return `expected at most ${maximum} characters`;
    if (origin === "array" || origin === "set" || origin === "object") return `expected at most ${maximum} entries`;
    return inclusive ? `expected ${maximum} or less` : `expected less than ${maximum}`;
  },
  not_multiple_of: ({ divisor }) => `expected a multiple of ${divisor}`,
  unrecognized_keys: ({ keys }) => `has no field ${keys.map((key) => JSON.stringify(key)).join(", ")}`,
  invalid_union: () => expectedAnother,
  invalid_key: () => "expected another name",
  invalid_element: () => "expected another entry",
  custom: () => expectedAnother,
};

function atLeast(count: number | bigint, one: string, many = `${one}s`): string {
  return `expected at least ${count === 1 || count === 1n ? `one ${one}` : `${count} ${many}`}`;
}

/** The words of one issue, as `safeParse(value, { error: expectation })` takes them. */
export function expectation(issue: Issue): string {
  return (words[issue.code] as (issue: Issue) => string)(issue);
}

/** How the validator begins its own sentences. Source: zod's `locales/en`. */
const itsOwn = /^(Invalid|Too big|Too small|Unrecognized key)/;

/**
 * What an issue says to people: a schema's own words, or ours. Whoever tells a person of an issue asks here, and nowhere else:
 * the validator's sentences speak of its types, not of what somebody wrote.
 */
export function issueText(issue: z.core.$ZodIssue): string {
  return itsOwn.test(issue.message) ? expectation(issue as Issue) : issue.message;
}
