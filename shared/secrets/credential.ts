import { closest, distance } from "fastest-levenshtein";
import type * as z from "zod";
import { canonicalUrl } from "../primitives/canonical-url.ts";
import { Confined, type Limits } from "../primitives/confined.ts";
import { AutomationError } from "../primitives/errors.ts";
import { matchesHost, plainUrl } from "../primitives/host-pattern.ts";
import { issueText } from "../primitives/issue-words.ts";
import { parseJsonObject } from "../primitives/json.ts";
import { hasTwins } from "../primitives/json-scan.ts";
import { toForm } from "../primitives/value-form.ts";
import {
  type AuthConfigWrite,
  type AuthType,
  apiKeyWriteSchema,
  basicWriteSchema,
  customAuthWriteSchema,
  jwtWriteSchema,
  oauthWriteSchema,
} from "../ringcx/resources/auth-config.ts";
import { formProblems, fromConsole, mended, notAnObject } from "./credential-form.ts";
import { fieldInWords } from "./field-names.ts";
import { secretTags } from "./secret-tags.ts";

/** A name is the auth config's, not the credential's. */
const unnamed = { providerName: true, description: true } as const;

const schemas = {
  APIKEY: apiKeyWriteSchema.omit(unnamed),
  BASIC: basicWriteSchema.omit(unnamed),
  OAUTH: oauthWriteSchema.omit(unnamed),
  JWT: jwtWriteSchema
    .omit(unnamed)
    .refine(({ secret, privateKey }) => secret !== undefined || privateKey !== undefined, {
      path: ["secret"],
      message: "either secret or privateKey is needed",
    }),
  CUSTOM_AUTH: customAuthWriteSchema.omit(unnamed),
} as const satisfies Record<AuthType, z.ZodType>;

/** A version of a secret, read and checked for one type; each of its fields stays confined to what the secret allows. */
export interface Credential {
  authType: AuthType;
  versionId: string;
  fields: Readonly<Record<string, Confined<unknown>>>;
  /** In words, what in it was put right because it can only be a slip of copying. */
  remarks: readonly string[];
}

/**
 * The credential in a secret's JSON, whose fields are RingCX's own for the type.
 *
 * @throws {AutomationError} `SECRET_INVALID`, naming every field that is missing, unknown, of the wrong form, or that no
 *   endpoint could accept (see {@link formProblems}), and every place it names that the secret's tag does not
 *   (also in `details.problems`). No value is ever shown, and no unknown name that may be one (see {@link fieldInWords}).
 */
export function parseCredential(text: Confined<string>, authType: AuthType, versionId: string): Credential {
  const schema = schemas[authType];
  const remarks: string[] = [];
  const examined = text.examine((json) => {
    const stored = parseJsonObject(json);
    if (stored === undefined) return { problems: [notAnObject(json)] };
    if (hasTwins(json)) return { problems: ["a field is there twice: which one counts, nobody can say"] };
    const value = fromConsole(stored);
    const result = schema.safeParse(value);
    if (!result.success) {
      const problems = result.error.issues.flatMap((issue) => explained(issue, value, Object.keys(schema.shape)));
      // All at once: what is wrong with the fields that the schema has nothing to say about.
      const told = new Set(result.error.issues.map(({ path: [name] }) => String(name)));
      const others = formProblems(authType, mended(value).fields);
      return { problems: [...problems, ...others.filter((problem) => !told.has(problem.replace(/\W.*/s, "")))] };
    }
    const { fields, remarks: slips } = mended(result.data);
    remarks.push(...slips);
    const problems = [...formProblems(authType, fields), ...placeProblems(fields, text.limits)];
    return problems.length > 0 ? { problems } : { value: fields, tokenUrl: tokenUrlOf(fields) };
  });
  if ("found" in examined) return { authType, versionId, fields: Confined.fieldsOf(examined.found), remarks };
  const { problems } = examined;
  throw new AutomationError(`Version ${versionId} of the secret does not fit ${authType}: ${problems.join("; ")}.`, {
    code: "SECRET_INVALID",
    details: { versionId, authType, problems },
  });
}

