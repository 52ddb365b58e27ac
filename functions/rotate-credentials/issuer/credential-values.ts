import { createPublicKey } from "node:crypto";
import { parseJsonObject } from "../../../shared/primitives/json.ts";
import { hasTwins } from "../../../shared/primitives/json-scan.ts";
import { fromConsole, mended, parsedKey } from "../../../shared/secrets/credential-form.ts";

type Fields = Readonly<Record<string, unknown>>;

/** The fields that hold what a holder of a credential knows, of every type. */
const secretFields = ["apiKey", "password", "secret", "privateKey", "assertion"];

/** Something that a holder of a credential knows, in every form in which it is the same thing. */
export type CredentialValue = readonly string[];

/**
 * What a holder of a credential knows, each in forms that it has however it is written: a private key by its public one,
 * a shared secret by its bytes, each parameter by its value. What only stands beside it (a token URL, a user name) is none of it.
 *
 * @returns `undefined` where nobody can say what the credential is
 */
export function credentialValues(json: string): readonly CredentialValue[] | undefined {
  const stored = parseJsonObject(json);
  if (stored === undefined || hasTwins(json)) return undefined;
  const fields = fromConsole(stored);
  const values = Object.entries(mended(fields).fields).flatMap((field) => valuesOf(field, fields));
  return values.length > 0 && values.every((value) => value !== undefined) ? values : undefined;
}

/** The values of the fields that are secret by their names, as they are written. */
export function secretTexts(fields: Fields): readonly string[] {
  return Object.entries(fields).flatMap(([name, value]) =>
    secretFields.includes(name) && typeof value === "string" ? [value] : [],
  );
}

function valuesOf([name, value]: [string, unknown], fields: Fields): readonly (CredentialValue | undefined)[] {
  if (value === undefined || value === null || value === "") return [];
  if (name === "inputParams") return Array.isArray(value) ? value.map(parameterValue) : [[JSON.stringify(value)]];
  if (!secretFields.includes(name) || isUnused(name, fields)) return [];
  if (typeof value !== "string") return [[JSON.stringify(value)]];
  if (name === "privateKey") return [publicKeyOf(value)];
  // Blanks around it are a slip of copying.
  const text = latin1(value.trim());
  // Base64 of either alphabet, padded or not. Also as it is written: whoever has the text has the secret.
  const isEncoded = name === "secret" && fields.isSecretEncoded === true;
  return [isEncoded ? [Buffer.from(text, "base64").toString("latin1"), text] : [text]];
}

/** RFC 7518, 3.1: what signs is the shared secret or the private key, as the algorithm says; the other one is left over. */
function isUnused(name: string, { algorithm, secret, privateKey }: Fields): boolean {
  const isShared = /^HS/.test(String(algorithm));
  if (name === "privateKey") return isShared && Boolean(secret);
  return name === "secret" && /^(RS|PS|ES)/.test(String(algorithm)) && Boolean(privateKey);
}

function publicKeyOf(pem: string): CredentialValue | undefined {
  const key = parsedKey(pem);
  return key && [createPublicKey(key).export({ type: "spki", format: "der" }).toString("base64")];
}

function parameterValue(parameter: unknown): CredentialValue {
  const isNamed = typeof parameter === "object" && parameter !== null && "value" in parameter;
  const value = isNamed ? parameter.value : parameter;
  return [typeof value === "string" ? latin1(value.trim()) : JSON.stringify(value)];
}

/** The bytes of a text, one character each, so that a text and what is decoded from Base64 compare. */
function latin1(text: string): string {
  return Buffer.from(text).toString("latin1");
}
