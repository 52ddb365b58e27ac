import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { crmIssuer } from "./crm-issuer.ts";

const secrets = new SecretsManagerClient({});
const setting = (name: string): string => {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
};

/** The issuer as a Lambda function: the admin API's own token is read from a secret each time, and kept nowhere. */
export const handler = crmIssuer({
  url: setting("CRM_ADMIN_URL"),
  clientId: setting("CRM_CLIENT_ID"),
  async adminToken() {
    const { SecretString = "" } = await secrets.send(
      new GetSecretValueCommand({ SecretId: setting("CRM_ADMIN_SECRET_ID") }),
    );
    return SecretString;
  },
});
