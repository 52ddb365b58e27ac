import { type SecretsManagerClient, UpdateSecretVersionStageCommand } from "@aws-sdk/client-secrets-manager";
import type { AutomationError } from "../../../shared/primitives/errors.ts";
import type { CredentialRecord } from "../../../shared/records/credential/auth-config-state.ts";
import type { RotationRequest } from "../../../shared/records/credential/rotation-schedule.ts";
import { possibleVersions } from "../../../shared/records/credential/versions-in-ringcx.ts";
import { pendingWaysOut } from "../../../shared/secrets/pending-version.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { SecretNotWrittenError } from "../../../shared/secrets/unusable-secret.ts";
import { rotationError, strangersVersionCode } from "../record/rotation-progress.ts";

/**
 * Why a rotation is over whatever its steps would do: its version is neither pending nor current any more.
 *
 * @returns `undefined` where it may go on
 */
export function whyNotPending(
  { name, current, pending, isDeleted }: Pick<SecretDescription, "name" | "current" | "pending" | "isDeleted">,
  versionId: string,
): AutomationError | undefined {
  if (isDeleted) {
    return rotationError(
      "SECRET_GONE",
      `The secret ${name} is deleted and waits for its recovery window to end. Restore it: what is current goes on from there.`,
    );
  }
  if (current === versionId || pending === versionId) return undefined;
  const how =
    pending === undefined || pending === current
      ? "somebody took the label AWSPENDING off it"
      : `somebody gave the label AWSPENDING to version ${pending}, which is not ours. ${pendingWaysOut(pending)}`;
  const next = pending === undefined || pending === current ? ". Rotate again." : "";
  return rotationError("ROTATION_NOT_PENDING", `Version ${versionId} is not pending any more: ${how}${next}`);
}

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

/** A version that has the label which keeps the next rotation from beginning, though no rotation is at it. */
export interface StaleLabel {
  versionId: string;
  /** Whether a rotation that failed has left it, and has told of itself; otherwise somebody has put it there. */
  isLeft: boolean;
}

/**
 * The version of a rotation that is over, or one that RingCX was given before, which has AWSPENDING; `undefined` when there
 * is none.
 */
export function staleLabel(
  { pending, current }: Pick<SecretDescription, "pending" | "current">,
  records: readonly CredentialRecord[],
  request: RotationRequest | undefined,
): StaleLabel | undefined {
  if (pending === undefined || pending === current) return undefined;
  if (request?.leftPending === pending) return { versionId: pending, isLeft: true };
  const resting = records.filter(({ state }) => state.kind !== "ROTATING");
  const isLeft = resting.some(({ failure }) => failure?.versionId === pending && failure.code !== strangersVersionCode);
  const wasGiven = resting.some(
    ({ state, previousVersions }) =>
      possibleVersions(state).includes(pending) || previousVersions.some(({ versionId }) => versionId === pending),
  );
  return isLeft || wasGiven ? { versionId: pending, isLeft } : undefined;
}
