import type { FailureReason } from "../../../shared/outcomes/failure-reason.ts";
import type { Failure } from "../../../shared/records/credential/auth-config-state.ts";

const firstPauseMs = 60_000;
const longestPauseMs = 60 * 60_000;

/** A rotation that failed begins anew, so it waits longer. */
const longestRotationPauseMs = 12 * 60 * 60_000;

/** What passes by itself is news only when it has not passed after this many attempts. */
const patience = 5;

/**
 * Counts another failed rotation. Each has a version of its own, and each is told.
 *
 * @param now epoch milliseconds
 */
export function nextRotationFailure(
  before: Failure | undefined,
  versionId: string,
  { code }: FailureReason,
  now: number,
): Failure {
  const attempts = (before?.attempts ?? 0) + 1;
  return { versionId, code, attempts, retryAt: now + pause(attempts, longestRotationPauseMs) };
}

function pause(attempts: number, longestMs: number): number {
  return Math.min(firstPauseMs * 2 ** Math.min(attempts - 1, 20), longestMs);
}

/**
 * Counts another failure with a version, and says whether it is worth telling: a new reason at once if nothing
 * but a person can change it, otherwise once it has lasted.
 *
 * @param now epoch milliseconds
 */
export function nextFailure(
  before: Failure | undefined,
  versionId: string,
  { code, isRetryable }: FailureReason,
  now: number,
): { failure: Failure; isNews: boolean } {
  const isSameVersion = before?.versionId === versionId;
  const attempts = isSameVersion ? before.attempts + 1 : 1;
  const retryAt = now + pause(attempts, longestPauseMs);
  const isNews = isRetryable ? attempts === patience : !isSameVersion || before.code !== code;
  return { failure: { versionId, code, attempts, retryAt }, isNews };
}
