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
