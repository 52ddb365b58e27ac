import { lastApplied } from "../record/credential-state.ts";
import type { Held } from "../record/leased-record.ts";
import { noteDiverged, notePutBack } from "../record/record-change.ts";
import type { RotationParts, Run } from "./write-context.ts";
import { type Move, putVersion } from "./write-version.ts";
/** Puts those that have the new version back to the one that the refused auth config still has. */
export async function putBackOthers(
  parts: RotationParts,
  run: Run,
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
