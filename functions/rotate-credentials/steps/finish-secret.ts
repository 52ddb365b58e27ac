import { UpdateSecretVersionStageCommand } from "@aws-sdk/client-secrets-manager";
import { lastApplied } from "../../../shared/records/credential/auth-config-state.ts";
import { saveIssuedCredential } from "../../../shared/records/credential/issued-credential.ts";
import { durationMs, secretTags } from "../../../shared/secrets/secret-tags.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { noteApplied } from "../record/record-change.ts";
import { rotating, rotationError } from "../record/rotation-progress.ts";
import { dropPending } from "./pending-label.ts";
import type { RotationContext, StepDependencies } from "./rotation-context.ts";

/** Step 4: the proven version becomes the current one, and the old credential is revoked after the overlap. */
export async function finishSecret(parts: StepDependencies, context: RotationContext): Promise<void> {
  const { secret, token, held } = context;
  if (held.some((one) => rotating(one, token)?.step !== "PROVEN")) {
    throw rotationError(
      "ROTATION_NOT_PROVEN",
      "Not every auth config has the new credential proven: testSecret comes first.",
    );
  }
  if (held.some(({ record: { state } }) => lastApplied(state)?.versionId !== secret.current)) {
    throw rotationError("ROTATION_OVERTAKEN", "Somebody made another version the current one meanwhile.");
  }
  await parts.secrets.send(
    new UpdateSecretVersionStageCommand({
      SecretId: secret.arn,
      VersionStage: "AWSCURRENT",
      MoveToVersionId: token,
      RemoveFromVersionId: secret.current,
    }),
  );
  await settle(parts, { ...context, secret: { ...secret, current: token } });
}

/** How long two credentials overlap unless the secret's tag says otherwise, in milliseconds. */
const usualOverlapMs = 60 * 60_000;

/** The version is the current one: notes it, and when the credential before it is to be revoked. */
export async function settle(
  parts: Pick<StepDependencies, "table" | "secrets">,
  context: RotationContext,
): Promise<void> {
  const { token, held, change } = context;
  // First what nobody would find out later.
  await dropPending(parts, context);
  await retireOld(parts.table, context);
  for (const one of held) {
    const state = rotating(one, token);
    if (state) await noteApplied(one, change, state.proof === "none" ? "metadata" : state.proof);
  }
}

async function retireOld(table: StateTable, { secret, token, items, held, change }: RotationContext): Promise<void> {
  const overlapMs = durationMs(secret.tags[secretTags.overlap]) ?? usualOverlapMs;
  for (const one of held) {
    const replaced = rotating(one, token)?.before?.versionId;
    const kept = items.credentials.find(({ versionId }) => versionId === replaced);
    if (!kept || kept.revokedAt !== undefined) continue;
    await saveIssuedCredential(table, secret.arn, { ...kept, revokeAfter: change.now() + overlapMs });
  }
}
