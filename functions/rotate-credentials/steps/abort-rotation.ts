import { failureReason } from "../../../shared/outcomes/failure-reason.ts";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import { type CredentialState, lastAppliedVersion } from "../../../shared/records/credential/auth-config-state.ts";
import { saveIssuedCredential } from "../../../shared/records/credential/issued-credential.ts";
import { noteRotationRequest } from "../../../shared/records/credential/rotation-schedule.ts";
import { withApplied } from "../../../shared/records/credential/with-applied.ts";
import { readSecretRecords } from "../read/secret-records.ts";
import { hasVersion } from "../record/credential-state.ts";
import { saveDiverged, saveFailure, saveNotBegun, saveRolledBack } from "../record/record-change.ts";
import { type RotatingState, rotatingState, strangersVersionCode } from "../record/rotation-progress.ts";
import { rollBack } from "../write/roll-back.ts";
import { removePendingLabel } from "./pending-label.ts";
import type { RotationContext, StepDependencies } from "./rotation-context.ts";

/**
 * Ends a rotation that failed: whoever may have the candidate gets back the version that it had, the pending version
 * is given up, its credential is revoked, and the reason is recorded. RingCX first: there the calls are live. Where somebody
 * has made another version current meanwhile, the schedule brings it, with all its checks.
 *
 * @param cause why the rotation cannot go on
 */
export async function abortRotation(
  dependencies: StepDependencies,
  context: RotationContext,
  cause: unknown,
): Promise<void> {
  const { secret, pendingVersionId, targets, change, invocation } = context;
  await revokeCandidateNext(dependencies, context);
  for (const target of targets) {
    const state = rotatingState(target, pendingVersionId);
    // Not part of it: not yet, or no longer, because provisioning has written it meanwhile.
    // Nor where it was refused because RingCX does not have the current version: what fails of that one stays noted.
    const isInStep = secret.current !== undefined && hasVersion(target.record.state, secret.current);
    if (!state && (target.record.state.kind !== "APPLIED" || !(context.hasStarted || isInStep))) {
      if (!context.hasStarted) await saveNotBegun(target, change, cause);
      continue;
    }
    const before = state ? stateBefore(state) : target.record.state;
    const mayHaveCandidate = state ? state.step !== "CREATED" : context.hasStarted;
    const versionId = lastAppliedVersion(before)?.versionId;
    if (!mayHaveCandidate || versionId === undefined) {
      await saveFailure(target, change, cause, before);
      continue;
    }
    try {
      const at = new Date(change.now()).toISOString();
      const intent: RotatingState | undefined = state && { ...state, step: "SETTING", since: at };
      const verification = await rollBack(dependencies, invocation, target, { secret, versionId, intent });
      const { state: rolledBack } = withApplied({ ...target.record, state: before }, { versionId, at, verification });
      await saveRolledBack(target, change, rolledBack, cause);
    } catch (error) {
      const { authConfigId } = target.binding;
      dependencies.logger.error("roll-back failed", { authConfigId, code: failureReason(error).code });
      await saveDiverged(target, change, error);
    }
  }
  const isOurs = !(cause instanceof AutomationError && cause.code === strangersVersionCode);
  // Of one that is deleted nothing can be changed: the schedule takes the label off once it is restored.
  if (isOurs && secret.isDeleted) {
    await noteRotationRequest(dependencies.table, secret.arn, { leftPending: pendingVersionId });
  } else if (isOurs) {
    await removePendingLabel(dependencies.secrets, secret, pendingVersionId);
  }
}

function stateBefore({ before }: RotatingState): CredentialState {
  return before ? { kind: "APPLIED", applied: before } : { kind: "NEVER_APPLIED" };
}

/** It is revoked once RingCX surely does not have it; saved before anything else, so that no crash keeps it valid. */
async function revokeCandidateNext(
  { table }: Pick<StepDependencies, "table">,
  { secret, pendingVersionId, change }: RotationContext,
): Promise<void> {
  const { credentials } = await readSecretRecords(table, secret.arn);
  const candidate = credentials.find(({ versionId }) => versionId === pendingVersionId);
  if (!candidate || candidate.revokedAt !== undefined) return;
  await saveIssuedCredential(table, secret.arn, { ...candidate, revokeAfter: change.now() });
}
