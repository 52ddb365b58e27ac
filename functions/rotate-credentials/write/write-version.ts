import { AutomationError } from "../../../shared/primitives/errors.ts";
import type { Invocation } from "../../../shared/primitives/invocation.ts";
import { type AuthState, lastApplied } from "../../../shared/records/credential/auth-config-state.ts";
import { QuotaDeferredError } from "../../../shared/ringcx/quota/quota-deferred-error.ts";
import {
  RingCxBadRequestError,
  RingCxConflictError,
  RingCxForbiddenError,
  RingCxNotFoundError,
} from "../../../shared/ringcx/resources/errors.ts";
import { noteApplied, noteFailure } from "../record/record-change.ts";
import { type Prepared, prepare } from "./prepare-version.ts";
import { putBackOthers } from "./roll-back.ts";
import { accountOf, type Move, type WriteDependencies } from "./write-context.ts";
import { putCredential } from "./write-credential.ts";

/**
 * Puts a version into every outdated auth config. Whatever can be known beforehand is looked at before the
 * first write; when RingCX refuses one in spite of that, those that have moved are put back, so that all of
 * them have one version. What may pass by itself is left to the next run, which goes on from there.
 *
 * @throws what may pass by itself: no place in the quota, which is no failure, or RingCX unavailable, which is noted
 */
export async function moveTogether(parts: WriteDependencies, run: Invocation, move: Move): Promise<void> {
  let prepared: readonly Prepared[];
  try {
    prepared = await prepare(parts, run, move);
  } catch (error) {
    if (error instanceof QuotaDeferredError) throw error;
    for (const one of move.outdated) await noteFailure(one, move, error);
    if (error instanceof AutomationError && error.retryable) throw error;
    return;
  }
  for (const { one, config, credential, isAccepted } of prepared) {
    const before = one.record.state;
    const since = new Date(move.now()).toISOString();
    const applying: AuthState = { kind: "APPLYING", versionId: move.versionId, since, before: lastApplied(before) };
    // Written before RingCX is called: after a crash it is known that RingCX may have either version.
    await one.save((record) => ({ ...record, state: applying }));
    try {
      const taken = await putCredential(accountOf(parts, one.binding, run), one.binding, config, credential);
      await noteApplied(one, move, isAccepted ? "endpoint" : taken);
    } catch (error) {
      if (error instanceof QuotaDeferredError) throw error;
      const isRefused = wasRefused(error);
      await noteFailure(one, move, error, isRefused ? before : applying);
      if (!isRefused) throw error;
      await putBackOthers(parts, run, move, one, error);
      return;
    }
  }
}

/** RingCX said no, so it has what it had. After anything else it may have either version. */
function wasRefused(error: unknown): boolean {
  return [RingCxBadRequestError, RingCxForbiddenError, RingCxNotFoundError, RingCxConflictError].some(
    (refusal) => error instanceof refusal,
  );
}
