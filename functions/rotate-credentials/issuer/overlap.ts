import { type IssuedCredential, saveIssuedCredential } from "../../../shared/records/credential/issued-credential.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { durationMs, secretTags } from "../../../shared/secrets/secret-tags.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { compareIds } from "./credential-holder.ts";

/** How long two credentials overlap unless the secret's tag says otherwise, in milliseconds. */
const defaultOverlapMs = 60 * 60_000;

/** How long a secret's old credential stays valid once another is in use, in milliseconds. */
export function overlapOf({ tags }: Pick<SecretDescription, "tags">): number {
  return durationMs(tags[secretTags.overlap]) ?? defaultOverlapMs;
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
  const until = now + overlapOf(secret);
  for (const credential of credentials) {
    const { versionId, revokeAfter = until, revokedAt } = credential;
    if (revokedAt !== undefined || revokeAfter >= until) continue;
    const likenesses = versionIds.map((replaced) => compareIds(credentials, replaced, versionId));
    // What a person has put may be any that was in use before; where its time is over, what has it is compared and noted.
    const mayBe = likenesses.includes("UNKNOWN") && revokeAfter > now;
    if (!mayBe && !likenesses.includes("SAME")) continue;
    await saveIssuedCredential(table, secret.arn, { ...credential, revokeAfter: until, heldBy: undefined });
  }
}
