import { failureReason } from "../../../shared/outcomes/failure-reason.ts";
import type { AuthState } from "../../../shared/records/credential/auth-config-state.ts";
import { saveIssuedCredential } from "../../../shared/records/credential/issued-credential.ts";
import { revokeDue } from "../issuer/revoke-credentials.ts";
import { readSecretItems } from "../read/secret-records.ts";
import { withApplied } from "../record/credential-state.ts";
import { noteDiverged, noteFailure, notePutBack } from "../record/record-change.ts";
import { rotating } from "../record/rotation-progress.ts";
import { putVersion } from "../write/roll-back.ts";
import { dropPending } from "./pending-label.ts";
import type { RotationContext, StepDependencies } from "./rotation-context.ts";

/**
 * Ends a rotation that failed: whoever may have the candidate gets the current version back, the pending version
 * is given up, its credential is revoked, and the reason is told. RingCX first: there the calls are live.
 */
export async function giveUp(parts: StepDependencies, context: RotationContext, error: unknown): Promise<void> {
  const { secret, token, held, change, run } = context;
  await retireCandidate(parts, context);
  for (const one of held) {
    const state = rotating(one, token);
    // Not part of it: not yet, or no longer, because provisioning has written it meanwhile.
    if (!state && one.record.state.kind !== "APPLIED") continue;
    const untouched = state ? stateBefore(state) : one.record.state;
    const mayHaveIt = state ? state.step !== "CREATED" : context.hasBegun;
    if (!mayHaveIt || secret.current === undefined) {
      await noteFailure(one, change, error, untouched);
      continue;
    }
    try {
      const proof = await putVersion(parts, run, one, secret.arn, secret.current);
      const at = new Date(change.now()).toISOString();
      await notePutBack(
        one,
        change,
        withApplied({ ...one.record, state: untouched }, secret.current, at, proof).state,
        error,
      );
    } catch (failure) {
      parts.logger.error("the way back failed", {
        authConfigId: one.binding.authConfigId,
        code: failureReason(failure).code,
      });
      await noteDiverged(one, change, failure);
    }
  }
  await dropPending(parts, context);
  await revokeDue(
    parts,
    secret,
    held.map(({ record }) => record),
  );
}

function stateBefore({ before }: Extract<AuthState, { kind: "ROTATING" }>): AuthState {
  return before ? { kind: "APPLIED", applied: before } : { kind: "NEVER_APPLIED" };
}

/** It is revoked once RingCX surely does not have it; noted before anything else, so that no crash keeps it valid. */
async function retireCandidate({ table }: StepDependencies, { secret, token, change }: RotationContext): Promise<void> {
  const { credentials } = await readSecretItems(table, secret.arn);
  const candidate = credentials.find(({ versionId }) => versionId === token);
  if (!candidate || candidate.revokedAt !== undefined) return;
  await saveIssuedCredential(table, secret.arn, { ...candidate, revokeAfter: change.now() });
}
