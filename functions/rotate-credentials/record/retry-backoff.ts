import type { FailureReason } from "../../../shared/outcomes/failure-reason.ts";
import type { ApplyFailure } from "../../../shared/records/credential/auth-config-state.ts";

/** Of a failure's words in its record, in characters. */
const longestMessage = 400;

const firstPauseMs = 60_000;
const maxPauseMs = 60 * 60_000;

/** A rotation that failed begins anew, so it waits longer. */
const maxRotationPauseMs = 12 * 60 * 60_000;

/** An endpoint that could not be asked is asked again by each run: the wait has an end, and a person may cut it short. */
const proofCodes = ["PROOF_PENDING", "CREDENTIAL_UNPROVEN"];

/** Whether a version is only kept out until an endpoint has accepted it, or a person says that it need not. */
export function isUnproven({ code }: Pick<ApplyFailure, "code">): boolean {
  return proofCodes.includes(code);
}

/** Whether what failed says nothing about the version: RingCX did. */
export function passes(failure: Pick<ApplyFailure, "code"> | undefined): boolean {
  return failure?.code === "RINGCX_UNAVAILABLE" || failure?.code === "RINGCX_WRITE_AMBIGUOUS";
}

/** What passes by itself is worth publishing only when it has not passed after this many attempts. */
const patientAttempts = 5;

/**
 * Counts another failed rotation, and says whether it is worth publishing. Each has a version of its own, which nobody will
 * ever see: our schedule's retries are published once for each cause in a row, a person's each.
 *
 * @param now epoch milliseconds
 */
export function nextRotationFailure(
  before: ApplyFailure | undefined,
  { versionId, isAskedByPerson }: { versionId: string; isAskedByPerson: boolean },
  { code, message }: Pick<FailureReason, "code" | "message">,
  now: number,
): { failure: ApplyFailure; isNews: boolean } {
  const attempts = (before?.attempts ?? 0) + 1;
  const isNews = before?.code !== code || (isAskedByPerson && before.versionId !== versionId);
  const retryAt = now + pauseMs(attempts, maxRotationPauseMs);
  const isTold = isNews || before?.isTold === true;
  return { failure: { versionId, code, message: kept(message), attempts, retryAt, isTold }, isNews };
}

/**
 * Counts another refusal to begin a rotation. Failures of other kinds before it do not count.
 *
 * @param now epoch milliseconds
 */
export function nextRefusal(
  before: ApplyFailure | undefined,
  { versionId, code, message }: Pick<ApplyFailure, "versionId" | "code" | "message">,
  now: number,
): ApplyFailure {
  const attempts = before?.code === code ? before.attempts + 1 : 1;
  return {
    versionId,
    code,
    ...(message !== undefined && { message: kept(message) }),
    attempts,
    retryAt: now + pauseMs(attempts, maxPauseMs),
  };
}

/** The outcome has it whole. */
function kept(message: string): string {
  return message.length > longestMessage ? `${message.slice(0, longestMessage - 1)}…` : message;
}

function pauseMs(attempts: number, maxMs: number): number {
  return Math.min(firstPauseMs * 2 ** Math.min(attempts - 1, 20), maxMs);
}

/**
 * Counts another failure with a version, and says whether it is worth publishing: a new reason at once if nothing
 * but a person can change it, otherwise once it has lasted.
 *
 * @param now epoch milliseconds
 */
export function nextFailure(
  before: ApplyFailure | undefined,
  versionId: string,
  { code, message, isRetryable }: FailureReason,
  now: number,
): { failure: ApplyFailure; isNews: boolean } {
  const isSameVersion = before?.versionId === versionId;
  const attempts = isSameVersion ? before.attempts + 1 : 1;
  const pause = proofCodes.includes(code) ? firstPauseMs : pauseMs(attempts, maxPauseMs);
  const retryAt = now + pause;
  const isNews = isRetryable ? attempts === patientAttempts : !isSameVersion || before.code !== code;
  const isTold = isNews || before?.isTold === true;
  return {
    failure: { versionId, code, message: kept(message), attempts, retryAt, isOfCurrent: true, isTold },
    isNews,
  };
}
