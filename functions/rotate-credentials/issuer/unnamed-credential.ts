import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import {
  type CredentialHolder,
  hasEnded,
  type IssuedCredential,
} from "../../../shared/records/credential/issued-credential.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { secretTags } from "../../../shared/secrets/secret-tags.ts";
import { compareCredentials, mostCompared } from "./compare-credentials.ts";
import { outOfUse, revocationTime } from "./overlap.ts";

/**
 * What a version's credential is called at its issuer, whose secret's tag alone says it: the name belongs to that version, and to no
 * other. One that is another credential's already names nothing.
 */
export function nameByTag(
  { tags }: Pick<SecretDescription, "tags">,
  credentials: readonly Pick<IssuedCredential, "credentialId">[],
): Pick<IssuedCredential, "credentialId" | "isNamedByTag" | "isUnnamed"> {
  const name = tags[secretTags.credentialId];
  const isFree = name !== undefined && !credentials.some(({ credentialId }) => credentialId === name);
  return isFree ? { credentialId: name, isNamedByTag: true } : { isUnnamed: true };
}

/** Whether a person put a version, so that what is known of its name is what the tag said. */
export function isPutByHand({
  isUnnamed,
  isNamedByTag,
}: Pick<IssuedCredential, "isUnnamed" | "isNamedByTag">): boolean {
  return isUnnamed === true || isNamedByTag === true;
}

/** How long a name is waited for at least, in milliseconds: an overlap may be shorter than people need to read what is told. */
const namedWithinMs = 24 * 60 * 60_000;

/**
 * Until when it is told of a credential that it has no name, and the tag is taken for one, epoch milliseconds: as long as it
 * overlaps, a day at least.
 *
 * @returns `undefined` where it has one, or is in use
 */
export function nameableUntil({
  isUnnamed,
  replacedAt,
  revokeAfter,
}: Pick<IssuedCredential, "isUnnamed" | "replacedAt" | "revokeAfter">): number | undefined {
  if (!isUnnamed || replacedAt === undefined || revokeAfter === undefined) return undefined;
  return Math.max(revokeAfter, replacedAt + namedWithinMs);
}

/**
 * What the table keeps of a secret's credentials, with what the tag says by now. It names the current version, once RingCX has
 * that, or what RingCX has is named, so that the tag cannot mean it; where an issuer made that one, or the tag named it, the one put by hand that came out of use last: without a name, or
 * named by the tag alone, and not asked to be revoked yet. That one overlaps anew: a person may have meant the version that they are about to put.
 *
 * @param inRingCx versions that RingCX has, or may have
 * @param inUse versions
 * @param now epoch milliseconds
 */
export function namedByNow(
  secret: Pick<SecretDescription, "current" | "tags">,
  credentials: readonly IssuedCredential[],
  { inRingCx, inUse }: { inRingCx: readonly string[]; inUse: readonly string[] },
  now: number,
): readonly IssuedCredential[] {
  const name = nameByTag(secret, credentials);
  if (name.isUnnamed) return credentials;
  const isNamed = (version: string) =>
    credentials.some((one) => one.versionId === version && one.credentialId !== undefined);
  const isOpen = ({ revokingAt, ...one }: IssuedCredential) =>
    isPutByHand(one) && revokingAt === undefined && !hasEnded(one);
  const current = credentials.find((one) => one.versionId === secret.current && isOpen(one));
  const formers = inUse.every(isNamed)
    ? credentials
        .filter((one) => isOpen(one) && !inUse.includes(one.versionId))
        .filter((one) => one.isNamedByTag || (nameableUntil(one) ?? 0) > now)
        .toSorted((one, other) => lastFirst(one, other))
    : [];
  const isMeant = current && (inRingCx.includes(current.versionId) || inRingCx.every(isNamed));
  const named = isMeant ? current : formers[0];
  return credentials.map((one) => {
    if (one !== named) return one;
    const { isUnnamed: _unnamed, ...rest } = one;
    return { ...rest, ...name, ...(one !== current && outOfUse(secret, now)) };
  });
}

/**
 * The version out of use that may have the id which the tag says of another one: a person put it, nobody has named it, and its
 * overlap goes on. Whose id it is nobody can tell where the tag was set before the version was put; of neither is it revoked before.
 *
 * @param inUse versions
 * @param now epoch milliseconds
 */
export function findMisnamed(
  secret: Pick<SecretDescription, "tags">,
  due: IssuedCredential,
  { credentials, inUse }: { credentials: readonly IssuedCredential[]; inUse: readonly string[] },
  now: number,
): CredentialHolder | undefined {
  if (!due.isNamedByTag) return undefined;
  const other = credentials.find(
    (one) =>
      one.isUnnamed &&
      !hasEnded(one) &&
      !inUse.includes(one.versionId) &&
      one.versionId !== due.versionId &&
      (revocationTime(secret, one) ?? 0) > now,
  );
  return other && { versionId: other.versionId, isKnown: false, why: "MISNAMED" };
}

/** Those without a name first, of each what came out of use last. */
function lastFirst(one: IssuedCredential, other: IssuedCredential): number {
  const byName = Number(other.isUnnamed ?? false) - Number(one.isUnnamed ?? false);
  return byName || (other.replacedAt ?? 0) - (one.replacedAt ?? 0);
}

/**
 * The version whose credential, which has a name, a person has put once more as one that came out of use without any: it ends
 * with that one, and nothing is to be told of it.
 */
export async function namedTwin(
  secrets: SecretsManagerClient,
  secret: Pick<SecretDescription, "arn" | "tags" | "readAt">,
  credentials: readonly IssuedCredential[],
  { versionId, isUnnamed, replacedAt }: IssuedCredential,
): Promise<string | undefined> {
  if (!isUnnamed || replacedAt === undefined) return undefined;
  const named = credentials
    .filter((one) => one.versionId !== versionId && one.credentialId !== undefined && one.sameAs === undefined)
    .toSorted((one, other) => (other.replacedAt ?? 0) - (one.replacedAt ?? 0));
  for (const one of named.slice(0, mostCompared)) {
    const theirs = { versionId: one.versionId, mayBeEmpty: false };
    const likeness = await compareCredentials(secrets, secret, theirs, { versionId, mayBeEmpty: false });
    if (likeness === "SAME") return one.versionId;
  }
  return undefined;
}
