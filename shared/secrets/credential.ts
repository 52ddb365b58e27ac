import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { closest, distance } from "fastest-levenshtein";
import type * as z from "zod";
import { AutomationError } from "../primitives/errors.ts";
import { Redacted } from "../primitives/redacted.ts";
import { authConfigStateKey } from "../records/credential/auth-config-state.ts";
import { secretBindingKey } from "../records/credential/secret-binding.ts";
import {
  type AuthConfigWrite,
  type AuthType,
  apiKeyWriteSchema,
  basicWriteSchema,
  customAuthWriteSchema,
  jwtWriteSchema,
  oauthWriteSchema,
} from "../ringcx/resources/auth-config.ts";
import type { StateTable } from "../state/table.ts";

/** This secret feeds this auth config. */
export interface SecretBinding {
  secretArn: string;
  connection: string;
  accountId: string;
  authConfigId: string;
  authType: AuthType;
  /** The auth config's name as far as the binding knows it; RingCX's own wins. */
  providerName: string | undefined;
}

/** Writes down which secret feeds an auth config, so that rotation finds it. Repeating it changes nothing. */
export async function bindSecret(table: StateTable, binding: SecretBinding): Promise<void> {
  const { secretArn, accountId, authConfigId } = binding;
  await table.update(secretBindingKey(secretArn, accountId, authConfigId), { ...binding });
}

/** Forgets a binding: rotation leaves the auth config alone from now on. */
export async function unbindSecret(
  table: StateTable,
  { secretArn, accountId, authConfigId }: Pick<SecretBinding, "secretArn" | "accountId" | "authConfigId">,
): Promise<void> {
  await table.delete(secretBindingKey(secretArn, accountId, authConfigId));
}

/**
 * Writes down that RingCX has a version of the secret, for an auth config that was just created or written whole.
 *
 * @param applied `at` is ISO 8601; `proof` as in rotation: `metadata` means that RingCX took it, `endpoint` that
 *   the endpoint accepted it
 */
export async function recordApplied(
  table: StateTable,
  { secretArn, accountId, authConfigId }: Pick<SecretBinding, "secretArn" | "accountId" | "authConfigId">,
  { versionId, at, proof }: { versionId: string; at: string; proof: "endpoint" | "metadata" | "none" },
): Promise<void> {
  await table.update(authConfigStateKey(accountId, authConfigId), {
    secretArn,
    appliedVersionId: versionId,
    appliedAt: at,
    proof,
    // Whatever rotation was doing: RingCX has this version now, so a rotation under way must not go on as if it had its own.
    status: "APPLIED",
  });
}

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

/** A version of a secret, read and checked for one type; each of its fields stays sealed. */
export interface Credential {
  authType: AuthType;
  versionId: string;
  fields: Readonly<Record<string, Redacted<unknown>>>;
}

/**
 * The text of one version of a secret.
 *
 * @param versionId @default the current one
 * @throws {AutomationError} `SECRET_NOT_TEXT`; the SDK's `ResourceNotFoundException` where there is none such
 */
export async function readSecret(
  secrets: SecretsManagerClient,
  secretId: string,
  versionId?: string,
): Promise<{ text: Redacted; versionId: string }> {
  const { SecretString, VersionId = "" } = await secrets.send(
    new GetSecretValueCommand({ SecretId: secretId, ...(versionId !== undefined && { VersionId: versionId }) }),
  );
  if (SecretString !== undefined) return { text: new Redacted(SecretString), versionId: VersionId };
  throw new AutomationError(`Version ${VersionId} of the secret is binary: store JSON text as its SecretString.`, {
    code: "SECRET_NOT_TEXT",
    details: { secretId, versionId: VersionId },
  });
}

/**
 * The credential in a secret's JSON, whose fields are RingCX's own for the type.
 *
 * @throws {AutomationError} `SECRET_INVALID`, naming every field that is missing, unknown or of the wrong form
 *   (also in `details.problems`). No value is ever shown.
 */
export function parseCredential(text: Redacted, authType: AuthType, versionId: string): Credential {
  const schema = schemas[authType];
  const result = schema.safeParse(parsed(text));
  if (result.success) {
    const fields = Object.entries(result.data).map(([name, value]) => [name, new Redacted<unknown>(value)]);
    return { authType, versionId, fields: Object.fromEntries(fields) };
  }
  const problems = result.error.issues.flatMap((issue) => explained(issue, Object.keys(schema.shape)));
  throw new AutomationError(`Version ${versionId} of the secret does not fit ${authType}: ${problems.join("; ")}.`, {
    code: "SECRET_INVALID",
    details: { versionId, authType, problems },
  });
}

/** What is sent to RingCX: the credential under the auth config's name. */
export function authConfigWrite(
  { authType, fields }: Credential,
  { providerName, description }: { providerName: string | undefined; description: string | undefined },
): AuthConfigWrite {
  // The fields were checked against the type's own schema, which the compiler cannot see through the sealing.
  return {
    authType,
    ...fields,
    ...(providerName !== undefined && { providerName }),
    ...(description !== undefined && { description }),
  } as AuthConfigWrite;
}

function parsed(text: Redacted): unknown {
  try {
    return JSON.parse(text.open()) as unknown;
  } catch {
    return undefined; // the parser's own message quotes the text
  }
}

function explained(issue: z.core.$ZodIssue, known: readonly string[]): string[] {
  if (issue.path.length === 0 && issue.code !== "unrecognized_keys") return ["it is not a JSON object"];
  if (issue.code !== "unrecognized_keys") return [`${issue.path.join(".")}: ${issue.message}`];
  return issue.keys.map((name) => `unknown field ${JSON.stringify(name)}${hint(name, known)}`);
}

function hint(name: string, known: readonly string[]): string {
  const nearest = name === "clientSecret" && known.includes("secret") ? "secret" : closest(name, known);
  return distance(name, nearest) <= Math.max(2, name.length / 2) || nearest === "secret"
    ? ` (did you mean ${nearest}?)`
    : ` (known: ${known.join(", ")})`;
}
