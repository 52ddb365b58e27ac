import { type CredentialRecord, lastAppliedVersion } from "./auth-config-state.ts";
import type { ProofAnswer, VerificationLevel } from "./rotation-history.ts";

/** The version of the secret that RingCX is known to have. */
export interface AppliedVersion {
  versionId: string;
  /** When this version first reached RingCX, ISO 8601: its age counts from here. */
  at: string;
  verification: VerificationLevel;
  /** What the endpoints said of it, last where they were asked again; absent where a message or an earlier release wrote it. */
  proofAnswer?: ProofAnswer | undefined;
}

/** What the endpoints said of a version; an earlier release wrote only that they accepted it. */
export function proofAnswerOf({ verification, proofAnswer }: AppliedVersion): ProofAnswer | undefined {
  return proofAnswer ?? (verification === "endpoint" ? "ACCEPTED" : undefined);
}

/** Whether a version works as far as anybody can say: an endpoint has accepted it, or it cannot be proven by its nature. */
export function isProven(applied: AppliedVersion): boolean {
  const answer = proofAnswerOf(applied);
  return answer === "ACCEPTED" || answer === "NOT_PROVABLE";
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
