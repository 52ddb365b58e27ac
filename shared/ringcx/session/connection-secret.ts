import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import * as z from "zod";
import type { Clock } from "../../primitives/clock.ts";
import { AutomationError } from "../../primitives/errors.ts";
import { parseJson } from "../../primitives/json.ts";
import { Redacted } from "../../primitives/redacted.ts";

/** How long credentials are used before the secret is read again, in milliseconds. */
const cachedMs = 5 * 60_000;

const redacted = z
  .string()
  .min(1)
  .transform((value) => new Redacted(value));
/** What opens RingCX, as it is stored: JSON of these. */
export const connectionSecretSchema = z.object({ clientId: redacted, clientSecret: redacted, jwt: redacted });

/** The credentials of a connection, from Secrets Manager. */
export interface ConnectionSecret {
  /**
   * The credentials, at most five minutes old.
   *
   * @throws {AutomationError} `CONNECTION_SECRET_UNREADABLE`, or `CONNECTION_SECRET_INVALID` naming the fields
   *   that are missing; never a value.
   */
  read(): Promise<ConnectionCredentials>;
  /** The credentials were refused: the next read asks Secrets Manager. */
  invalidate(): void;
}

/** Reads a connection's secret when it is first needed and keeps its credentials for five minutes. */
export function createConnectionSecret({
  secretId,
  secrets,
  clock,
}: {
  secretId: string;
  secrets: Pick<SecretsManagerClient, "send">;
  clock: Clock;
}): ConnectionSecret {
  let cached: { credentials: ConnectionCredentials; until: number } | undefined;
  return {
    async read() {
      if (cached && clock.now() < cached.until) return cached.credentials;
      const credentials = parseCredentials(secretId, await secretString(secrets, secretId));
      cached = { credentials, until: clock.now() + cachedMs };
      return credentials;
    },
    invalidate() {
      cached = undefined;
    },
  };
}

async function secretString(
  secrets: Pick<SecretsManagerClient, "send">,
  secretId: string,
): Promise<string | undefined> {
  try {
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: secretId }));
    return SecretString;
  } catch (error) {
    const reason = error instanceof Error ? error.name : "unknown error";
    throw new AutomationError(
      `The connection's secret ${secretId} cannot be read: ${reason}. Check that it exists, has a value, and that the function may read it.`,
      { code: "CONNECTION_SECRET_UNREADABLE", retryable: true, details: { secretId, reason }, cause: error },
    );
  }
}

function parseCredentials(secretId: string, text: string | undefined): ConnectionCredentials {
  const result = connectionSecretSchema.safeParse(parseJson(text ?? "")?.value);
  if (result.success) return result.data;
  const missing = result.error.issues.map(({ path }) => String(path[0] ?? "the whole object"));
  throw new AutomationError(
    `The connection's secret ${secretId} must be JSON with "clientId", "clientSecret" and "jwt". Missing or empty: ${missing.join(", ")}.`,
    { code: "CONNECTION_SECRET_INVALID", details: { secretId, missing } },
  );
}

/** What opens RingCX, from the connection's secret. */
export interface ConnectionCredentials {
  clientId: Redacted<string>;
  clientSecret: Redacted<string>;
  jwt: Redacted<string>;
}
