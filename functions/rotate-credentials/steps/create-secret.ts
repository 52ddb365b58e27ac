import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
} from "@aws-sdk/client-secrets-manager";
import type { Confined } from "../../../shared/primitives/confined.ts";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import { parseJsonObject } from "../../../shared/primitives/json.ts";
import type { Redacted } from "../../../shared/primitives/redacted.ts";
import type { IssuedCredential } from "../../../shared/records/credential/issued-credential.ts";
import { QuotaDeferredError } from "../../../shared/ringcx/quota/quota-deferred-error.ts";
import type { AuthType } from "../../../shared/ringcx/resources/auth-config.ts";
import { parseCredential } from "../../../shared/secrets/credential.ts";
import { pendingWaysOut } from "../../../shared/secrets/pending-version.ts";
import { readSecret } from "../../../shared/secrets/read-secret.ts";
import {
  maxSecretBytes,
  SecretNotWrittenError,
  SecretUnreadableError,
} from "../../../shared/secrets/unusable-secret.ts";
import { likenessOf, mostCompared, versionWith } from "../issuer/compare-credentials.ts";
import { versionsInUse } from "../issuer/credential-holder.ts";
import { issueCredential } from "../issuer/issue-credential.ts";
import type { LeasedRecord } from "../record/leased-record.ts";
import { isUnproven, passes } from "../record/retry-backoff.ts";
import { type RotatingState, rotatingState, rotationError, strangersVersionCode } from "../record/rotation-progress.ts";
import { waitsUntil, waiverWords } from "../write/prove-version.ts";
import { requireQuota } from "../write/write-context.ts";
import type { RotationContext, StepDependencies } from "./rotation-context.ts";

/**
 * Step 1: the auth configs become part of the rotation, and the pending version gets a value.
 *
 * @throws {AutomationError} when the rotation must not begin: an outage is open, RingCX does not have the current
 *   version, no issuer is declared, the quota has no room, the pending version is somebody else's
 */
export async function createSecret(dependencies: StepDependencies, context: RotationContext): Promise<void> {
  const { secret, pendingVersionId, targets, change, invocation } = context;
  const joining = targets.filter((target) => !rotatingState(target, pendingVersionId));
  const isCandidateThere = await hasValue(dependencies, secret.arn, pendingVersionId);
  // What we make has its value only after its auth configs take part.
  if (isCandidateThere && joining.length === targets.length) throw strangersVersion(pendingVersionId);
  if (joining.length > 0) await requireNoOutage(dependencies, context);
  const bindings = targets.map(({ binding }) => binding);
  await requireQuota(dependencies, invocation, bindings).catch((error: unknown) => {
    // Nothing has begun, so it can begin at another time; a rotation that waits would stand in everybody's way.
    if (error instanceof QuotaDeferredError) throw rotationError("ROTATION_NO_ROOM", error.message, true);
    throw error;
  });
  for (const target of joining) {
    const { state } = target.record;
    if (state.kind === "ROTATING") {
      throw rotationError(
        "ROTATION_NOT_IN_STEP",
        `Another rotation of auth config ${target.binding.authConfigId} is under way, or just ending (to version ${state.pendingVersionId}). Rotate again when it has ended.`,
        true,
      );
    }
    if (state.kind !== "APPLIED" || state.applied.versionId !== secret.current) throw notInStep(target, secret);
    const started: RotatingState = {
      kind: "ROTATING",
      pendingVersionId,
      step: "CREATED",
      since: new Date(change.now()).toISOString(),
      verification: "none",
      before: state.applied,
    };
    await target.save((record) => ({ ...record, state: started }));
  }
  if (!isCandidateThere) await storeCandidate(dependencies, context);
}

/** Why no rotation begins where RingCX does not have the current version, and who brings it there: nobody else may. */
function notInStep(
  { binding, record: { state, failure, proofWait } }: LeasedRecord,
  secret: RotationContext["secret"],
) {
  const { current } = secret;
  const what = `Auth config ${binding.authConfigId} does not have the secret's current version`;
  const isKept = failure !== undefined && failure.versionId === current && !passes(failure);
  const has = state.kind === "APPLIED" ? state.applied.versionId : undefined;
  const put = has === undefined ? "Put" : `Move AWSCURRENT to version ${has}, which RingCX has, or put`;
  if (failure !== undefined && failure.versionId === current && isUnproven(failure)) {
    const isTimed = failure.code === "PROOF_PENDING" && proofWait?.versionId === current;
    const until = isTimed ? `, until ${waitsUntil(secret, proofWait)} at the latest` : "";
    return rotationError(
      "ROTATION_NOT_IN_STEP",
      `${what}, ${current}, which waits for an endpoint that accepts it${until} (${failure.code}). Rotate again once it is written; sooner: ${waiverWords(current)}.`,
      true,
    );
  }
  const next = isKept
    ? `, ${current}, which is not written (${failure.code}). ${put} a working credential into the secret: it can be rotated from there.`
    : ` (${state.kind}): the schedule puts it in, or cleans up, first.`;
  return rotationError("ROTATION_NOT_IN_STEP", `${what}${next}`, true);
}

