import type { IssuedCredential } from "../../../shared/records/credential/issued-credential.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { secretTags } from "../../../shared/secrets/secret-tags.ts";

/** The issuer's name that the secret's tag says, unless it is that of a credential that is known already. */
export function unusedName(
  { tags }: Pick<SecretDescription, "tags">,
  credentials: readonly Pick<IssuedCredential, "credentialId">[],
): string | undefined {
  const name = tags[secretTags.credentialId];
  return credentials.some(({ credentialId }) => credentialId === name) ? undefined : name;
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
 * The credential that the secret's tag names by now, with that name: the one without any that came out of use last. None where
 * the tag may mean one that is in use, as a person has put that, too.
 *
 * @param inUse versions
 * @param now epoch milliseconds
 */
export function namedSince(
  secret: Pick<SecretDescription, "tags">,
  credentials: readonly IssuedCredential[],
  inUse: readonly string[],
  now: number,
): IssuedCredential | undefined {
  const credentialId = unusedName(secret, credentials);
  const isNamed = (version: string) =>
    credentials.some((one) => one.versionId === version && one.credentialId !== undefined);
  if (credentialId === undefined || !inUse.every(isNamed)) return undefined;
  const [last] = credentials
    .filter((one) => (nameableUntil(one) ?? 0) > now)
    .toSorted((one, other) => (other.replacedAt ?? 0) - (one.replacedAt ?? 0));
  if (!last) return undefined;
  const { isUnnamed: _unnamed, ...named } = last;
  return { ...named, credentialId };
}
