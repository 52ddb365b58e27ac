import { randomBytes } from "node:crypto";
import { CreateSecretCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { CrmEndpoint } from "./crm-endpoint.ts";

/** Makes secrets of these values, all with the same tags. */
export async function createSecrets(
  secrets: SecretsManagerClient,
  values: Readonly<Record<string, string>>,
  tags: Readonly<Record<string, string>>,
): Promise<void> {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  for (const [Name, SecretString] of Object.entries(values)) {
    await secrets.send(new CreateSecretCommand({ Name, SecretString, Tags }));
  }
}

/** The secret's JSON, in RingCX's own field names for an OAUTH auth config. */
export function crmCredential(crm: CrmEndpoint, clientSecret: string): string {
  return JSON.stringify({
    clientId: crm.clientId,
    secret: clientSecret,
    tokenUrl: `${crm.url}/oauth/token`,
    grantType: "CLIENT_CREDENTIALS",
    clientCredentialsSupplyIn: "BODY",
  });
}

/** Secrets of the other auth types, for messages that name them; no endpoint here asks for them. */
export function otherCredentials(): Record<string, string> {
  const secret = () => randomBytes(16).toString("hex");
  return {
    "crm/api-key": JSON.stringify({ apiKey: secret() }),
    "crm/basic": JSON.stringify({ username: "ringcx-service", password: secret() }),
    "crm/jwt": JSON.stringify({ algorithm: "HS256", payload: "{}", addTokenTo: "REQUEST_HEADER", secret: secret() }),
    "crm/custom": JSON.stringify({ wcgFunctionId: "lookup-signature" }),
  };
}
