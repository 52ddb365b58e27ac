import { type FailureReason, failureReason } from "../../../shared/outcomes/failure-reason.ts";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import { type CredentialState, lastAppliedVersion } from "../../../shared/records/credential/auth-config-state.ts";
import {
  type HistoryEntry,
  type ProofAnswer,
  proofAnswerSchema,
  type RotationTrigger,
  type VerificationLevel,
} from "../../../shared/records/credential/rotation-history.ts";
import { withoutIntent } from "../../../shared/records/credential/secret-intent.ts";
import { possibleVersions, versionsInRingCx } from "../../../shared/records/credential/versions-in-ringcx.ts";
import { withApplied } from "../../../shared/records/credential/with-applied.ts";
import type { LeasedRecord } from "./leased-record.ts";
import { nextFailure, nextRefusal, nextRotationFailure } from "./retry-backoff.ts";

/** What is being done, and by which invocation: the part of a history entry that is known beforehand. */
export interface Change {
  secretArn: string;
  /** The version on its way into RingCX. */
  versionId: string;
  trigger: RotationTrigger;
  requestId: string;
  /** Epoch milliseconds. */
  now(): number;
}

/** What set off the rotation to a version: our own schedule's request, or somebody else's. */
export function rotationTrigger(requestedVersionId: string | undefined, pendingVersionId: string): RotationTrigger {
  return requestedVersionId === pendingVersionId ? "DUE" : "ROTATE_SECRET";
}

/**
 * Records that RingCX has the version.
 *
 * @param proofAnswer what the endpoints said about it, where they were asked
 * @param remarks slips of copying that were put right in what was written
 */
export async function saveApplied(
  leased: LeasedRecord,
  change: Change,
  verification: VerificationLevel,
  proofAnswer?: ProofAnswer,
  remarks: readonly string[] = [],
): Promise<void> {
  const { secretArn, versionId } = change;
  const said = historyEntry(leased, change, { result: "APPLIED", verification, proofAnswer });
  const entry = remarks.length === 0 ? said : { ...said, remarks };
  await leased.save((record) => ({
    ...withApplied(record, { versionId, at: entry.at, verification, proofAnswer }),
    secretArn,
    unknownAttributes: withoutIntent(record.unknownAttributes),
    unpublished: [...record.unpublished, entry],
  }));
}

/**
 * Records that the version was not applied: RingCX was not changed, or it is not known whether it was.
 *
 * @param state what is left of the auth config's state @default the state that it has
 */
export async function saveFailure(
  leased: LeasedRecord,
  change: Change,
  error: unknown,
  state: CredentialState = leased.record.state,
): Promise<void> {
  const reason = failureReason(error);
  const { failure, isNews } = countFailure(leased, change, reason);
  const result = state.kind === "APPLYING" || state.kind === "DIVERGED" ? "DIVERGED" : "REFUSED";
  const entries = isNews
    ? [historyEntry(leased, change, { result, verification: "none", proofAnswer: answerOf(error), reason }, state)]
    : [];
  await leased.save((record) => ({
    ...record,
    state,
    failure,
    unpublished: [...record.unpublished, ...entries],
  }));
}

/**
 * Records that a rotation was refused before it began: RingCX has the current version, and keeps it.
 *
 * @param current the version that RingCX has. The one that was asked for may exist in spite of the refusal
 * @param tellAfter how many refusals in a row are worth publishing, once
 */
export async function saveNotStarted(
  leased: LeasedRecord,
  change: Change,
  error: AutomationError,
  { current, tellAfter }: { current: string; tellAfter: number },
): Promise<void> {
  const reason = failureReason(error);
  const { failure: before } = leased.record;
  const next = nextRefusal(before, { ...reason, versionId: current }, change.now());
  const isNews = next.attempts === tellAfter;
  const failure = { ...next, isTold: isNews || before?.isTold === true };
  const entries = isNews ? [historyEntry(leased, change, { result: "REFUSED", verification: "none", reason })] : [];
  await leased.save((record) => ({
    ...record,
    failure,
    unpublished: [...record.unpublished, ...entries],
  }));
}

