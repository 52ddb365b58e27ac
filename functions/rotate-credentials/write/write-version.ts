import { AutomationError } from "../../../shared/primitives/errors.ts";
import { type CredentialState, lastAppliedVersion } from "../../../shared/records/credential/auth-config-state.ts";
import { possibleVersions } from "../../../shared/records/credential/versions-in-ringcx.ts";
import { mayBeWritten } from "../../../shared/ringcx/client/may-be-written.ts";
import { QuotaDeferredError } from "../../../shared/ringcx/quota/quota-deferred-error.ts";
import {
  RingCxBadRequestError,
  RingCxConflictError,
  RingCxForbiddenError,
  RingCxNotFoundError,
} from "../../../shared/ringcx/resources/errors.ts";
import type { Run } from "../read/account-services.ts";
import { saveApplied, saveFailure } from "../record/record-change.ts";
import { failureBeforeWrite } from "../record/told-failure.ts";
import { type PreparedWrite, prepareVersion } from "./prepare-version.ts";
import { rollBackOthers } from "./roll-back.ts";
import { rotationAccount, type VersionWrite, type WriteDependencies } from "./write-context.ts";
import { writeCredential } from "./write-credential.ts";

/**
 * Writes a version into every outdated auth config. Whatever can be known beforehand is checked before the first
 * write; when RingCX refuses one in spite of that, those that have the version are rolled back, so that all of them
 * have one version. What may pass by itself is left to a later run, for each auth config by itself.
 *
 * @throws what may pass by itself, at the end: no place in the quota, which is no failure, or RingCX unavailable, which is
 *   recorded
 */
export async function writeVersion(
  dependencies: WriteDependencies,
  invocation: Run,
  write: VersionWrite,
): Promise<void> {
  let prepared: readonly PreparedWrite[];
  let unavailable: unknown;
  try {
    ({ prepared, unavailable } = await prepareVersion(dependencies, invocation, write));
  } catch (error) {
    if (error instanceof QuotaDeferredError) throw error;
    for (const target of write.outdated) await saveFailure(target, write, error);
    if (error instanceof AutomationError && error.retryable) throw error;
    return;
  }
  for (const { target, config, credential, edges, answer } of prepared) {
    const { state: before } = target.record;
    const since = new Date(write.now()).toISOString();
    const applying: CredentialState = {
      kind: "APPLYING",
      versionId: write.versionId,
      since,
      before: lastAppliedVersion(before),
      // What an attempt before this one may have left there, it may have still.
      mayHave: possibleVersions(before),
    };
    // Written before RingCX is called: after a crash it is known that RingCX may have either version.
    const failure = failureBeforeWrite(target.record, write.versionId, write.now());
    await target.save((record) => ({ ...record, state: applying, failure }));
    try {
      const account = rotationAccount(dependencies, target.binding, invocation);
      const verification = await writeCredential(account, target, config, credential, edges);
      const level = answer === "ACCEPTED" ? "endpoint" : verification;
      await saveApplied(target, write, level, answer, credential.remarks);
    } catch (error) {
      if (error instanceof QuotaDeferredError) throw error;
      await saveFailure(target, write, error, mayBeWritten(error) ? applying : before);
      if (isRefusal(error)) {
        await rollBackOthers(dependencies, invocation, write, target, error);
        return;
      }
      // The others need not wait for it: each has its own next try.
      unavailable ??= error;
    }
  }
  if (unavailable !== undefined) throw unavailable;
}

/** RingCX said no to what was written. Anything else may pass by itself. */
function isRefusal(error: unknown): boolean {
  return [RingCxBadRequestError, RingCxForbiddenError, RingCxNotFoundError, RingCxConflictError].some(
    (refusal) => error instanceof refusal,
  );
}
