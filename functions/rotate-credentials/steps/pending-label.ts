import { type SecretsManagerClient, UpdateSecretVersionStageCommand } from "@aws-sdk/client-secrets-manager";
import type { CredentialRecord } from "../../../shared/records/credential/auth-config-state.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { SecretNotWrittenError } from "../../../shared/secrets/unusable-secret.ts";

/** Why a rotation did not begin: its version is somebody else's, and so is the label on it. */
export const strangersVersionCode = "ROTATION_STRANGERS_VERSION";

/**
 * Takes AWSPENDING off a version, if it has it. Left on one that is not the current one, now or when the next version
 * is put, it would keep Secrets Manager from beginning another rotation.
 *
 * @throws {SecretNotWrittenError}
 */
export async function removePendingLabel(
  secrets: SecretsManagerClient,
  { arn, pending }: Pick<SecretDescription, "arn" | "pending">,
  versionId: string,
): Promise<void> {
  if (pending !== versionId) return;
  const request = { SecretId: arn, VersionStage: "AWSPENDING", RemoveFromVersionId: versionId };
  await secrets
    .send(new UpdateSecretVersionStageCommand(request))
    .catch((error: unknown) => Promise.reject(new SecretNotWrittenError(arn, "UpdateSecretVersionStage", error)));
}

/**
 * A version of a rotation that is over, and still has the label that keeps the next one from beginning; `undefined`
 * when there is none.
 */
export function stalePendingVersion(
  { pending, current }: Pick<SecretDescription, "pending" | "current">,
  records: readonly CredentialRecord[],
): string | undefined {
  if (pending === undefined || pending === current) return undefined;
  const isOver = records.some(
    ({ state, failure, previousVersions }) =>
      state.kind !== "ROTATING" &&
      ((failure?.versionId === pending && failure.code !== strangersVersionCode) ||
        previousVersions.some(({ versionId }) => versionId === pending)),
  );
  return isOver ? pending : undefined;
}
