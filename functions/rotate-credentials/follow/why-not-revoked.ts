import type { CredentialHolder, IssuedCredential } from "../../../shared/records/credential/issued-credential.ts";
import { nameOf } from "../../../shared/secrets/secret-now.ts";
import { secretTags } from "../../../shared/secrets/secret-tags.ts";
import { decideRevocations, unnamedCredentials } from "../issuer/credential-ends.ts";
import { revocationTime } from "../issuer/overlap.ts";
import { nameableUntil } from "../issuer/unnamed-credential.ts";
import type { BoundSecret } from "../read/bound-secrets.ts";
import type { SecretProblem } from "../read/secret-problem.ts";

/** A credential whose time is over is revoked by the next runs: what takes longer than this, in milliseconds, is told. */
const revokedWithinMs = 30 * 60_000;

/** A credential that is no longer needed and still valid. */
export interface UnrevokedCredential {
  credential: Pick<IssuedCredential, "versionId" | "credentialId" | "revokeAfter" | "heldBy" | "failure">;
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

/** What a credential's version is called of which it is told that it is not revoked. */
export function credentialTopic(versionId: string): string {
  return `credential ${versionId}`;
}

/** A person put a credential, it is out of use, and nobody has said what its issuer calls it. */
export function unnamedCredential(
  { secret, secretRecords: { credentials }, records }: BoundSecret,
  now: number,
): SecretProblem[] {
  const named = tagWords(secret, credentials);
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

/** That the tag, which might name it, names another one already. */
function tagWords(
  { tags }: Pick<BoundSecret["secret"], "tags">,
  credentials: readonly Pick<IssuedCredential, "credentialId" | "versionId">[],
): string {
  const { [secretTags.credentialId]: tag } = tags;
  const named = credentials.find(({ credentialId }) => tag !== undefined && credentialId === tag);
  return named === undefined
    ? ""
    : `, and its tag ${secretTags.credentialId} names that of another one (${tag}, version ${named.versionId})`;
}

/** A credential should have been revoked, and is not: why, and what ends that. */
export function notRevoked(
  { secret, secretRecords: { credentials } }: Pick<BoundSecret, "secret" | "secretRecords">,
  { credential: { versionId, credentialId, revokeAfter = 0, heldBy: holder, failure }, heldBy }: UnrevokedCredential,
): SecretProblem {
  const name = credentialId === undefined ? "" : ` (${credentialId} at its issuer)`;
  const what = `the credential of its version ${versionId}${name} is no longer needed since ${new Date(revokeAfter).toISOString()}, and not revoked`;
  const problem = { topic: credentialTopic(versionId), kind: "NOT_REVOKED" } as const;
  if (holder) {
    const held = `the credential of its version ${versionId}${name} is not revoked, though its time is over`;
    const holdersId = credentials.find((one) => one.versionId === holder.versionId)?.credentialId;
    const isPending = holder.versionId === secret.pending;
    const words = {
      same: sameWords(credentialId, holdersId),
      named: tagWords(secret, credentials),
      isPending,
      rotate: rotateWords(secret),
    };
    return { ...problem, ...heldWords(held, holder, words) };
  }
  if (heldBy.length === 0) {
    return {
      ...problem,
      message: `${what}: ${failure === undefined ? "its issuer has not done it" : uncapitalized(failure)}`,
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

/** How a rotation of it can be asked for, as it is now. */
function rotateWords({ tags, hasRotation }: Pick<BoundSecret["secret"], "tags" | "hasRotation">): string {
  const issuer = tags[secretTags.issuer] === undefined ? [`put its tag ${secretTags.issuer} back`] : [];
  const rotation = hasRotation ? [] : ["give it its rotation function"];
  return [...issuer, ...rotation, "rotate the secret"].join(" and ");
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
 * @param named what the secret's tag says of another version
 * @param rotate how a rotation is asked for
 * @param isPending whether it is the pending version of the same secret, which the tag does not name
 */
function heldWords(
  held: string,
  holder: CredentialHolder,
  { same, named, isPending, rotate }: { same: string; named: string; isPending: boolean; rotate: string },
): { message: string; hint: string; about?: string } {
  const { versionId, isKnown, secretArn, authConfig, why } = holder;
  const ofOther = secretArn === undefined ? "" : ` of the secret ${nameOf(secretArn)}`;
  const inUse = `${held}: version ${versionId}${ofOther}, which is in use,`;
  const after = secretArn === undefined ? `it is revoked ${secretTags.overlap} after that` : "it is revoked after that";
  if (why === "REVOKED") {
    return {
      message: `${inUse} has the value of one that was revoked, so that this one may be the last that works`,
      hint: `${rotate}, put a credential that works into it, or make a version AWSCURRENT that has one: ${after}`,
    };
  }
  if (why === "UNREADABLE" && holder.twin === "DELETED") {
    return {
      message: `${inUse} cannot be compared with it, as that secret is deleted with a window`,
      hint: twinStateWords.DELETED.ends,
    };
  }
  if (why === "UNREADABLE") {
    return {
      message: `${inUse} cannot be compared with it, because Secrets Manager does not let us read the two (SECRET_UNREADABLE)`,
      hint: `mend the reading first (docs/runbook.md, secret-unreadable), no rotation would end this; ${after}`,
    };
  }
  if (why === "UNNAMED") {
    const [whose, other] = secretArn === undefined ? ["its", rotate] : ["that secret's", "rotate that secret"];
    const name = `set ${whose} tag ${secretTags.credentialId} to what the issuer calls version ${versionId}, or ${other}`;
    return {
      message: `${held}: version ${versionId}${ofOther}, which a person put and which is in use, has no id of its own at the issuer, so that nobody can say that it is not this credential${secretArn === undefined ? named : ""}`,
      hint: `${isPending ? "take the label AWSPENDING off that version" : name}: ${after}`,
    };
  }
  if (why === "MISNAMED") {
    return {
      message: `${held}: the id, which its tag says, may be that of version ${versionId}${ofOther}, which a person put, which has none of its own and is in its overlap`,
      hint: `where it is, revoke the former one at its issuer yourself; nothing else is to be done: ${after}`,
    };
  }
  if (why === "UNPROVEN" || why === "REFUSED" || why === "SILENT") {
    return { about: holder.because === undefined ? why : "UNASKED", ...proofWords(held, holder, { rotate, after }) };
  }
  if (why === "CHANGED") {
    return {
      message: `${held}: auth config ${authConfig}, which was given version ${versionId}${ofOther}, was changed by somebody else in RingCX since, so that nobody can say which credential it has`,
      hint: `${rotate} or put a new version into it, so that RingCX has what is current, or let rotation.onChange rewrite it: ${after}`,
    };
  }
  if (secretArn !== undefined) return twinWords(held, { ...holder, secretArn });
  const how = isKnown ? same : "may have the same one: the two cannot be compared, or share a value";
  return { message: `${inUse} ${how}`, hint: `${rotate} or put another credential into it: ${after}` };
}

/** What the endpoints say, or do not, of what RingCX has. */
function proofWords(
  held: string,
  { versionId, secretArn, authConfig, why, because }: CredentialHolder,
  { rotate, after }: { rotate: string; after: string },
): { message: string; hint: string } {
  const ofOther = secretArn === undefined ? "" : ` of the secret ${nameOf(secretArn)}`;
  const has = `version ${versionId}${ofOther}, which auth config ${authConfig} has,`;
  const mayBeLast = "so that this one may be the last that works";
  const yourself = "or see that it works, and revoke this one at its issuer yourself";
  if (why === "REFUSED") {
    return {
      message: `${held}: an endpoint refuses ${has} ${mayBeLast}`,
      hint: `put a credential that works into the secret, or make a version AWSCURRENT that has one; it is asked again by each run: ${after}`,
    };
  }
  if (why === "SILENT") {
    return {
      message: `${held}: ${has} was accepted by its endpoint, which could not be asked again before this one goes`,
      hint: "make its endpoint reachable: it is asked again by each run, and this one is revoked once that version is accepted again, or a day after its time",
    };
  }
  if (because !== undefined) {
    return {
      message: `${held}: ${has} was written unproven, and nobody can be asked about it any more (${because}), ${mayBeLast}`,
      hint: `${rotate}, retire the auth config where nothing is to use it any more, or let a service use it whose validation places the credential: ${after}; ${yourself}`,
    };
  }
  return {
    message: `${held}: ${has} was written unproven, ${mayBeLast}`,
    hint: `make its endpoint reachable: it is asked again by each run, and this one is revoked ${secretTags.overlap} after it has accepted that version (bind the auth config again, where the secret feeds it no more); ${yourself}`,
  };
}

/** Another secret has it, or its tag says so: what ends that goes by how that one is. */
function twinWords(
  held: string,
  { versionId, isKnown, secretArn, twin = "ROTATES" }: CredentialHolder & { secretArn: string },
): { message: string; hint: string } {
  const has = isKnown
    ? `has the same credential (version ${versionId})`
    : `names the same credential by its tag ${secretTags.credentialId}, and its version ${versionId} has no other name`;
  const { is, ends } = twinStateWords[twin];
  // Where it was rotated, its own record says what it has.
  const byTag = `; where it has another credential by now, set its tag ${secretTags.credentialId} to what that one is called`;
  return {
    message: `${held}: the secret ${nameOf(secretArn)}${is} ${has}`,
    hint: `${ends}${isKnown ? "" : byTag}`,
  };
}

const putAnother = `put another credential into it by hand and set its tag ${secretTags.credentialId} to what its issuer calls that one`;

const twinStateWords: Readonly<Record<NonNullable<CredentialHolder["twin"]>, { is: string; ends: string }>> = {
  ROTATES: { is: "", ends: "rotate that secret, too: it is revoked when neither needs it" },
  FEEDS_NOTHING: {
    is: ", which feeds no auth config,",
    ends: `that secret cannot be rotated as long as it feeds nothing: ${putAnother}, or delete it; an auth config that it fed before, and that nothing feeds now, needs another secret, or must go`,
  },
  NO_ROTATION: { is: ", which has no rotation,", ends: `that secret has no rotation function: ${putAnother}` },
  DELETED: {
    is: ", which is deleted with a window,",
    ends: "restore that secret and rotate it, or wait: it is revoked once the window has ended",
  },
  UNTAGGED: {
    is: `, which has lost its tag ${secretTags.connection},`,
    ends: "put that tag back and rotate that secret, or delete it for good",
  },
  OVERLAP: { is: ", in its overlap,", ends: "nothing is to be done: it is revoked once that overlap is over" },
};

/** A sentence as it goes on after a colon. */
export function uncapitalized(sentence: string): string {
  return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1).replace(/\.$/, "")}`;
}
