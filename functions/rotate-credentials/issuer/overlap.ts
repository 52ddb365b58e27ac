import { type IssuedCredential, saveIssuedCredential } from "../../../shared/records/credential/issued-credential.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { durationMs, secretTags } from "../../../shared/secrets/secret-tags.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { compareIds } from "./compare-credentials.ts";

/** How long two credentials overlap unless the secret's tag says otherwise, in milliseconds. */
const defaultOverlapMs = 60 * 60_000;

/** How long a secret's old credential stays valid once another is in use, in milliseconds. */
function overlapOf({ tags }: Pick<SecretDescription, "tags">): number {
  return durationMs(tags[secretTags.overlap]) ?? defaultOverlapMs;
}

/**
 * What is to be noted of a credential that is in use no more: until when it stays valid.
 *
 * @param now epoch milliseconds
 */
export function outOfUse(
  secret: Pick<SecretDescription, "tags">,
  now: number,
): { replacedAt: number; revokeAfter: number; heldBy: undefined } {
  return { replacedAt: now, revokeAfter: now + overlapOf(secret), heldBy: undefined };
}

/**
 * From when a credential is to be revoked, epoch milliseconds: as was noted, or later, where the secret's tag says a longer overlap
 * by now. A shorter one does not count: whoever stopped using it was told otherwise.
 */
export function revocationTime(
  secret: Pick<SecretDescription, "tags">,
  { replacedAt, revokeAfter }: Pick<IssuedCredential, "replacedAt" | "revokeAfter">,
): number | undefined {
  if (revokeAfter === undefined || replacedAt === undefined) return revokeAfter;
  return Math.max(revokeAfter, replacedAt + overlapOf(secret));
}

/**
 * Lets credentials overlap anew that are about to be replaced, and whose time is set already: somebody had made their version
 * the current one again after a rotation, so that they were in use until now.
 *
 * @param versionIds what RingCX has
 * @param now epoch milliseconds
 */
export async function overlapAnew(
  table: StateTable,
  secret: Pick<SecretDescription, "arn" | "tags">,
  { credentials, versionIds }: { credentials: readonly IssuedCredential[]; versionIds: readonly string[] },
  now: number,
): Promise<void> {
  const anew = outOfUse(secret, now);
  for (const credential of credentials) {
    const { versionId, revokedAt } = credential;
    const until = revocationTime(secret, credential) ?? anew.revokeAfter;
    if (revokedAt !== undefined || until >= anew.revokeAfter) continue;
    const likenesses = versionIds.map((replaced) => compareIds(credentials, replaced, versionId));
    // What a person has put may be any that was in use before; where its time is over, what has it is compared and noted.
    const mayBe = likenesses.includes("UNKNOWN") && until > now;
    if (!mayBe && !likenesses.includes("SAME")) continue;
    await saveIssuedCredential(table, secret.arn, { ...credential, ...anew });
  }
}
