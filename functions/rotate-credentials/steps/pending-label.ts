import { type SecretsManagerClient, UpdateSecretVersionStageCommand } from "@aws-sdk/client-secrets-manager";
import type { AuthRecord } from "../../../shared/records/credential/auth-config-state.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import type { RotationContext } from "./rotation-context.ts";
/**
 * Takes AWSPENDING off a version. Left on one that is not the current one, now or when the next version is put, it
 * would keep Secrets Manager from beginning another rotation.
 */
export async function dropPending(
  { secrets }: { secrets: SecretsManagerClient },
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

/** A version of a rotation that is over, and still has the label that keeps the next one from beginning. */
export function isLeftPending(
  { pending, current }: Pick<SecretDescription, "pending" | "current">,
  records: readonly AuthRecord[],
): boolean {
  return (
    pending !== undefined &&
    pending !== current &&
    records.some(
      ({ state, failure, superseded }) =>
        state.kind !== "ROTATING" &&
        (failure?.versionId === pending || superseded.some(({ versionId }) => versionId === pending)),
    )
  );
}
