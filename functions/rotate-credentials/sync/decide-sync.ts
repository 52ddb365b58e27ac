import { type AuthRecord, type AuthState, lastApplied } from "../../../shared/records/credential/auth-config-state.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { hasVersion } from "../record/credential-state.ts";

/**
 * What Secrets Manager shows may be this old, in milliseconds: five minutes by its documentation
 * (API Reference, "ListSecrets"), and as much again for good measure.
 */
export const viewMayLagMs = 10 * 60_000;

/** A native rotation without a sign of life for this long, in milliseconds, is dead: a step lives 15 minutes at most. */
export const rotationIsDeadMs = 16 * 60_000;

/** What to do about the auth configs that one secret feeds. */
export type MirrorDecision =
  | { kind: "IN_STEP" }
  /** Put the current version into the auth configs at these places of the list that was given. */
  | { kind: "APPLY"; versionId: string; outdated: readonly number[] }
  /** A native rotation died after Secrets Manager made its version the current one: only our record is behind. */
  | { kind: "SETTLE"; token: string }
  /** A native rotation died before: its version is given up, the current one goes back in. */
  | { kind: "ABANDON"; token: string }
  | { kind: "LEAVE"; why: "NO_CURRENT_VERSION" | "ROTATING" | "BUSY" | "VIEW_LAGS" | "TOO_SOON" };

/**
 * Compares what Secrets Manager shows with what RingCX is known to have. Asked twice: of the list, to find
 * what needs a look, and again of the secret itself, before anything is written.
 *
 * @param records of the auth configs that the secret feeds
 * @param now epoch milliseconds
 */
export function decideMirror(
  secret: Pick<SecretDescription, "current" | "previous">,
  records: readonly AuthRecord[],
  now: number,
  holder?: string,
): MirrorDecision {
  const { current } = secret;
  if (current === undefined) return { kind: "LEAVE", why: "NO_CURRENT_VERSION" };
  const isHeld = records.some(({ lease }) => lease !== undefined && lease.until > now && lease.holder !== holder);
  if (isHeld) return { kind: "LEAVE", why: "BUSY" };

  const rotation = rotationOf(records);
  if (rotation) {
    if (now - rotation.lastSign < rotationIsDeadMs) return { kind: "LEAVE", why: "ROTATING" };
    const { token } = rotation;
    return { kind: current === token ? "SETTLE" : "ABANDON", token };
  }

  const outdated = [...records.keys()].filter((index) => !hasVersion(records[index]?.state ?? never, current));
  if (outdated.length === 0) return { kind: "IN_STEP" };
  if (outdated.some((index) => viewLags(records[index], secret, now))) return { kind: "LEAVE", why: "VIEW_LAGS" };
  const waits = records.some(({ failure }) => failure?.versionId === current && failure.retryAt > now);
  return waits ? { kind: "LEAVE", why: "TOO_SOON" } : { kind: "APPLY", versionId: current, outdated };
}

const never: AuthState = { kind: "NEVER_APPLIED" };

/** The rotation that the records are part of, and when it last moved on. */
function rotationOf(records: readonly AuthRecord[]): { token: string; lastSign: number } | undefined {
  const rotating = records.flatMap(({ state }) => (state.kind === "ROTATING" ? [state] : []));
  const [first] = rotating;
  return first && { token: first.token, lastSign: Math.max(...rotating.map(({ since }) => Date.parse(since))) };
}

/**
 * Does the view show an older version than the one that RingCX has? Nothing orders version ids. But Secrets
 * Manager moves AWSPREVIOUS to the version that AWSCURRENT leaves, so a view that shows our version as the
 * previous one is younger than ours, also when somebody has gone back on purpose. Without that sign, a version
 * that we have already replaced once is taken for an old view until no view can be that old any more.
 */
function viewLags(
  record: AuthRecord | undefined,
  { current, previous }: Pick<SecretDescription, "current" | "previous">,
  now: number,
): boolean {
  const newest = record && newestKnown(record);
  if (!record || !newest || current === undefined || previous === newest.versionId) return false;
  const before = lastApplied(record.state)?.versionId;
  const wasReplaced =
    record.superseded.some(({ versionId }) => versionId === current) ||
    (before !== newest.versionId && before === current);
  return wasReplaced && now - newest.since < viewMayLagMs;
}

function newestKnown({ state }: AuthRecord): { versionId: string; since: number } | undefined {
  switch (state.kind) {
    case "APPLIED":
      return { versionId: state.applied.versionId, since: Date.parse(state.applied.at) };
    case "APPLYING":
      return { versionId: state.versionId, since: Date.parse(state.since) };
    default:
      return undefined;
  }
}
