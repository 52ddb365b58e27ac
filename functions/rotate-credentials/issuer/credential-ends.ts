import type { CredentialRecord } from "../../../shared/records/credential/auth-config-state.ts";
import { hasEnded, type IssuedCredential } from "../../../shared/records/credential/issued-credential.ts";
import { bindingKey, type SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import { possibleVersions } from "../../../shared/records/credential/versions-in-ringcx.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { compareIds, versionsInUse } from "./credential-holder.ts";
import { outOfUse, revocationTime } from "./overlap.ts";
import { nameableUntil, namedSince } from "./unnamed-credential.ts";

/** An auth config that a secret is bound to, and what is known of its credential. */
export interface CredentialUser {
  binding: Pick<SecretBinding, "accountId" | "authConfigId">;
  record: CredentialRecord;
}

/**
 * What is to be written down so that every credential of an issuer has an end, however it came out of use: of each that has not
 * ended, the auth configs that may have it; of each that is in use no more, until when it stays valid; and of one that had no name
 * and that the secret's tag names by now, its name. It goes by what is,
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
  const named = namedSince(secret, credentials, inUse, now);
  const known = credentials.map((one) => (one.versionId === named?.versionId ? named : one));
  return known.flatMap((credential) => {
    const { versionId, authConfigs = [], revokeAfter } = credential;
    if (hasEnded(credential)) return [];
    const noted = authConfigs.map(bindingKey);
    const others = users.filter(
      ({ binding, record: { state, secretArn } }) =>
        secretArn === secret.arn && possibleVersions(state).includes(versionId) && !noted.includes(bindingKey(binding)),
    );
    const isUsed = inUse.some((one) => compareIds(credentials, one, versionId) === "SAME");
    const isForgotten = revokeAfter === undefined && !isUsed;
    if (others.length === 0 && !isForgotten && credential !== named) return [];
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
  return credentials.filter((one) => (nameableUntil(one) ?? 0) > now && isOutOfUse(secret, records, one));
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
