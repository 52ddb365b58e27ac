import { PutSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { EnvironmentInput } from "../../infra/environments.ts";
import type { CrmEndpoint } from "../../infra/local/demo/crm-endpoint.ts";
import type { RingCxSimulator } from "../../infra/local/ringcx-simulator/server.ts";

/** The settings of an environment at the emulator, with one account of a RingCX of this machine, and an endpoint there. */
export function plainEnvironment(
  name: string,
  region: string,
  { accountId, url: ringcxUrl, platformUrl }: RingCxSimulator,
  crm: CrmEndpoint,
): EnvironmentInput {
  return {
    name,
    account: "000000000000",
    region,
    connections: [{ name: "local", accountIds: [accountId], ringcxUrl, platformUrl }],
    probe: { allowedHosts: [crm.host], allowPrivateAddresses: true, allowHttp: true },
  };
}

/** The login's value goes into the deployed secret, as the step of docs/deploying.md has it. */
export async function putLogin(
  secrets: SecretsManagerClient,
  { clientId, clientSecret, jwt }: RingCxSimulator,
  outputs: Readonly<Record<string, string>>,
): Promise<void> {
  const SecretString = JSON.stringify({ clientId, clientSecret, jwt });
  await secrets.send(new PutSecretValueCommand({ SecretId: outputs.ConnectionSecretArnLocal ?? "", SecretString }));
}
