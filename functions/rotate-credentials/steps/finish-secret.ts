import { UpdateSecretVersionStageCommand } from "@aws-sdk/client-secrets-manager";
import type { AutomationError } from "../../../shared/primitives/errors.ts";
import { type CredentialState, lastAppliedVersion } from "../../../shared/records/credential/auth-config-state.ts";
import {
  type ChangeInRingCx,
  changeWords,
  findChangeInRingCx,
} from "../../../shared/records/credential/changed-in-ringcx.ts";
import { saveIssuedCredential } from "../../../shared/records/credential/issued-credential.ts";
import { SecretNotWrittenError } from "../../../shared/secrets/unusable-secret.ts";
import { outOfUse, overlapAnew } from "../issuer/overlap.ts";
import { namedTwin } from "../issuer/unnamed-credential.ts";
import type { LeasedRecord } from "../record/leased-record.ts";
import { saveApplied } from "../record/record-change.ts";
import {
  hasPendingVersion,
  PastPromotionError,
  type RotatingState,
  rotatingState,
  rotationError,
} from "../record/rotation-progress.ts";
import { rotationAccount } from "../write/write-context.ts";
import { removePendingLabel } from "./pending-label.ts";
import type { RotationContext, StepDependencies } from "./rotation-context.ts";

/**
 * Step 4: the verified version becomes the current one, and the old credential is revoked after the overlap. From the
 * moment at which it may have become that, there is only the way forward: whatever fails then is left to whoever comes
 * next, with a fresh look.
 *
 * @throws {AutomationError} `ROTATION_NOT_PROVEN`, `ROTATION_OVERTAKEN`, `ROTATION_CHANGED`; {@link PastPromotionError}
 */
export async function finishSecret(dependencies: StepDependencies, context: RotationContext): Promise<void> {
  const { secret, pendingVersionId, targets } = context;
  if (targets.some((target) => rotatingState(target, pendingVersionId)?.step !== "VERIFIED")) {
    throw rotationError(
      "ROTATION_NOT_PROVEN",
      "Not every auth config has the new credential verified: testSecret comes first.",
    );
  }
  if (targets.some(({ record: { state } }) => lastAppliedVersion(state)?.versionId !== secret.current)) {
    throw overtaken();
  }
  const [changed] = await findChanged(dependencies, context);
  if (changed) {
    const [{ binding }, change] = changed;
    throw rotationError(
      "ROTATION_CHANGED",
      `Somebody else has written to auth config ${binding.authConfigId} since it was given the new credential: ${changeWords(change)}. Rotate again.`,
    );
  }
  try {
    await dependencies.secrets
      .send(
        new UpdateSecretVersionStageCommand({
          SecretId: secret.arn,
          VersionStage: "AWSCURRENT",
          MoveToVersionId: pendingVersionId,
          RemoveFromVersionId: secret.current,
        }),
      )
      .catch((error: unknown) =>
        Promise.reject(new SecretNotWrittenError(secret.arn, "UpdateSecretVersionStage", error)),
      );
    await recordCompletion(dependencies, { ...context, secret: { ...secret, current: pendingVersionId } }, new Map());
  } catch (error) {
    // Refused for good, so it had no effect. Any other error may stand for an attempt that had.
    const name = error instanceof SecretNotWrittenError ? error.details.error : undefined;
    if (name === "AccessDeniedException" || name === "ResourceNotFoundException") throw error;
    throw new PastPromotionError(pendingVersionId, error);
  }
}

/**
 * What RingCX took was verified, and may be gone since: somebody may have put the former credential back by hand. Nobody tells a
 * rotation's success without having asked this.
 */
async function findChanged(
  dependencies: Pick<StepDependencies, "table" | "ringcxFor">,
  { targets, pendingVersionId, invocation }: RotationContext,
): Promise<ReadonlyMap<LeasedRecord, ChangeInRingCx>> {
  const changed = new Map<LeasedRecord, ChangeInRingCx>();
  for (const target of targets.filter((one) => hasPendingVersion(one, pendingVersionId))) {
    const account = rotationAccount(dependencies, target.binding, invocation);
    const change = await findChangeInRingCx(dependencies.table, account, target.binding);
    if (change) changed.set(target, change);
  }
  return changed;
}

/** Why a rotation gives way to what a person has put. */
export function overtaken(): AutomationError {
  return rotationError("ROTATION_OVERTAKEN", "Somebody made another version the current one meanwhile.");
}

/** What the endpoints said of a candidate of each level: one that they were not asked about may be a person's doing. */
const answers = { endpoint: "ACCEPTED", metadata: "NOT_PROVABLE", none: undefined } as const;

/**
 * Ends a rotation whose version is the current one: records which auth configs have it, and when the credential before it
 * is to be revoked. Which others get it is then the schedule's; so is one that somebody else has written to meanwhile.
 *
 * @throws what RingCX says where it cannot be asked: nothing is recorded then
 */
export async function completeRotation(
  dependencies: Pick<StepDependencies, "table" | "secrets" | "ringcxFor">,
  context: RotationContext,
): Promise<void> {
  await recordCompletion(dependencies, context, await findChanged(dependencies, context));
}

async function recordCompletion(
  dependencies: Pick<StepDependencies, "table" | "secrets">,
  context: RotationContext,
  changed: ReadonlyMap<LeasedRecord, ChangeInRingCx>,
): Promise<void> {
  const { pendingVersionId, targets, change } = context;
  // First what nobody would find out later.
  await removePendingLabel(dependencies.secrets, context.secret, pendingVersionId);
  await scheduleRevocation(dependencies, context);
  for (const target of targets) {
    const state = rotatingState(target, pendingVersionId);
    if (!state) continue;
    const { verification } = state;
    if (changed.has(target) || !hasPendingVersion(target, pendingVersionId)) {
      await target.save((record) => ({ ...record, state: stateOfUnfinished(state) }));
      continue;
    }
    await saveApplied(target, change, verification === "none" ? "metadata" : verification, answers[verification]);
  }
}

/**
 * A person made the candidate the current version before every auth config had it, or wrote over it in RingCX. RingCX has what it
 * had, or, where the write had begun, either of the two: the schedule writes the version as it does any that is current.
 */
function stateOfUnfinished({ step, pendingVersionId: versionId, since, before }: RotatingState): CredentialState {
  if (step !== "CREATED") return { kind: "APPLYING", versionId, since, before };
  return before ? { kind: "APPLIED", applied: before } : { kind: "NEVER_APPLIED" };
}

async function scheduleRevocation(
  { table, secrets }: Pick<StepDependencies, "table" | "secrets">,
  context: RotationContext,
): Promise<void> {
  const { secret, pendingVersionId, secretRecords, targets, change } = context;
  const versionIds = targets.flatMap((target) => rotatingState(target, pendingVersionId)?.before?.versionId ?? []);
  const { credentials } = secretRecords;
  await overlapAnew(table, secret, { credentials, versionIds }, change.now());
  for (const target of targets) {
    const replaced = rotatingState(target, pendingVersionId)?.before?.versionId;
    const credential = credentials.find(({ versionId }) => versionId === replaced);
    if (!credential || credential.revokedAt !== undefined) continue;
    const ended = { ...credential, ...outOfUse(secret, change.now()) };
    const sameAs = ended.sameAs ?? (await namedTwin(secrets, secret, credentials, ended));
    await saveIssuedCredential(table, secret.arn, { ...ended, ...(sameAs !== undefined && { sameAs }) });
  }
}
