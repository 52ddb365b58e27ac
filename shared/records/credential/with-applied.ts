import { type AppliedVersion, proofAnswerOf } from "./applied-version.ts";
import { type CredentialRecord, lastAppliedVersion } from "./auth-config-state.ts";
import type { ProofAnswer } from "./rotation-history.ts";

/** Enough to tell a rollback from an old view of Secrets Manager; versions further back have lost their labels. */
const maxPreviousVersions = 10;

/**
 * The record once RingCX has a version, by the sync, a rotation or a message. Applying the same version again does not make it
 * younger, and takes nothing from what is known of its proof.
 */
export function withApplied(record: CredentialRecord, given: AppliedVersion): CredentialRecord {
  const { versionId } = given;
  const before = lastAppliedVersion(record.state);
  const answer = before && proofAnswerOf(before);
  const replaced =
    before && before.versionId !== versionId
      ? [{ versionId: before.versionId, at: before.at, ...(answer && { proofAnswer: answer }) }]
      : [];
  return {
    ...record,
    state: { kind: "APPLIED", applied: nextApplied(record, given) },
    previousVersions: [...replaced, ...record.previousVersions]
      .filter((previous) => previous.versionId !== versionId)
      .slice(0, maxPreviousVersions),
    failure: undefined,
    proofWait: undefined,
  };
}

/**
 * The one place where it is said what is recorded of a version that RingCX has, whoever has written or asked. Of a version that it
 * had before the age goes on, and what was said of it gets no weaker: only an endpoint's own word takes the place of another answer. That
 * none could be asked, or none is there to be asked any more, proves nothing.
 *
 * @param given its `proofAnswer` is what was said now; absent where nobody was asked
 */
export function nextApplied(
  { state, previousVersions }: Pick<CredentialRecord, "state" | "previousVersions">,
  { versionId, at, verification, proofAnswer }: AppliedVersion,
): AppliedVersion {
  const last = lastAppliedVersion(state);
  const isSame = last?.versionId === versionId;
  const known = isSame ? proofAnswerOf(last) : previousVersions.find((one) => one.versionId === versionId)?.proofAnswer;
  const answer = nextAnswer(known, proofAnswer);
  return {
    versionId,
    at: isSame ? last.at : at,
    verification: answer === "ACCEPTED" && proofAnswer === undefined && isSame ? last.verification : verification,
    ...(answer && { proofAnswer: answer }),
  };
}

function nextAnswer(known: ProofAnswer | undefined, said: ProofAnswer | undefined): ProofAnswer | undefined {
  const isWord = said === "ACCEPTED" || said === "REFUSED";
  // What could not be proven by its nature can be, once somebody could be asked in principle.
  const isOpen = known === undefined || known === "NOT_PROVABLE";
  return isWord || isOpen ? (said ?? known) : known;
}