/** Fields that tell RingCX a place to which it sends the credential. */
const places = ["tokenUrl", "allowedBaseUrl"];

/** A place that the secret's value names, and its tag `ringcx:hosts` does not: whoever may put a version may not move it. */
function placeProblems(fields: object, { hosts }: Pick<Limits, "hosts">): string[] {
  const given = Object.entries(fields).filter(([name]) => places.includes(name));
  return given.flatMap(([name, value]) => {
    const canonical = canonicalUrl(value);
    if ("message" in canonical) return [`${name}: ${canonical.message} (${canonical.hint})`];
    const url = plainUrl(canonical.url);
    if (url && hosts.some((host) => matchesHost(url, host))) return [];
    return [
      `${name}: its host is not named by the secret's tag ${secretTags.hosts} (which names ${hosts.join(" ") || "none"}); whoever owns the secret can add it, if RingCX may send the credential there`,
    ];
  });
}

/** The secret itself says where its OAuth client gets tokens; no message can. */
function tokenUrlOf(fields: object): string | undefined {
  return (fields as { tokenUrl?: string }).tokenUrl;
}

/** What is sent to RingCX: the credential under the auth config's name. */
export function authConfigWrite(
  { authType, fields }: Credential,
  { providerName, description }: { providerName: string | undefined; description: string | undefined },
): AuthConfigWrite {
  // The fields were checked against the type's own schema, which the compiler cannot see through the wrapping.
  return {
    authType,
    ...fields,
    ...(providerName !== undefined && { providerName }),
    ...(description !== undefined && { description }),
  } as AuthConfigWrite;
}

/** @param value of the whole secret: nothing of it is shown */
function explained(issue: z.core.$ZodIssue, value: unknown, known: readonly string[]): string[] {
  if (issue.code !== "unrecognized_keys") {
    const given = issue.path.reduce(fieldOf, value);
    return [`${issue.path.join(".")}: ${fieldWords(issue, given)}`];
  }
  const fields = issue.path.reduce(fieldOf, value);
  return issue.keys.map((name) => {
    const words = fieldInWords(name, fieldOf(fields, name), known);
    const isShown = words.includes(JSON.stringify(name));
    return `unknown ${words.replace(/^(the|a) /, "")}${isShown ? hint(name, known) : ` (known: ${known.join(", ")})`}`;
  });
}

/** @param given what stands there: nothing of it is shown */
function fieldWords(issue: z.core.$ZodIssue, given: unknown): string {
  // What may be left out may be empty.
  if (given === "" && issue.code === "too_small") return "is empty: give it a value";
  if (issue.code !== "invalid_type") return issueText(issue);
  const expected = `expected ${issue.expected === "array" ? "a list" : issue.expected}`;
  if (given === undefined) return `is missing, ${expected}: add it`;
  return `is of another type, ${expected}: ${correction(issue.expected, given)}`;
}

/** What to do about a value of another type. */
function correction(expected: string, given: unknown): string {
  if (expected === "string" && typeof given === "number") return "put it between quotes";
  const isTextOfObject = expected === "string" && typeof given === "object" && given !== null;
  return isTextOfObject ? "write it as text (its JSON in a string)" : `correct it${toForm(expected)}`;
}

function fieldOf(value: unknown, name: PropertyKey): unknown {
  return (Object(value) as Readonly<Record<PropertyKey, unknown>>)[name];
}

function hint(name: string, known: readonly string[]): string {
  const nearest = name === "clientSecret" && known.includes("secret") ? "secret" : closest(name, known);
  return distance(name, nearest) <= Math.max(2, name.length / 2) || nearest === "secret"
    ? ` (did you mean ${nearest}?)`
    : ` (known: ${known.join(", ")})`;
}
