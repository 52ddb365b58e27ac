import { closest, distance } from "fastest-levenshtein";
import * as z from "zod";
import { expectedAnother, issueText } from "../primitives/issue-words.ts";
import { toForm } from "../primitives/value-form.ts";
import { storeAndChangeCredential } from "./credentials/credential-advice.ts";
import type { Problem } from "./outcome.ts";

/** Names under which people put a credential into a message. */
const credentialNames =
  /^(apiKey|password|httpPassword|httpUsername|username|secret|clientId|clientSecret|client_secret|secretString|privateKey|assertion|token|accessToken|credentials?)$/i;

/** Most problems that are reported of one message. */
const mostProblems = 50;

/**
 * What is wrong with a message, each with its path, what is expected and how to mend it. No value is ever shown:
 * it may be a credential that does not belong there.
 *
 * @param schema what the message was checked against, to find the name that was meant
 * @param message the message as it came
 * @param isMessage whether it is one: in props and options a field of a credential's name is any unknown field
 */
export function messageProblems(
  { issues }: z.ZodError,
  schema: z.ZodType,
  message: unknown,
  { isMessage = true }: { isMessage?: boolean } = {},
): Problem[] {
  const problems = issues.flatMap((issue) => explained(issue, schema, message, isMessage));
  if (problems.length <= mostProblems) return problems;
  const more = problems.length - mostProblems;
  const hint = "mend those above first";
  return [...problems.slice(0, mostProblems), { path: "", message: `and ${more} more problems`, hint }];
}

/** `data.resources[0].groupName` */
export function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    // A name with nothing in it, or with blanks, would not be seen.
    if (!/\S/.test(String(part))) return `${text}[${JSON.stringify(String(part))}]`;
    return text === "" ? String(part) : `${text}.${String(part)}`;
  }, "");
}

function explained(issue: z.core.$ZodIssue, schema: z.ZodType, message: unknown, isMessage: boolean): Problem[] {
  const path = pathText(issue.path);
  const isThere = valueAt(message, issue.path) !== undefined;
  const hint = (isGiven: boolean, form = "") => fieldHint({ isThere: isGiven, form }, issue.path, schema, message);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((name) => {
        const known = shapeAt(schema, issue.path, message);
        const path = [...issue.path, name];
        return (isMessage && credentialField(path, name, known)) || unknownField(path, name, known);
      });
    case "invalid_union": {
      const options = optionsAt(schema, issue.path.slice(0, -1), message);
      if (options.length === 0 || issue.errors.length > 0) {
        return [{ path, message: unionText(issue), hint: hint(true) }];
      }
      const expected = `expected one of ${options.join(", ")}`;
      return [{ path, message: isThere ? expected : `is missing: ${expected}`, hint: hint(isThere) }];
    }
    case "invalid_type": {
      const text = `${isThere ? "" : "is missing: "}expected ${issue.expected}`;
      return [{ path, message: text, hint: hint(isThere, toForm(issue.expected)) }];
    }
    case "invalid_key":
      return [{ path, message: issueText(issue.issues[0] ?? issue), hint: "write the name so" }];
    default: {
      const own = issue.code === "custom" ? issue.params?.hint : undefined;
      const text = expectation(issue);
      // What a check of the whole finds here may be something else than that nothing stands here.
      const isMissing = !isThere && text.startsWith("expected ");
      return [
        {
          path,
          message: isMissing ? `is missing: ${text}` : text,
          hint: typeof own === "string" ? own : hint(!isMissing && !text.startsWith("is missing")),
        },
      ];
    }
  }
}

/** What to do about a field, and what it is for, as far as its schema says that. */
function fieldHint(
  { isThere, form }: { isThere: boolean; form: string },
  path: readonly PropertyKey[],
  schema: z.ZodType,
  message: unknown,
): string {
  const about = descriptionAt(schema, path, message);
  return `${isThere ? `correct it${form}` : "add it"}${about === undefined ? "" : `; its description: "${about}"`}`;
}

/** Types are called as JSON calls them: a message is written in it. */
function expectation(issue: z.core.$ZodIssue): string {
  return issue.code === "invalid_type" ? `expected ${issue.expected}` : issueText(issue);
}

function unionText({ errors }: z.core.$ZodIssueInvalidUnion): string {
  const expected = errors.flatMap(([first]) => (first ? [expectation(first as z.core.$ZodIssue)] : []));
  // Of one that says no more than that, nothing is told.
  const words = expected.filter((text) => text !== expectedAnother);
  return words.length === 0 ? expectedAnother : [...new Set(words)].join(", or ");
}

