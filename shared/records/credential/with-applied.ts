import { type AppliedVersion, nextApplied, proofAnswerOf } from "./applied-version.ts";
import { type CredentialRecord, lastAppliedVersion } from "./auth-config-state.ts";

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
