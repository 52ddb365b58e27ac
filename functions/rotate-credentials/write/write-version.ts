import { AutomationError } from "../../../shared/primitives/errors.ts";
import { QuotaDeferredError } from "../../../shared/ringcx/quota/quota-deferred-error.ts";
import {
  RingCxBadRequestError,
  RingCxConflictError,
  RingCxForbiddenError,
  RingCxNotFoundError,
} from "../../../shared/ringcx/resources/errors.ts";
import { parseCredential } from "../../../shared/secrets/credential.ts";
import { readSecret, type SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { type AuthState, lastApplied } from "../record/credential-state.ts";
import type { Held } from "../record/leased-record.ts";
import { type Change, noteApplied, noteFailure } from "../record/record-change.ts";
import { type Prepared, prepare } from "./prepare-version.ts";
import { putBackOthers } from "./roll-back.ts";
import { accountOf, type RotationParts, type Run } from "./write-context.ts";
import { putCredential, readBound } from "./write-credential.ts";

/** One version of a secret on its way into the auth configs that it feeds. */
export interface Move extends Change {
  secret: Pick<SecretDescription, "tags">;
  /** All auth configs that the secret feeds. */
  held: readonly Held[];
  /** Those of them that do not have the version yet. */
  outdated: readonly Held[];
}

/**
 * Puts a version into every outdated auth config. Whatever can be known beforehand is looked at before the
 * first write; when RingCX refuses one in spite of that, those that have moved are put back, so that all of
 * them have one version. What may pass by itself is left to the next run, which goes on from there.
 *
 * @throws what may pass by itself: no place in the quota, which is no failure, or RingCX unavailable, which is noted
 */
export async function moveTogether(parts: RotationParts, run: Run, move: Move): Promise<void> {
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

/** Puts an earlier version in again, without asking anybody but RingCX. */
export async function putVersion(
  parts: RotationParts,
  run: Run,
  { binding }: Held,
  secretArn: string,
  versionId: string,
) {
  const { text } = await readSecret(parts.secrets, secretArn, versionId);
  const account = accountOf(parts, binding, run);
  const config = await readBound(account, binding);
  return putCredential(account, binding, config, parseCredential(text, binding.authType, versionId));
}
