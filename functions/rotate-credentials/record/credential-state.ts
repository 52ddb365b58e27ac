import { proofAnswerOf } from "../../../shared/records/credential/applied-version.ts";
import {
  type CredentialRecord,
  type CredentialState,
  lastAppliedVersion,
} from "../../../shared/records/credential/auth-config-state.ts";
import type { ProofAnswer, VerificationLevel } from "../../../shared/records/credential/rotation-history.ts";

/** True when RingCX is known to have exactly this version. */
export function hasVersion(state: CredentialState, versionId: string): boolean {
  return state.kind === "APPLIED" && state.applied.versionId === versionId;
}

/** Enough to tell a rollback from an old view of Secrets Manager; versions further back have lost their labels. */
const maxPreviousVersions = 10;

/**
 * The record once RingCX has a version. Applying the same version again does not make it younger.
 *
 * @param at ISO 8601
 * @param proofAnswer what the endpoints said, where they were asked
 */
export function withApplied(
  record: CredentialRecord,
  versionId: string,
  at: string,
  verification: VerificationLevel,
  proofAnswer?: ProofAnswer,
): CredentialRecord {
  const before = lastAppliedVersion(record.state);
  const isSame = before?.versionId === versionId;
  // A roll-back asks nobody: what was said of the version holds.
  const answer = proofAnswer ?? (isSame ? proofAnswerOf(before) : undefined);
  const replaced = before && !isSame ? [{ versionId: before.versionId, at: before.at }] : [];
  return {
    ...record,
    state: {
      kind: "APPLIED",
      applied: { versionId, at: isSame ? before.at : at, verification, ...(answer && { proofAnswer: answer }) },
    },
    previousVersions: [...replaced, ...record.previousVersions]
      .filter((previous) => previous.versionId !== versionId)
      .slice(0, maxPreviousVersions),
    failure: undefined,
    proofWait: undefined,
  };
}

/**
 * How old the oldest of the given credentials is, in milliseconds; `undefined` when none is known.
 *
 * @param now epoch milliseconds
 */
export function credentialAgeMs(records: readonly CredentialRecord[], now: number): number | undefined {
  const since = records.flatMap(({ state }) => {
    const at = Date.parse(lastAppliedVersion(state)?.at ?? "");
    return Number.isNaN(at) ? [] : [at];
  });
  return since.length === 0 ? undefined : now - Math.min(...since);
}
