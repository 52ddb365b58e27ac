import { type FailureReason, failureReason } from "../../../shared/outcomes/failure-reason.ts";
import { type AuthRecord, lastApplied } from "../../../shared/records/credential/auth-config-state.ts";
import type { HistoryEntry, Trigger, VerificationLevel } from "../../../shared/records/credential/rotation-history.ts";
import { withApplied } from "./credential-state.ts";
import type { Held } from "./leased-record.ts";
import { nextFailure, nextRotationFailure } from "./retry-backoff.ts";

/** What is being done, and by which invocation: the part of a history entry that is known beforehand. */
export interface Change {
  secretArn: string;
  /** The version on its way into RingCX. */
  versionId: string;
  trigger: Trigger;
  requestId: string;
  /** Epoch milliseconds. */
  now(): number;
}

/** RingCX has the version. */
export async function noteApplied(held: Held, change: Change, proof: VerificationLevel): Promise<void> {
  const { secretArn, versionId } = change;
  const told = entry(held, change, { result: "APPLIED", proof });
  await held.save((record) => ({
    ...withApplied(record, versionId, told.at, proof),
    secretArn,
    untold: [...record.untold, told],
  }));
}

/** The version did not get in; RingCX was not changed, or it is not known. `state` is what is left of it. */
export async function noteFailure(
  held: Held,
  change: Change,
  error: unknown,
  state: AuthRecord["state"] = held.record.state,
): Promise<void> {
  const reason = failureReason(error);
  const { failure, isNews } = counted(held, change, reason);
  const result = state.kind === "APPLYING" || state.kind === "DIVERGED" ? "DIVERGED" : "REFUSED";
  await held.save((record) => ({
    ...record,
    state,
    failure,
    untold: isNews ? [...record.untold, entry(held, change, { result, proof: "none", reason })] : record.untold,
  }));
}

/** RingCX has the version that it had before the change again. */
export async function notePutBack(
  held: Held,
  change: Change,
  back: AuthRecord["state"],
  error: unknown,
): Promise<void> {
  const reason = failureReason(error);
  const { failure } = counted(held, change, reason);
  const told = entry(held, change, { result: "PUT_BACK", proof: "metadata", reason });
  const has = lastApplied(back)?.versionId;
  await held.save((record) => ({
    ...record,
    state: back,
    superseded: record.superseded.filter(({ versionId }) => versionId !== has),
    failure,
    untold: [...record.untold, has === undefined ? told : { ...told, previousVersionId: has }],
  }));
}

/** Neither the version nor the one before it could be confirmed. An alarm fires; the next run repairs. */
export async function noteDiverged(held: Held, change: Change, error: unknown): Promise<void> {
  const { message, code } = failureReason(error);
  const told = entry(held, change, { result: "DIVERGED", proof: "none", reason: { code, message } });
  await held.save((record) => ({
    ...record,
    state: { kind: "DIVERGED", since: told.at, why: message, before: lastApplied(record.state) },
    untold: [...record.untold, told],
  }));
}

function counted({ record: { failure } }: Held, { trigger, versionId, now }: Change, reason: FailureReason) {
  return trigger === "MIRROR"
    ? nextFailure(failure, versionId, reason, now())
    : { failure: nextRotationFailure(failure, versionId, reason, now()), isNews: true };
}

function entry(
  { binding, record }: Held,
  { secretArn, versionId, trigger, requestId, now }: Change,
  { reason, ...rest }: Pick<HistoryEntry, "result" | "proof"> & { reason?: Pick<FailureReason, "code" | "message"> },
): HistoryEntry {
  const { connection, accountId, authConfigId, authType } = binding;
  const providerName = record.providerName ?? binding.providerName;
  const previousVersionId = lastApplied(record.state)?.versionId;
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
    ...rest,
    ...(reason && { reason: { code: reason.code, message: reason.message } }),
    requestId,
  };
}
