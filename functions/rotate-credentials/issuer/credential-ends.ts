import type { CredentialRecord } from "../../../shared/records/credential/auth-config-state.ts";
import { hasEnded, type IssuedCredential } from "../../../shared/records/credential/issued-credential.ts";
import { bindingKey, type SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import { possibleVersions } from "../../../shared/records/credential/versions-in-ringcx.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { secretTags } from "../../../shared/secrets/secret-tags.ts";
import { compareIds } from "./compare-credentials.ts";
import { versionsInUse } from "./credential-holder.ts";
import { outOfUse, revocationTime } from "./overlap.ts";
import { isPutByHand, nameableUntil, namedByNow } from "./unnamed-credential.ts";

/** An auth config that a secret is bound to, and what is known of its credential. */
export interface CredentialUser {
  binding: Pick<SecretBinding, "accountId" | "authConfigId" | "authType">;
  record: CredentialRecord;
}

/**
 * What is to be written down so that every credential has an end that RingCX was given by a secret with an issuer, whoever made it
 * and however it came out of use: of each version, that it has one, and what the secret's tag calls it; of each that has not
 * ended, the auth configs that may have it; of each that is in use no more, until when it stays valid. It goes by what is,
 * not by what happened: whoever moves a label, puts a version or dies in between, the next run finds it.
 *
 * @param users every auth config that the secret is bound to
 * @param now epoch milliseconds
 * @returns those that change, as they are to be kept
 */
export function decideEnds(
  secret: Pick<SecretDescription, "arn" | "current" | "pending" | "tags">,
  credentials: readonly IssuedCredential[],
  users: readonly CredentialUser[],
  now: number,
): IssuedCredential[] {
  const inUse = versionsInUse(
    secret,
    users.map(({ record }) => record),
  );
  const ours = users.filter(({ record: { secretArn } }) => secretArn === secret.arn);
  const inRingCx = ours.flatMap(({ record: { state } }) => possibleVersions(state));
  const found = [...credentials, ...foundInUse(secret, credentials, ours)];
  return namedByNow(secret, found, { inRingCx, inUse }, now).flatMap((credential) => {
    const { versionId, authConfigs = [], revokeAfter } = credential;
    if (hasEnded(credential)) return [];
    const noted = authConfigs.map(bindingKey);
    const others = ours.filter(
      ({ binding, record: { state } }) =>
        possibleVersions(state).includes(versionId) && !noted.includes(bindingKey(binding)),
    );
    const isUsed = inUse.some((one) => compareIds(credentials, one, versionId) === "SAME");
    // What a person put and RingCX never had is theirs: its name alone is kept.
    const isTheirs = isPutByHand(credential) && authConfigs.length === 0 && others.length === 0;
    if (isTheirs && (credential.isUnnamed || credentials.includes(credential))) return [];
    const isForgotten = revokeAfter === undefined && !isUsed;
    if (others.length === 0 && !isForgotten && credentials.includes(credential)) return [];
    const added = others.map(({ binding: { accountId, authConfigId } }) => ({ accountId, authConfigId }));
    return [
      {
        ...credential,
        authConfigs: [...authConfigs, ...added],
        ...(isForgotten && outOfUse(secret, now)),
      },
    ];
  });
}

/** Versions that are current, or that RingCX may have, and of which nothing is known: an issuer's is known before it has a value. */
function foundInUse(
  { tags, current }: Pick<SecretDescription, "tags" | "current">,
  credentials: readonly IssuedCredential[],
  users: readonly CredentialUser[],
): IssuedCredential[] {
  // Where the tag was taken off, whoever made the last one has a name for what a person puts, too.
  const maker = credentials.toSorted((a, b) => ((a.issuedAt ?? "") < (b.issuedAt ?? "") ? 1 : -1))[0]?.issuer;
  const issuer = tags[secretTags.issuer] ?? maker;
  if (!issuer?.startsWith("arn:")) return [];
  const known = new Set(credentials.map(({ versionId }) => versionId));
  return users.flatMap(({ binding: { authType }, record: { state } }) =>
    [...possibleVersions(state), current].flatMap((versionId) => {
      if (
        versionId === undefined ||
        known.has(versionId) ||
        (state.kind === "ROTATING" && versionId === state.pendingVersionId)
      )
        return [];
      known.add(versionId);
      return [{ versionId, isUnnamed: true, issuer, authType }];
    }),
  );
}

/**
 * Credentials of versions that nobody needs any more: their time is over, and RingCX surely does not have their version. Whether
 * another version has the same credential, `findHolder` says before it is revoked.
 *
 * @param records of all auth configs that the secret is bound to
 * @param now epoch milliseconds
 */
export function decideRevocations(
  secret: Pick<SecretDescription, "current" | "pending" | "tags">,
  credentials: readonly IssuedCredential[],
  records: readonly CredentialRecord[],
  now: number,
): IssuedCredential[] {
  return credentials.filter((credential) => {
    const until = revocationTime(secret, credential);
    if (hasEnded(credential) || credential.isUnnamed || until === undefined || until > now) return false;
    return isOutOfUse(secret, records, credential);
  });
}

/**
 * Credentials that are out of use and that nobody here revokes, as their issuer's name for them is not known, as long as their
 * secret's tag may still say it.
 *
 * @param now epoch milliseconds
 */
export function unnamedCredentials(
  secret: Pick<SecretDescription, "current" | "pending">,
  credentials: readonly IssuedCredential[],
  records: readonly CredentialRecord[],
  now: number,
): IssuedCredential[] {
  return credentials.filter(
    (one) => !hasEnded(one) && (nameableUntil(one) ?? 0) > now && isOutOfUse(secret, records, one),
  );
}

/** Whether no label and no auth config has, or may have, a credential's version. */
export function isOutOfUse(
  { current, pending }: Pick<SecretDescription, "current" | "pending">,
  records: readonly CredentialRecord[],
  { versionId }: Pick<IssuedCredential, "versionId">,
): boolean {
  return versionId !== current && versionId !== pending && records.every((record) => surelyHasNot(record, versionId));
}

/** Whether RingCX surely does not have a version for an auth config, nor will get it back: its credential may be revoked. */
export function surelyHasNot({ state }: Pick<CredentialRecord, "state">, versionId: string): boolean {
  // Not known to have this or that, it may have any of them.
  if (state.kind === "DIVERGED") return false;
  const isKept = state.kind === "ROTATING" && [state.pendingVersionId, state.before?.versionId].includes(versionId);
  return !isKept && !possibleVersions(state).includes(versionId);
}
