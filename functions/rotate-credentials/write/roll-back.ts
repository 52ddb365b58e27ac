import type { Invocation } from "../../../shared/primitives/invocation.ts";
import { lastApplied } from "../../../shared/records/credential/auth-config-state.ts";
import { parseCredential } from "../../../shared/secrets/credential.ts";
import { readSecret } from "../../../shared/secrets/read-secret.ts";
import type { Held } from "../record/leased-record.ts";
import { noteDiverged, notePutBack } from "../record/record-change.ts";
import { accountOf, type Move, type WriteDependencies } from "./write-context.ts";
import { putCredential, readBound } from "./write-credential.ts";
/** Puts those that have the new version back to the one that the refused auth config still has. */
export async function putBackOthers(
  parts: WriteDependencies,
  run: Invocation,
  move: Move,
  refused: Held,
  cause: unknown,
): Promise<void> {
  const back = lastApplied(refused.record.state)?.versionId;
  if (back === undefined) return; // it never had one, so there is nothing that they all had
  for (const one of move.held) {
    const { state, superseded } = one.record;
    const older = superseded.find(({ versionId }) => versionId === back);
    if (state.kind !== "APPLIED" || state.applied.versionId !== move.versionId || !older) continue;
    try {
      const proof = await putVersion(parts, run, one, move.secretArn, back);
      await notePutBack(one, move, { kind: "APPLIED", applied: { ...older, proof } }, cause);
    } catch (error) {
      await noteDiverged(one, move, error);
    }
  }
}

/** Puts an earlier version in again, without asking anybody but RingCX. */
export async function putVersion(
  parts: WriteDependencies,
  run: Invocation,
  { binding }: Held,
  secretArn: string,
  versionId: string,
) {
  const { text } = await readSecret(parts.secrets, secretArn, versionId);
  const account = accountOf(parts, binding, run);
  const config = await readBound(account, binding);
  return putCredential(account, binding, config, parseCredential(text, binding.authType, versionId));
}
