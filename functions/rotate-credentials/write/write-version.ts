import { AutomationError } from "../../../shared/primitives/errors.ts";
import type { AuthConfig } from "../../../shared/ringcx/resources/auth-config.ts";
import {
  QuotaDeferredError,
  RingCxBadRequestError,
  RingCxConflictError,
  RingCxForbiddenError,
  RingCxNotFoundError,
} from "../../../shared/ringcx/resources/errors.ts";
import { type Credential, parseCredential, readSecret } from "../../../shared/secrets/credential.ts";
import type { SeenSecret } from "../../../shared/secrets/read-secret.ts";
import { type AuthState, lastApplied } from "../record/credential-state.ts";
import type { Held } from "../record/leased-record.ts";
import { type Change, noteApplied, noteDiverged, noteFailure, notePutBack } from "../record/record-change.ts";
import { accountOf, putCredential, type RotationParts, type Run, readBound } from "./write-credential.ts";

/** One version of a secret on its way into the auth configs that it feeds. */
export interface Move extends Change {
  secret: Pick<SeenSecret, "tags">;
  /** All auth configs that the secret feeds. */
  held: readonly Held[];
  /** Those of them that do not have the version yet. */
  outdated: readonly Held[];
}

interface Prepared {
  one: Held;
  config: AuthConfig;
  credential: Credential;
  /** Its endpoint said that it accepts the credential. */
  isAccepted: boolean;
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

/** Reads the secret once and each auth config once, and asks the endpoints; writes nothing to RingCX. */
async function prepare(parts: RotationParts, run: Run, move: Move): Promise<readonly Prepared[]> {
  const { text } = await readSecret(parts.secrets, move.secretArn, move.versionId);
  const fitting = move.outdated.map((one) => ({
    one,
    credential: parseCredential(text, one.binding.authType, move.versionId),
  }));
  const read: Omit<Prepared, "isAccepted">[] = [];
  for (const { one, credential } of fitting) {
    try {
      const config = await readBound(accountOf(parts, one.binding, run), one.binding);
      one.learnName(config.providerName);
      read.push({ one, credential, config });
    } catch (error) {
      // A wrong binding is none: it must not keep the auth configs that are rightly bound from moving.
      if (!(error instanceof AutomationError && error.code === "BINDING_WRONG")) throw error;
      await noteFailure(one, move, error);
    }
  }
  const prepared: Prepared[] = [];
  for (const one of read) prepared.push({ ...one, isAccepted: await isAccepted(parts, move, one) });
  return prepared;
}

/**
 * An endpoint that cannot be asked does not keep the version out: whoever made it the current one may have
 * revoked the one before.
 *
 * @throws {AutomationError} `CREDENTIAL_REFUSED` when the endpoint does not accept it: what RingCX has stays
 */
async function isAccepted(parts: RotationParts, { secret }: Move, { one, credential }: Omit<Prepared, "isAccepted">) {
  const answer = await parts.prove({ binding: one.binding, secret }, credential);
  if (answer.kind !== "REFUSED") return answer.kind === "ACCEPTED";
  const { authConfigId, accountId } = one.binding;
  throw new AutomationError(
    `The endpoint refuses version ${credential.versionId} of the secret: ${answer.reason}. Put a working credential into the secret.`,
    { code: "CREDENTIAL_REFUSED", details: { accountId, authConfigId, versionId: credential.versionId } },
  );
}

/** RingCX said no, so it has what it had. After anything else it may have either version. */
function wasRefused(error: unknown): boolean {
  return [RingCxBadRequestError, RingCxForbiddenError, RingCxNotFoundError, RingCxConflictError].some(
    (refusal) => error instanceof refusal,
  );
}

/** Puts those that have the new version back to the one that the refused auth config still has. */
async function putBackOthers(parts: RotationParts, run: Run, move: Move, refused: Held, cause: unknown): Promise<void> {
  const back = lastApplied(refused.record.state)?.versionId;
  if (back === undefined) return; // it never had one, so there is nothing that they all had
  for (const one of move.held) {
    const { state, superseded } = one.record;
    const older = superseded.find(({ versionId }) => versionId === back);
    if (state.kind !== "APPLIED" || state.applied.versionId !== move.versionId || !older) continue;
    try {
      const proof = await putVersion(parts, run, one, move.secretArn, back);
      await notePutBack(one, move, { kind: "APPLIED", applied: { ...older, proof } }, cause);
    } catch (error) {
      await noteDiverged(one, move, error);
    }
  }
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
