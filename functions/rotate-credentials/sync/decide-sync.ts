import { type CredentialRecord, lastAppliedVersion } from "../../../shared/records/credential/auth-config-state.ts";
import type { FailedStep } from "../../../shared/records/credential/rotation-schedule.ts";
import { hasAbandonedIntent } from "../../../shared/records/credential/secret-intent.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { isWaived } from "../../../shared/secrets/waived-version.ts";
import { hasVersion } from "../record/credential-state.ts";
import { isUnproven, passes } from "../record/retry-backoff.ts";
import { failedForGood, repeatedWithinMs } from "../steps/failed-step.ts";

/**
 * What Secrets Manager shows may be this old, in milliseconds: five minutes by its documentation
 * (API Reference, "ListSecrets"), and as much again for good measure.
 */
export const maxViewLagMs = 10 * 60_000;

/** A native rotation without a sign of life for this long, in milliseconds, is dead: a step lives 15 minutes at most. */
export const rotationTimeoutMs = 16 * 60_000;

/** What to do about the auth configs that one secret is bound to. */
export type SyncDecision =
  | { kind: "IN_SYNC" }
  /** Write the current version to the auth configs at these places of the list that was given. */
  | { kind: "WRITE"; versionId: string; outdated: readonly number[] }
  /** Secrets Manager has made a native rotation's version the current one, or somebody has: only our record is behind. */
  | { kind: "COMPLETE"; pendingVersionId: string }
  /** A native rotation is over before that: its version is given up, the current one is written again. */
  | { kind: "ABORT"; pendingVersionId: string; why: "NOT_PENDING" | "OVERTAKEN" | "FAILED" | "KILLED" | "DIED" }
  | { kind: "LEAVE"; why: "NO_CURRENT_VERSION" | "ROTATING" | "BUSY" | "VIEW_LAGS" | "TOO_SOON" };

/**
 * Compares what Secrets Manager shows with what RingCX is known to have. Asked twice: of the list, to find
 * what needs a look, and again of the secret itself, before anything is written.
 *
 * @param records of the auth configs that the secret is bound to
 * @param now epoch milliseconds
 * @param holder whose own leases do not count
 * @param failedStep of the secret's rotations, the one that failed last without an end of it
 */
export function decideSync(
  secret: Pick<SecretDescription, "current" | "previous" | "pending" | "tags" | "versionIds">,
  records: readonly CredentialRecord[],
  now: number,
  { holder, failedStep }: { holder?: string; failedStep?: FailedStep | undefined } = {},
): SyncDecision {
  const { current } = secret;
  if (current === undefined) return { kind: "LEAVE", why: "NO_CURRENT_VERSION" };
  const isBusy = records.some(({ lease }) => lease !== undefined && lease.until > now && lease.holder !== holder);
  if (isBusy) return { kind: "LEAVE", why: "BUSY" };

  const rotation = rotationOf(records);
  if (rotation) {
    const { pendingVersionId } = rotation;
    if (current === pendingVersionId) return { kind: "COMPLETE", pendingVersionId };
    if (secret.pending !== pendingVersionId) return { kind: "ABORT", pendingVersionId, why: "NOT_PENDING" };
    if (!rotation.before.includes(current)) return { kind: "ABORT", pendingVersionId, why: "OVERTAKEN" };
    if (failedForGood({ failedStep }, pendingVersionId, now)) return { kind: "ABORT", pendingVersionId, why: "FAILED" };
    if (rotation.leftLease !== undefined && now - rotation.leftLease >= repeatedWithinMs) {
      return { kind: "ABORT", pendingVersionId, why: "KILLED" };
    }
    if (now - rotation.lastSign < rotationTimeoutMs) return { kind: "LEAVE", why: "ROTATING" };
    return { kind: "ABORT", pendingVersionId, why: "DIED" };
  }

  const isOutdated = (record: CredentialRecord) =>
    !hasVersion(record.state, current) || hasAbandonedIntent(record, now);
  const outdated = records.flatMap((record, index) => (isOutdated(record) ? [index] : []));
  if (outdated.length === 0) return { kind: "IN_SYNC" };
  if (outdated.some((index) => viewLags(records[index], secret, now))) return { kind: "LEAVE", why: "VIEW_LAGS" };
  const waits = ({ failure }: CredentialRecord) =>
    failure?.versionId === current && failure.retryAt > now && !(isUnproven(failure) && isWaived(secret, current));
  // A version that is refused anywhere is kept from all; one that could not be written somewhere waits there alone.
  if (records.some((record) => waits(record) && !passes(record.failure))) return { kind: "LEAVE", why: "TOO_SOON" };
  const ready = outdated.filter((index) => !records[index] || !waits(records[index]));
  return ready.length === 0
    ? { kind: "LEAVE", why: "TOO_SOON" }
    : { kind: "WRITE", versionId: current, outdated: ready };
}

/**
 * The rotation that the records are part of, what they had before it, when it last moved on, and when the lease ran out that
 * nobody has given back: whoever lives gives it back, so its holder was killed.
 */
function rotationOf(records: readonly CredentialRecord[]):
  | {
      pendingVersionId: string;
      before: readonly (string | undefined)[];
      lastSign: number;
      leftLease: number | undefined;
    }
  | undefined {
  const rotating = records.flatMap(({ state }) => (state.kind === "ROTATING" ? [state] : []));
  const [first] = rotating;
  if (!first) return undefined;
  const lastSign = Math.max(...rotating.map(({ since }) => Date.parse(since)));
  const before = rotating.map((state) => lastAppliedVersion(state)?.versionId);
  const left = records.flatMap(({ state, lease }) => (state.kind === "ROTATING" && lease ? [lease.until] : []));
  const leftLease = left.length === 0 ? undefined : Math.max(...left);
  return { pendingVersionId: first.pendingVersionId, before, lastSign, leftLease };
}

/**
 * Does the view show an older version than the one that RingCX has? Nothing orders version ids. But Secrets
 * Manager moves AWSPREVIOUS to the version that AWSCURRENT leaves, so a view that shows our version as the
 * previous one is younger than ours, also when somebody has gone back on purpose. Without that sign, a version
 * that we have already replaced once is taken for an old view until no view can be that old any more.
 */
function viewLags(
  record: CredentialRecord | undefined,
  { current, previous }: Pick<SecretDescription, "current" | "previous">,
  now: number,
): boolean {
  const newest = record && newestKnown(record);
  if (!record || !newest || current === undefined || previous === newest.versionId) return false;
  // A write of it has begun: that was decided on a view that was not old.
  if (current === newest.versionId) return false;
  const before = lastAppliedVersion(record.state)?.versionId;
  const wasReplaced =
    record.previousVersions.some(({ versionId }) => versionId === current) ||
    (before !== newest.versionId && before === current);
  return wasReplaced && now - newest.since < maxViewLagMs;
}

function newestKnown({ state }: CredentialRecord): { versionId: string; since: number } | undefined {
  switch (state.kind) {
    case "APPLIED":
      return { versionId: state.applied.versionId, since: Date.parse(state.applied.at) };
    case "APPLYING":
      return { versionId: state.versionId, since: Date.parse(state.since) };
    default:
      return undefined;
  }
}