function credentialField(path: readonly PropertyKey[], name: string, known: readonly string[]): Problem | undefined {
  if (!credentialNames.test(name) || known.includes(name)) return undefined;
  return {
    path: pathText(path),
    message: "belongs to a credential, which a message never carries",
    hint: storeAndChangeCredential,
  };
}

function unknownField(path: readonly PropertyKey[], name: string, known: readonly string[]): Problem {
  const nearest = known.length > 0 ? closest(name, known) : "";
  const isNear = nearest !== "" && distance(name.toLowerCase(), nearest.toLowerCase()) <= Math.max(2, name.length / 3);
  return {
    path: pathText(path),
    message: "is not a known field",
    hint: isNear ? `did you mean ${nearest}?` : `known fields: ${known.join(", ")}`,
  };
}

/** Names of the fields that the schema knows at a place of the message. */
function shapeAt(schema: z.ZodType, path: readonly PropertyKey[], message: unknown): readonly string[] {
  const found = schemaAt(schema, path, message);
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

/** What a discriminator may be at a place of the message. */
function optionsAt(schema: z.ZodType, path: readonly PropertyKey[], message: unknown): readonly string[] {
  const unions = unionsAt(schema, path, message);
  const innermost = unions.at(-1);
  return innermost ? [...(innermost._zod.propValues[innermost.def.discriminator] ?? [])].map(String) : [];
}

function unionsAt(schema: z.ZodType, path: readonly PropertyKey[], message: unknown): z.ZodDiscriminatedUnion[] {
  let at: z.ZodType | undefined = schema;
  let value = message;
  let unions: z.ZodDiscriminatedUnion[] = [];
  for (const part of [...path, undefined]) {
    unions = [];
    at = unwrapped(at);
    while (at instanceof z.ZodDiscriminatedUnion) {
      unions.push(at);
      at = unwrapped(chosen(at, value));
    }
    if (part === undefined) break;
    at = child(at, part);
    value = valueAt(value, [part]);
  }
  return unions;
}

function schemaAt(schema: z.ZodType, path: readonly PropertyKey[], message: unknown): z.ZodType | undefined {
  let at: z.ZodType | undefined = schema;
  let value = message;
  for (const part of path) {
    at = child(resolved(at, value), part);
    value = valueAt(value, [part]);
  }
  return resolved(at, value);
}

/** What the schema says about a field, on whichever of its layers. */
function descriptionAt(schema: z.ZodType, path: readonly PropertyKey[], message: unknown): string | undefined {
  const name = path.at(-1);
  if (name === undefined) return undefined;
  let at = child(schemaAt(schema, path.slice(0, -1), message), name);
  while (at && at.description === undefined && at !== unwrapped(at)) at = (at as z.ZodOptional).unwrap() as z.ZodType;
  return at?.description;
}

function resolved(schema: z.ZodType | undefined, value: unknown): z.ZodType | undefined {
  const inner = unwrapped(schema);
  return inner instanceof z.ZodDiscriminatedUnion ? resolved(chosen(inner, value), value) : inner;
}

function child(schema: z.ZodType | undefined, part: PropertyKey): z.ZodType | undefined {
  if (schema instanceof z.ZodArray) return schema.element as z.ZodType;
  if (schema instanceof z.ZodRecord) return schema.valueType as z.ZodType;
  return schema instanceof z.ZodObject ? (schema.shape[String(part)] as z.ZodType | undefined) : undefined;
}

/** What stands around a schema without changing which fields it knows. */
const wrappers = [z.ZodOptional, z.ZodDefault, z.ZodPrefault, z.ZodNullable, z.ZodReadonly] as const;

function unwrapped(schema: z.ZodType | undefined): z.ZodType | undefined {
  return wrappers.some((kind) => schema instanceof kind)
    ? unwrapped((schema as z.ZodOptional).def.innerType as z.ZodType)
    : schema;
}

function chosen(union: z.ZodDiscriminatedUnion, value: unknown): z.ZodType | undefined {
  const { discriminator } = union.def;
  const given = valueAt(value, [discriminator]);
  return union.options.find((option) => option._zod.propValues?.[discriminator]?.has(given as z.core.util.Primitive)) as
    | z.ZodType
    | undefined;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, part) => (typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[part] : undefined),
    value,
  );
}
