import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { Confined } from "../../../shared/primitives/confined.ts";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import { parseJsonObject } from "../../../shared/primitives/json.ts";
import { fromConsole } from "../../../shared/secrets/credential-form.ts";
import { readSecret, type SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { SecretUnreadableError } from "../../../shared/secrets/unusable-secret.ts";

/** Whether two versions have one credential; `UNKNOWN` where that cannot be told. */
export type Likeness = "SAME" | "OTHER" | "UNKNOWN";

/** A version, and whether it is one that may not have been given a value yet: that has no credential. */
interface Compared {
  versionId: string;
  mayBeEmpty: boolean;
}

/**
 * Compares what two versions of a secret have for a credential, in memory: no value, and no digest of one, leaves this file. What
 * stands beside it (a token URL, a user name) makes no other credential of it.
 */
export async function compareCredentials(
  secrets: SecretsManagerClient,
  secret: Pick<SecretDescription, "arn" | "tags" | "readAt">,
  ...versions: readonly [Compared, Compared]
): Promise<Likeness> {
  const [one, other] = await Promise.all(versions.map((version) => readValues(secrets, secret, version)));
  if (one === "EMPTY" || other === "EMPTY") return "OTHER";
  if (!one || !other) return "UNKNOWN";
  const isSame = Confined.compare(one, other, (values, others) => values.some((value) => others.includes(value)));
  return isSame ? "SAME" : "OTHER";
}

/** The fields that hold what a holder of a credential knows, of every type. */
const secretFields = ["apiKey", "password", "secret", "privateKey", "inputParams"];

async function readValues(
  secrets: SecretsManagerClient,
  secret: Pick<SecretDescription, "arn" | "tags" | "readAt">,
  { versionId, mayBeEmpty }: Compared,
): Promise<Confined<readonly string[]> | "EMPTY" | undefined> {
  try {
    const { text } = await readSecret(secrets, secret, versionId);
    const examined = text.examine((json) => {
      const values = valuesOf(json);
      return values.length > 0 ? { value: values } : { problems: ["no credential"] };
    });
    return "found" in examined ? examined.found : undefined;
  } catch (error) {
    if (!(error instanceof AutomationError)) throw error;
    const hasNoValue = error instanceof SecretUnreadableError && error.details.error === "ResourceNotFoundException";
    return hasNoValue && mayBeEmpty ? "EMPTY" : undefined;
  }
}

function valuesOf(json: string): readonly string[] {
  const fields = fromConsole(parseJsonObject(json));
  if (typeof fields !== "object" || fields === null) return [];
  return Object.entries(fields).flatMap(([name, value]: [string, unknown]) => {
    if (!secretFields.includes(name) || value === undefined || value === null || value === "") return [];
    // Blanks around it are a slip of copying.
    return [typeof value === "string" ? value.trim() : JSON.stringify(value)];
  });
}
