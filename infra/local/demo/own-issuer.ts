import { RotateSecretCommand, type SecretsManagerClient, TagResourceCommand } from "@aws-sdk/client-secrets-manager";
import { localAccount } from "../gateway/messaging.ts";
import type { LocalHost } from "../host.ts";

/** The region of the demonstration. */
export const region = "us-east-1";

const functionName = "issuer";

/** The function that an issuer of one's own runs as: what the environment's setting and the secrets' tags name. */
export const issuerArn = `arn:aws:lambda:${region}:${localAccount}:function:${functionName}`;

/**
 * Runs an issuer of one's own as the Lambda function that it is when deployed: rotation calls it by Lambda's `Invoke`, under
 * its role. The secrets name it, and are rotated by the automation's function from now on.
 *
 * @param file exports a Lambda `handler` (docs/rotation.md, "The issuer")
 */
export async function runIssuer(
  host: LocalHost,
  secrets: SecretsManagerClient,
  { file, secretNames }: { file: string; secretNames: readonly string[] },
): Promise<void> {
  host.addFunction(functionName, { file });
  for (const SecretId of secretNames) {
    await secrets.send(new TagResourceCommand({ SecretId, Tags: [{ Key: "ringcx:issuer", Value: issuerArn }] }));
    const RotationLambdaARN = host.outputs.RotationFunctionArn;
    await secrets.send(new RotateSecretCommand({ SecretId, RotationLambdaARN, RotateImmediately: false }));
  }
}
