import { isProven } from "../../../shared/records/credential/applied-version.ts";
import type { ProofAnswer } from "../../../shared/records/credential/rotation-history.ts";
import type { LeasedRecord } from "../record/leased-record.ts";
import { askAboutApplied } from "./prove-version.ts";
import type { VersionWrite, WriteDependencies } from "./write-context.ts";

/**
 * Asks the endpoints again about what RingCX was given unproven, and keeps what they say with it: nothing is revoked for it before
 * one has accepted it.
 */
export async function proveApplied(
  dependencies: Pick<WriteDependencies, "secrets" | "verifyAtEndpoint">,
  secret: VersionWrite["secret"],
  targets: readonly LeasedRecord[],
): Promise<void> {
  for (const target of targets) {
    const { state } = target.record;
    if (state.kind !== "APPLIED" || isProven(state.applied)) continue;
    const { applied } = state;
    const answer = await askAboutApplied(dependencies, secret, target);
    const proofAnswer = answer && nextAnswer(applied.proofAnswer, answer.kind);
    if (proofAnswer === undefined || proofAnswer === applied.proofAnswer) continue;
    const verification = proofAnswer === "ACCEPTED" ? "endpoint" : applied.verification;
    await target.save((record) => ({
      ...record,
      state: { ...state, applied: { ...applied, verification, proofAnswer } },
    }));
  }
}

/** A silent endpoint takes no refusal back; and where one could not be asked, that none is to be asked any more proves nothing. */
function nextAnswer(before: ProofAnswer | undefined, answer: ProofAnswer): ProofAnswer {
  return before === undefined || answer === "ACCEPTED" || answer === "REFUSED" ? answer : before;
}