/** A pending version that somebody else has put is never promoted unasked: nobody has verified it. */
export function strangersVersion(versionId: string): AutomationError {
  return rotationError(
    strangersVersionCode,
    `Version ${versionId} has the label AWSPENDING and a value that was not made here: somebody put it with PutSecretValue, or another rotation function left it. ${pendingWaysOut(versionId)}`,
  );
}

async function requireNoOutage(
  { findOutage }: Pick<StepDependencies, "findOutage">,
  { targets }: RotationContext,
): Promise<void> {
  for (const { binding } of targets) {
    const service = await findOutage(binding);
    if (service === undefined) continue;
    throw rotationError(
      "ROTATION_DURING_OUTAGE",
      `Service ${service} has an outage: a new credential could not be verified. Rotate again when it is over.`,
      true,
    );
  }
}

/** Whether a version has a value: the pending one of `RotateSecret` has none until somebody puts it. */
export async function hasValue(
  { secrets }: Pick<StepDependencies, "secrets">,
  arn: string,
  versionId: string,
): Promise<boolean> {
  try {
    await secrets.send(new GetSecretValueCommand({ SecretId: arn, VersionId: versionId }));
    return true;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw new SecretUnreadableError(arn, "GetSecretValue", error);
  }
}

/** What does not change (a token URL, a user name) is carried over from the current version. */
async function storeCandidate(dependencies: StepDependencies, context: RotationContext): Promise<void> {
  const { secret, pendingVersionId: versionId, targets, secretRecords, change, invocation } = context;
  const [authType, ...others] = new Set(targets.map(({ binding }) => binding.authType));
  if (authType === undefined || others.length > 0 || secret.current === undefined) {
    throw rotationError("BINDING_WRONG", "A secret that rotates is bound to auth configs of one type.");
  }
  const { text } = await readSecret(dependencies.secrets, secret, secret.current);
  const { credentials } = secretRecords;
  const authConfigs = targets.map(({ binding: { accountId, authConfigId } }) => ({ accountId, authConfigId }));
  const records = targets.map(({ record }) => record);
  const inUse = versionsInUse(secret, records);
  const changed = (issued: Redacted<Record<string, unknown>>) =>
    text.examine((current) => {
      const fields = parseJsonObject(current);
      if (!fields) return { problems: [] };
      const value = JSON.stringify({ ...fields, ...issued.reveal() });
      const bytes = Buffer.byteLength(value);
      return bytes > maxSecretBytes ? { problems: [`${bytes} bytes`] } : { value };
    });
  const sameAs = async (issued: Redacted<Record<string, unknown>>) => {
    const examined = changed(issued);
    if (!("found" in examined)) return undefined;
    if (likenessOf(examined.found, text) === "SAME") return secret.current;
    return versionWith(dependencies.secrets, secret, examined.found, formerVersions(context, inUse));
  };
  const { deadline } = invocation;
  const candidateVersion = { secret, versionId, authType, authConfigs, credentials, inUse, sameAs, deadline };
  const examined = changed(await issueCredential(dependencies, candidateVersion));
  if ("problems" in examined) {
    const [size] = examined.problems;
    if (size === undefined)
      throw rotationError("SECRET_INVALID", "The current version of the secret is not a JSON object.");
    throw rotationError(
      "ISSUER_FAILED",
      `The issuer answered create with too much: the secret would have ${size}, and Secrets Manager takes ${maxSecretBytes} at most. Answer the fields of the credential alone.`,
    );
  }
  const candidate = examined.found;
  requireFit(candidate, text, { authType, versionId, current: secret.current }); // before it is stored: a version is never overwritten
  const request = {
    SecretId: secret.arn,
    ClientRequestToken: versionId,
    SecretString: candidate.reveal({ secretArn: secret.arn }, change.now()),
    VersionStages: ["AWSPENDING"],
  };
  await dependencies.secrets
    .send(new PutSecretValueCommand(request))
    .catch((error: unknown) => Promise.reject(new SecretNotWrittenError(secret.arn, "PutSecretValue", error)));
}

/** What does not fit is the issuer's doing where the current version, which the rest of it comes from, does. */
function requireFit(
  candidate: Confined<string>,
  before: Confined<string>,
  { authType, versionId, current }: { authType: AuthType; versionId: string; current: string },
): void {
  try {
    parseCredential(candidate, authType, versionId);
  } catch (error) {
    if (!(error instanceof AutomationError) || error.code !== "SECRET_INVALID") throw error;
    // Throws what is wrong with the secret itself.
    parseCredential(before, authType, current);
    const problems = (error.details.problems as readonly string[]).join("; ");
    throw rotationError(
      "ISSUER_FAILED",
      `The issuer answered create with what does not fit ${authType}: ${problems}. Mend what it answers.`,
    );
  }
}

/** The versions but the current one that had a credential, those in use first. */
function formerVersions(
  { secret, pendingVersionId, secretRecords }: RotationContext,
  inUse: readonly string[],
): ReadonlySet<string> {
  const endedAt = ({ revokedAt, issuedAt }: IssuedCredential) => revokedAt ?? issuedAt ?? "";
  const issued = secretRecords.credentials.toSorted((one, other) => (endedAt(one) < endedAt(other) ? 1 : -1));
  const all = [...inUse, ...issued.map(({ versionId }) => versionId)];
  const others = new Set(all.filter((id) => id !== secret.current && id !== pendingVersionId));
  return new Set([...others].slice(0, mostCompared));
}
