import { AutomationError } from "../../../shared/primitives/errors.ts";
import { sentence } from "../../../shared/primitives/sentence.ts";
import type { CredentialState } from "../../../shared/records/credential/auth-config-state.ts";
import type { LeasedRecord } from "./leased-record.ts";
import type { Change } from "./record-change.ts";

/** Why a rotation did not begin: its version is somebody else's, and so is the label on it. */
export const strangersVersionCode = "ROTATION_STRANGERS_VERSION";

/** Why there is none: Secrets Manager did not take it on, or never called its first step. */
export const notStartedCode = "ROTATION_NOT_STARTED";

/** Why a rotation came to nothing: its secret feeds no auth config. */
export const unboundCode = "BINDING_NONE";

/** Why a step does nothing: somebody else has the lease of an auth config. */
export const busyCode = "ROTATION_BUSY";

/** The state of an auth config that takes part in a rotation. */
export type RotatingState = Extract<CredentialState, { kind: "ROTATING" }>;

/** How far an auth config is in the rotation to a version; `undefined` when it takes no part in it. */
export function rotatingState(
  { record: { state } }: LeasedRecord,
  pendingVersionId: string,
): RotatingState | undefined {
  return state.kind === "ROTATING" && state.pendingVersionId === pendingVersionId ? state : undefined;
}

/** Whether RingCX has the pending version of a rotation, verified or not. */
export function hasPendingVersion(leased: LeasedRecord, pendingVersionId: string): boolean {
  const step = rotatingState(leased, pendingVersionId)?.step;
  return step === "SET" || step === "VERIFIED";
}

/**
 * Records that an auth config has come further; the time of it is also the sign that the rotation lives.
 *
 * @throws {AutomationError} `ROTATION_UNKNOWN` when the auth config takes no part in the rotation, `LEASE_LOST`
 */
export async function advanceRotation(
  leased: LeasedRecord,
  pendingVersionId: string,
  { now }: Pick<Change, "now">,
  progress: Pick<RotatingState, "step"> & Partial<Pick<RotatingState, "verification">>,
): Promise<void> {
  const state = rotatingState(leased, pendingVersionId);
  if (!state) throw rotationError("ROTATION_UNKNOWN", `Auth config ${leased.binding.authConfigId} is not part of it.`);
  const since = new Date(now()).toISOString();
  await leased.save((record) => ({ ...record, state: { ...state, ...progress, since } }));
}

/**
 * Something failed when the pending version may have become the current one already: nothing may be rolled back or
 * revoked on what was seen before. The step may be repeated, and the schedule ends what nobody repeats.
 */
export class PastPromotionError extends AutomationError {
  override readonly name = "PastPromotionError";

  constructor(versionId: string, cause: unknown) {
    const why = cause instanceof AutomationError ? cause.message : cause instanceof Error ? cause.name : "unknown";
    super(
      `Version ${versionId} may be the current one by now; what follows failed: ${sentence(why)} It is looked at again.`,
      {
        code: "ROTATION_PAST_PROMOTION",
        retryable: true,
        details: { versionId },
        cause,
      },
    );
  }
}

/** A rotation cannot go on, and why: a whole sentence. */
export function rotationError(code: string, why: string, retryable = false, details = {}): AutomationError {
  return new AutomationError(`The rotation cannot go on. ${why}`, { code, retryable, details });
}
