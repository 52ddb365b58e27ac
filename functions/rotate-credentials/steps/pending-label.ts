import { UpdateSecretVersionStageCommand } from "@aws-sdk/client-secrets-manager";
import type { NativeParts, RotationContext } from "./rotation-context.ts";
/**
 * Takes AWSPENDING off a version. Left on one that is not the current one, now or when the next version is put, it
 * would keep Secrets Manager from beginning another rotation.
 */
export async function dropPending(
  { secrets }: Pick<NativeParts, "secrets">,
  { secret, token }: Pick<RotationContext, "secret" | "token">,
): Promise<void> {
  if (secret.pending !== token) return;
  await secrets.send(
    new UpdateSecretVersionStageCommand({
      SecretId: secret.arn,
      VersionStage: "AWSPENDING",
      RemoveFromVersionId: token,
    }),
  );
}