/**
 * Records that a rotation was refused because the auth config was at something else, which goes on as it was: its state, and
 * what fails of it.
 */
export async function saveNotBegun(leased: LeasedRecord, change: Change, error: unknown): Promise<void> {
  const entry = historyEntry(leased, change, {
    result: "REFUSED",
    verification: "none",
    reason: failureReason(error),
  });
  await leased.save((record) => ({ ...record, unpublished: [...record.unpublished, entry] }));
}

/**
 * Records that RingCX has the version that it had before the change again.
 *
 * @param state the state that it has again
 */
export async function saveRolledBack(
  leased: LeasedRecord,
  change: Change,
  state: CredentialState,
  error: unknown,
): Promise<void> {
  const reason = failureReason(error);
  const failure = { ...countFailure(leased, change, reason).failure, isTold: true };
  const entry = historyEntry(leased, change, {
    result: "ROLLED_BACK",
    verification: "metadata",
    proofAnswer: answerOf(error),
    reason,
  });
  const has = lastAppliedVersion(state)?.versionId;
  await leased.save((record) => ({
    ...record,
    state,
    previousVersions: record.previousVersions.filter(({ versionId }) => versionId !== has),
    failure,
    unpublished: [...record.unpublished, has === undefined ? entry : { ...entry, previousVersionId: has }],
  }));
}

/** What the endpoints said about a version that was not applied for it. */
function answerOf(error: unknown): ProofAnswer | undefined {
  return error instanceof AutomationError
    ? proofAnswerSchema.optional().catch(undefined).parse(error.details.proofAnswer)
    : undefined;
}

/** Records that neither the version nor the one before it could be confirmed. An alarm fires; the next run repairs. */
export async function saveDiverged(leased: LeasedRecord, change: Change, error: unknown): Promise<void> {
  const { message, code } = failureReason(error);
  const entry = historyEntry(leased, change, {
    result: "DIVERGED",
    verification: "none",
    reason: { code, message },
  });
  await leased.save((record) => ({
    ...record,
    state: {
      kind: "DIVERGED",
      since: entry.at,
      why: message,
      before: lastAppliedVersion(record.state),
      mayHave: [...new Set([...possibleVersions(record.state), change.versionId])],
    },
    unpublished: [...record.unpublished, entry],
  }));
}

function countFailure(
  { record: { failure } }: LeasedRecord,
  { trigger, versionId, now }: Change,
  reason: FailureReason,
) {
  return trigger === "SYNC"
    ? nextFailure(failure, versionId, reason, now())
    : nextRotationFailure(failure, { versionId, isAskedByPerson: trigger === "ROTATE_SECRET" }, reason, now());
}

function historyEntry(
  { binding, record }: LeasedRecord,
  { secretArn, versionId, trigger, requestId, now }: Change,
  {
    reason,
    proofAnswer,
    ...rest
  }: Pick<HistoryEntry, "result" | "verification" | "proofAnswer"> & {
    reason?: Pick<FailureReason, "code" | "message">;
  },
  state: CredentialState = record.state,
): HistoryEntry {
  const { connection, accountId, authConfigId, authType } = binding;
  const providerName = record.providerName ?? binding.providerName;
  const previousVersionId = lastAppliedVersion(record.state)?.versionId;
  const { versionIds, isKnown } = versionsInRingCx({ ...record, state });
  const isInDoubt = rest.result === "REFUSED" && !isKnown;
  return {
    at: new Date(now()).toISOString(),
    secretArn,
    connection,
    accountId,
    authConfigId,
    authType,
    ...(providerName !== undefined && { providerName }),
    trigger,
    versionId,
    ...(previousVersionId !== undefined && { previousVersionId }),
    ...(isInDoubt && { mayHave: versionIds }),
    ...rest,
    ...(proofAnswer !== undefined && { proofAnswer }),
    ...(reason && { reason: { code: reason.code, message: reason.message } }),
    requestId,
  };
}
