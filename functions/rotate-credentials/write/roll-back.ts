import type { Invocation } from "../../../shared/primitives/invocation.ts";
import { type CredentialState, lastAppliedVersion } from "../../../shared/records/credential/auth-config-state.ts";
import type { VerificationLevel } from "../../../shared/records/credential/rotation-history.ts";
import { nextApplied } from "../../../shared/records/credential/with-applied.ts";
import { parseCredential } from "../../../shared/secrets/credential.ts";
import { readSecret } from "../../../shared/secrets/read-secret.ts";
import type { LeasedRecord } from "../record/leased-record.ts";
import { saveDiverged, saveRolledBack } from "../record/record-change.ts";
import { rotationAccount, type VersionWrite, type WriteDependencies } from "./write-context.ts";
import { readBoundAuthConfig, writeCredential } from "./write-credential.ts";

/**
 * Writes the version that the refused auth config still has to those that already got the new one. Each way it ends is
 * recorded; nothing is thrown but `LEASE_LOST`.
 *
 * @param cause why the new version was refused
 */
export async function rollBackOthers(
  dependencies: WriteDependencies,
  invocation: Invocation,
  write: VersionWrite,
  refused: LeasedRecord,
  cause: unknown,
): Promise<void> {
  const versionId = lastAppliedVersion(refused.record.state)?.versionId;
  if (versionId === undefined) return; // it never had one, so there is nothing that they all had
  for (const target of write.targets) {
    const { state, previousVersions } = target.record;
    const previous = previousVersions.find((version) => version.versionId === versionId);
    if (state.kind !== "APPLIED" || state.applied.versionId !== write.versionId || !previous) continue;
    try {
      const since = new Date(write.now()).toISOString();
      const intent = { kind: "APPLYING", versionId, since, before: state.applied } as const;
      const verification = await rollBack(dependencies, invocation, target, {
        secret: write.secret,
        versionId,
        intent,
      });
      const applied = nextApplied(target.record, { ...previous, verification });
      await saveRolledBack(target, write, { kind: "APPLIED", applied }, cause);
    } catch (error) {
      await saveDiverged(target, write, error);
    }
  }
}

/**
 * Writes an earlier version again, without asking anybody but RingCX. The caller records how it ends.
 *
 * @param back `intent` is saved before RingCX is called: after a crash it is known that RingCX may have either version.
 *   Not given where RingCX is known to have this very version
 */
export async function rollBack(
  dependencies: Pick<WriteDependencies, "secrets" | "ringcxFor" | "clock">,
  invocation: Invocation,
  target: LeasedRecord,
  { secret, versionId, intent }: Pick<VersionWrite, "secret" | "versionId"> & { intent: CredentialState | undefined },
): Promise<VerificationLevel> {
  const { binding } = target;
  const { text } = await readSecret(dependencies.secrets, secret, versionId);
  const config = await readBoundAuthConfig(dependencies, invocation, binding);
  const credential = parseCredential(text, binding.authType, versionId);
  if (intent) await target.save((record) => ({ ...record, state: intent }));
  const account = rotationAccount(dependencies, binding, invocation);
  return writeCredential(account, target, config, credential, "roll-back");
}
