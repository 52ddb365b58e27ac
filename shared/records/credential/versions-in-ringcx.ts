import { type CredentialRecord, type CredentialState, lastAppliedVersion } from "./auth-config-state.ts";
import { hasIntent } from "./secret-intent.ts";

/** What RingCX has of a secret, as its record knows it. What people write in the admin page no record knows. */
export interface VersionsInRingCx {
  /** Every version that it may have, that of the last write first; none where it was never given one. */
  versionIds: readonly string[];
  /** Whether it surely has what it was given last: at most one version, and of this secret. */
  isKnown: boolean;
}

/** Which versions of its secret RingCX may have for an auth config: whoever names one, or counts on one, asks this. */
export function versionsInRingCx(
  record: Pick<CredentialRecord, "state" | "failure" | "unknownAttributes">,
): VersionsInRingCx {
  const versionIds = possibleVersions(record.state);
  const isKnown = versionIds.length < 2 && !isInDoubt(record) && !hasIntent(record);
  return { versionIds, isKnown };
}

/**
 * Whether a write, or the roll-back of one, was left without an answer, and none was confirmed since: trying again in vain
 * tells nobody what RingCX has.
 */
export function isInDoubt({ state, failure }: Pick<CredentialRecord, "state" | "failure">): boolean {
  if (state.kind !== "APPLYING") return state.kind === "DIVERGED";
  const { versionId, before, mayHave = [] } = state;
  return failure?.versionId === versionId || mayHave.some((one) => one !== versionId && one !== before?.versionId);
}

/** Every version that RingCX may have in this state, that of the last write first. */
export function possibleVersions(state: CredentialState): readonly string[] {
  const before = lastAppliedVersion(state)?.versionId;
  switch (state.kind) {
    case "NEVER_APPLIED":
    case "APPLIED":
      return distinct(before);
    case "APPLYING":
      return distinct(state.versionId, before, ...(state.mayHave ?? []));
    case "ROTATING":
      if (state.step === "CREATED") return distinct(before);
      return state.step === "SETTING" ? distinct(state.pendingVersionId, before) : distinct(state.pendingVersionId);
    case "DIVERGED":
      return distinct(...(state.mayHave ?? []), before);
  }
}

/** Whether RingCX has, or may have, another version than the one that it was last known to have. */
export function isBetweenVersions(state: CredentialState): boolean {
  const before = lastAppliedVersion(state)?.versionId;
  return state.kind === "DIVERGED" || possibleVersions(state).some((versionId) => versionId !== before);
}

/** Whether a credential is being changed, or a change of it has died and is not ended yet. */
export function isUnderWay({ kind }: CredentialState): boolean {
  return kind === "ROTATING" || kind === "APPLYING";
}

/** What RingCX has, in words that begin a sentence or go on after a colon. */
export function inRingCxWords({ versionIds, isKnown }: VersionsInRingCx): string {
  if (versionIds.length === 0) {
    return isKnown ? "RingCX was given no version" : "it is not known which version RingCX has";
  }
  return isKnown
    ? `RingCX was given version ${versionIds[0]} last`
    : `it is not known which version RingCX has; it may have ${versionIds.join(" or ")}`;
}

function distinct(...versionIds: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(versionIds.flatMap((versionId) => versionId ?? []))];
}
