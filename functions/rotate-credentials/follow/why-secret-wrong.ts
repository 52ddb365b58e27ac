import type { CredentialHolder, IssuedCredential } from "../../../shared/records/credential/issued-credential.ts";
import { pendingWaysOut } from "../../../shared/secrets/pending-version.ts";
import { nameOf } from "../../../shared/secrets/secret-now.ts";
import { durationMs, secretTags } from "../../../shared/secrets/secret-tags.ts";
import { waiverProblem } from "../../../shared/secrets/waived-version.ts";
import { decideRevocations, unnamedCredentials } from "../issuer/credential-ends.ts";
import { revocationTime } from "../issuer/overlap.ts";
import { nameableUntil } from "../issuer/unnamed-credential.ts";
import type { BoundSecret } from "../read/bound-secrets.ts";
import type { SecretProblem } from "../read/secret-problem.ts";
import { notStartedCode, strangersVersionCode, unboundCode } from "../record/rotation-progress.ts";

/** A credential whose time is over is revoked by the next runs: what takes longer than this, in milliseconds, is told. */
const revokedWithinMs = 30 * 60_000;

/** A credential that is no longer needed and still valid. */
export interface UnrevokedCredential {
  credential: Pick<IssuedCredential, "versionId" | "credentialId" | "revokeAfter" | "heldBy">;
  /** Auth configs that are not bound to the secret any more and may have it still, as `accountId/uuid`. */
  heldBy: readonly string[];
}

/** Credentials of a secret that should have been revoked a while ago, or that a version in use is known to hold back. Auth configs that are bound do not hold them back. */
export function overdueRevocations(
  { secret, secretRecords, records }: BoundSecret,
  now: number,
): readonly IssuedCredential[] {
  return decideRevocations(secret, secretRecords.credentials, records, now)
    .map((credential) => ({ ...credential, revokeAfter: revocationTime(secret, credential) }))
    .filter(({ heldBy, revokeAfter = now }) => heldBy !== undefined || revokeAfter <= now - revokedWithinMs);
}

/** All that is wrong about a secret itself, whatever auth configs it feeds. */
export function secretProblems(
  bound: BoundSecret,
  unrevoked: readonly UnrevokedCredential[],
  now: number,
): SecretProblem[] {
  const { secret, records, problems } = bound;
  return [
    ...problems,
    ...whyNotRotated(secret),
    ...rotatedForNothing(bound, now),
    ...leftPending(secret, records, now),
    ...wrongWaiver(secret, records),
    ...unrevoked.map((one) => notRevoked(one, bound.secretRecords.credentials)),
    ...unnamed(bound, now),
  ];
}

/** What a version is called whose label keeps every rotation from beginning. */
export function pendingTopic(versionId: string): string {
  return `pending ${versionId}`;
}

/** A rotation begins within seconds of its label: one that nobody is at after this long, in milliseconds, has been left. */
const leftAfterMs = 16 * 60_000;

/** A version keeps AWSPENDING, and no rotation is at it. Where one was refused for it, that tells of it. */
function leftPending(
  { pending, current, hasRotation, changedAt }: BoundSecret["secret"],
  records: BoundSecret["records"],
  now: number,
): SecretProblem[] {
  if (pending === undefined || pending === current || !hasRotation) return [];
  const isToldOrUsed = records.some(
    ({ state, failure }) =>
      state.kind === "ROTATING" ||
      failure?.versionId === pending ||
      failure?.code === strangersVersionCode ||
      failure?.code === notStartedCode,
  );
  if (isToldOrUsed || changedAt === undefined || now - changedAt < leftAfterMs) return [];
  const message = `its version ${pending} has the label AWSPENDING, and no rotation is at it: none begins as long as it has`;
  return [{ topic: pendingTopic(pending), kind: "NOT_ROTATED", message, hint: uncapitalized(pendingWaysOut(pending)) }];
}

