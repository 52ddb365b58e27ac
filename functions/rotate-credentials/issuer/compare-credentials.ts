import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { Confined } from "../../../shared/primitives/confined.ts";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import type { IssuedCredential } from "../../../shared/records/credential/issued-credential.ts";
import { readSecret, type SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { SecretUnreadableError } from "../../../shared/secrets/unusable-secret.ts";
import { type CredentialValue, credentialValues } from "./credential-values.ts";

/**
 * Whether two versions have one credential; `UNKNOWN` where that cannot be told, and `UNREADABLE` where it cannot as long as
 * Secrets Manager does not let us read them.
 */
export type Likeness = "SAME" | "OTHER" | "UNKNOWN" | "UNREADABLE";

/** Whether two versions of a secret have one credential, as far as the issuer's names for it tell. */
export function compareIds(
  credentials: readonly Pick<IssuedCredential, "versionId" | "credentialId">[],
  one: string,
  other: string,
): Likeness {
  const idOf = (version: string) => credentials.find(({ versionId }) => versionId === version)?.credentialId;
  const [id, otherId] = [idOf(one), idOf(other)];
  if (one === other) return "SAME";
  if (id === undefined || otherId === undefined) return "UNKNOWN";
  return id === otherId ? "SAME" : "OTHER";
}

/** A version, and whether it is one that may not have been given a value yet: that has no credential. */
interface Compared {
  versionId: string;
  mayBeEmpty: boolean;
}

/**
 * Compares what two versions of a secret have for a credential, however it is written, in memory: no value, and no digest of one,
 * leaves it. `SAME` where all that the one has the other has, too; `UNKNOWN` where they share some of it, or either is
 * no credential, or gone.
 */
export async function compareCredentials(
  secrets: SecretsManagerClient,
  secret: Pick<SecretDescription, "arn" | "tags" | "readAt">,
  ...versions: readonly [Compared, Compared]
): Promise<Likeness> {
  const [one, other] = await Promise.all(versions.map((version) => readText(secrets, secret, version)));
  if (one === "EMPTY" || other === "EMPTY") return "OTHER";
  if (one === "UNREADABLE" || other === "UNREADABLE") return "UNREADABLE";
  if (!one || !other) return "UNKNOWN";
  return likenessOf(one, other);
}

/** Whether a version was given no value: nobody can have its credential. */
export async function isEmpty(
  secrets: SecretsManagerClient,
  secret: Pick<SecretDescription, "arn" | "tags" | "readAt">,
  versionId: string,
): Promise<boolean> {
  return (await readText(secrets, secret, { versionId, mayBeEmpty: true })) === "EMPTY";
}

/** The same of two secrets' texts. */
export function likenessOf(one: Confined<string>, other: Confined<string>): Likeness {
  const [values, others] = [valuesIn(one), valuesIn(other)];
  if (!values || !others) return "UNKNOWN";
  if (Confined.compare(values, others, isWithin) || Confined.compare(others, values, isWithin)) return "SAME";
  return Confined.compare(values, others, shareOne) ? "UNKNOWN" : "OTHER";
}

/** So many former versions are compared, the last: Secrets Manager keeps the values of older ones not for long. */
export const mostCompared = 10;

/** The first of some versions that has a text's credential; what cannot be read, or has no value, is passed over. */
export async function versionWith(
  secrets: SecretsManagerClient,
  secret: Pick<SecretDescription, "arn" | "tags" | "readAt">,
  text: Confined<string>,
  versionIds: Iterable<string>,
): Promise<string | undefined> {
  for (const versionId of versionIds) {
    const other = await readText(secrets, secret, { versionId, mayBeEmpty: true });
    if (typeof other === "object" && likenessOf(text, other) === "SAME") return versionId;
  }
  return undefined;
}

type Values = readonly CredentialValue[];

/** As short a value is a flag or a figure that many share, in characters. */
const shortest = 4;

const isAmong = (others: Values) => (value: CredentialValue) =>
  others.some((other) => other.some((form) => value.includes(form)));
const isWithin = (values: Values, others: Values) => values.every(isAmong(others));
const shareOne = (values: Values, others: Values) =>
  values.filter((forms) => forms.some(({ length }) => length >= shortest)).some(isAmong(others));

function valuesIn(text: Confined<string>): Confined<Values> | undefined {
  const examined = text.examine((json) => {
    const values = credentialValues(json);
    return values ? { value: values } : { problems: ["no credential"] };
  });
  return "found" in examined ? examined.found : undefined;
}

async function readText(
  secrets: SecretsManagerClient,
  secret: Pick<SecretDescription, "arn" | "tags" | "readAt">,
  { versionId, mayBeEmpty }: Compared,
): Promise<Confined<string> | "EMPTY" | "UNREADABLE" | undefined> {
  try {
    return (await readSecret(secrets, secret, versionId)).text;
  } catch (error) {
    if (!(error instanceof AutomationError)) throw error;
    if (!(error instanceof SecretUnreadableError)) return undefined;
    if (error.details.error !== "ResourceNotFoundException") return "UNREADABLE";
    return mayBeEmpty ? "EMPTY" : undefined;
  }
}
