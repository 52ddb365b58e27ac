import type { Clock } from "../../../shared/primitives/clock.ts";
import type { CredentialRecord } from "../../../shared/records/credential/auth-config-state.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { hasVersion } from "../record/credential-state.ts";
import type { LeasedRecord } from "../record/leased-record.ts";
import { strangersVersionCode } from "../record/rotation-progress.ts";
import { isFailureTold, noteToldFailure } from "../record/told-failure.ts";
import { isRotationWanted } from "./scheduled-rotation.ts";

/**
 * Whether the cause of a failure has ended though no version was applied since: RingCX has the secret's current version,
 * and nobody wants another. That is, a person went back from the one that could not be applied; or a rotation failed, its
 * version is no longer pending, and none is due by our schedule.
 *
 * @param records of all auth configs that the secret is bound to
 * @param now epoch milliseconds
 */
export function isFailureOver(
  { state, failure }: CredentialRecord,
  secret: Pick<SecretDescription, "tags" | "hasRotation" | "current" | "pending">,
  records: readonly CredentialRecord[],
  now: number,
): boolean {
  const { current, pending } = secret;
  if (!failure || current === undefined || !hasVersion(state, current)) return false;
  // Its version is how a label that was left behind is found.
  if (pending === failure.versionId && pending !== current) return false;
  if (failure.isOfCurrent === true) return failure.versionId !== current;
  return failure.code === strangersVersionCode || !isRotationWanted(secret, records, now);
}

/** Forgets the failures that are over. That their end is to be told is written down before. */
export async function forgetEndedFailures(
  { table, clock }: { table: StateTable; clock: Clock },
  secret: SecretDescription,
  targets: readonly LeasedRecord[],
): Promise<void> {
  const records = targets.map(({ record }) => record);
  const now = clock.now();
  for (const target of targets) {
    const { binding, record } = target;
    const { failure, providerName = binding.providerName } = record;
    if (!failure || !isFailureOver(record, secret, records, now)) continue;
    const named = { ...binding, providerName };
    if (isFailureTold(failure) && !(await noteToldFailure(table, named, secret, failure, now))) continue;
    await target.save((before) => ({ ...before, failure: undefined, proofWait: undefined }));
  }
}