function uncapitalized(sentence: string): string {
  return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1).replace(/\.$/, "")}`;
}

/** A rotation is asked of a secret that cannot be rotated here. */
function whyNotRotated({ tags, isReplica, hasRotation }: BoundSecret["secret"]): SecretProblem[] {
  const every = tags[secretTags.rotateEvery];
  if (durationMs(every) === undefined) return [];
  const notRotated = (message: string, hint: string) => [
    { topic: "rotation", kind: "NOT_ROTATED" as const, message, hint },
  ];
  if (isReplica === true) {
    return notRotated(
      "it is a replica, which cannot be rotated here",
      `take ${secretTags.rotateEvery} off the primary secret, or rotate it in its own region`,
    );
  }
  if (hasRotation) return [];
  return notRotated(
    `it is to be rotated every ${every} by its tag ${secretTags.rotateEvery}, and has no rotation function`,
    `give it the function of the output RotationFunctionArn (rotate-secret), or take the tag off`,
  );
}

/** How long it is said of a rotation that it came to nothing, in milliseconds: who asked for it once, and never again, is done with it. */
const unboundForMs = 24 * 60 * 60_000;

/** A rotation was asked of a secret that feeds no auth config. */
function rotatedForNothing(
  { bindings, secret: { hasRotation }, secretRecords: { failedStep } }: BoundSecret,
  now: number,
): SecretProblem[] {
  const isUnbound = failedStep?.code === unboundCode && failedStep.step === "createSecret" && bindings.length === 0;
  if (!isUnbound || !hasRotation || now - Date.parse(failedStep.failedAt) >= unboundForMs) return [];
  const { versionId, failedAt, message } = failedStep;
  return [
    {
      topic: "rotation of nothing",
      kind: "NOT_ROTATED",
      message: `a rotation of it with the token ${versionId} came to nothing at ${failedAt}: ${uncapitalized(message)}`,
      hint: `bind one by its tag ${secretTags.authConfig} or by a message with its secretId, then rotate again; or turn its rotation off`,
    },
  ];
}

/** What is wrong with the tag of the person who wants a version written that waits to be proven. */
function wrongWaiver(secret: BoundSecret["secret"], records: BoundSecret["records"]): SecretProblem[] {
  const isWaiting = records.some(({ proofWait }) => proofWait !== undefined && proofWait.versionId === secret.current);
  const problem = waiverProblem(secret, isWaiting);
  if (!problem) return [];
  const { about, ...words } = problem;
  return [{ topic: about, kind: "TAG_WRONG", ...words }];
}

/** What a credential's version is called of which it is told that it is not revoked. */
export function credentialTopic(versionId: string): string {
  return `credential ${versionId}`;
}

/** A person put a credential, it is out of use, and nobody has said what its issuer calls it. */
function unnamed({ secret, secretRecords: { credentials }, records }: BoundSecret, now: number): SecretProblem[] {
  const { [secretTags.credentialId]: tag } = secret.tags;
  const named = tag === undefined ? "" : `, and its tag ${secretTags.credentialId} names another one (${tag})`;
  return unnamedCredentials(secret, credentials, records, now).map((credential) => {
    const { versionId, replacedAt = now } = credential;
    const until = new Date(nameableUntil(credential) ?? now).toISOString();
    return {
      topic: credentialTopic(versionId),
      kind: "NOT_REVOKED",
      message: `the credential of its version ${versionId}, which a person put, is no longer needed since ${new Date(replacedAt).toISOString()}, and nobody revokes it: its issuer's name for it is not known${named}`,
      hint: `set its tag ${secretTags.credentialId} to what the issuer calls it until ${until}, and it is revoked by itself once its ${secretTags.overlap} is over; or revoke it at its issuer yourself. It is told once`,
    };
  });
}

function notRevoked(
  { credential: { versionId, credentialId, revokeAfter = 0, heldBy: holder }, heldBy }: UnrevokedCredential,
  credentials: readonly IssuedCredential[],
): SecretProblem {
  const name = credentialId === undefined ? "" : ` (${credentialId} at its issuer)`;
  const what = `the credential of its version ${versionId}${name} is no longer needed since ${new Date(revokeAfter).toISOString()}, and not revoked`;
  const problem = { topic: credentialTopic(versionId), kind: "NOT_REVOKED" } as const;
  if (holder) {
    const held = `the credential of its version ${versionId}${name} is not revoked, though its time is over`;
    const holdersId = credentials.find((one) => one.versionId === holder.versionId)?.credentialId;
    return { ...problem, ...heldWords(held, holder, sameWords(credentialId, holdersId)) };
  }
  if (heldBy.length === 0) {
    return {
      ...problem,
      message: `${what}: its issuer has not done it`,
      hint: "see the issuer's own log, and rotation.issuerFunctionArns; it is tried again by itself",
    };
  }
  const holders = `auth config ${heldBy.join(" and ")}`;
  return {
    ...problem,
    message: `${what}: RingCX may have it for ${holders}, which the secret feeds no more`,
    hint: `name it in ${secretTags.authConfig} again until it has the current version, give it another secret, retire it or delete it in RingCX`,
  };
}

/** How a version in use has the same one: the issuer's ids tell, or else the values, of which it may have two ids. */
function sameWords(credentialId: string | undefined, holdersId: string | undefined): string {
  if (holdersId === undefined) return "has the same value";
  return credentialId === holdersId
    ? "has the same credential"
    : `has the same value, although the issuer calls its credential ${holdersId}: whether revoking the one revokes the other only the issuer can say`;
}

/**
 * @param held what is held back, the beginning of the message
 * @param same how a version of the same secret has it
 */
function heldWords(
  held: string,
  { versionId, isKnown, secretArn, why }: CredentialHolder,
  same: string,
): { message: string; hint: string } {
  if (secretArn !== undefined) {
    return {
      message: `${held}: the secret ${nameOf(secretArn)} has the same credential, in use or in its own overlap (version ${versionId})`,
      hint: `rotate that secret, too: it is revoked when neither needs it. If that one has another credential by now, take the tag ${secretTags.credentialId} off it`,
    };
  }
  const inUse = `${held}: version ${versionId}, which is in use,`;
  const after = `it is revoked ${secretTags.overlap} after that`;
  if (why === "REVOKED") {
    return {
      message: `${inUse} has the value of one that was revoked, so that this one may be the last that works`,
      hint: `rotate the secret, put a credential that works into it, or make a version AWSCURRENT that has one: ${after}`,
    };
  }
  if (why === "UNREADABLE") {
    return {
      message: `${inUse} cannot be compared with it, because Secrets Manager does not let us read the two (SECRET_UNREADABLE)`,
      hint: `mend the reading first (docs/runbook.md, secret-unreadable), no rotation would end this; ${after}`,
    };
  }
  const how = isKnown ? same : "may have the same one: the two cannot be compared, or share a value";
  return {
    message: `${inUse} ${how}`,
    hint: `rotate the secret or put another credential into it: ${after}`,
  };
}
