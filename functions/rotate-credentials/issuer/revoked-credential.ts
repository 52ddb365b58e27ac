import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import {
  type IssuedCredential,
  isRevoked,
  saveIssuedCredential,
} from "../../../shared/records/credential/issued-credential.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { compareCredentials, mostCompared } from "./compare-credentials.ts";
import { isPutByHand } from "./unnamed-credential.ts";

/**
 * Whether a version has a credential that was revoked: by itself, or because a person put the value of one again. The latter is
 * written down, so that whoever asks by the version knows. What Secrets Manager has no more cannot be compared, and is not known.
 */
export async function hasRevokedCredential(
  { table, secrets }: { table: StateTable; secrets: SecretsManagerClient },
  secret: Pick<SecretDescription, "arn" | "tags" | "readAt">,
  credentials: readonly IssuedCredential[],
  versionId: string,
): Promise<boolean> {
  if (isRevoked(credentials, versionId)) return true;
  // What an issuer made was compared before it was stored.
  if (credentials.some((one) => one.versionId === versionId && !isPutByHand(one))) return false;
  const twin = await revokedTwin(secrets, secret, credentials, versionId);
  if (!twin) return false;
  const { unknownAttributes: _its, heldBy: _held, left: _left, ...same } = twin;
  await saveIssuedCredential(table, secret.arn, { ...same, versionId });
  return true;
}

/** The revoked credential whose value a version has; that of the version itself is none. */
export async function revokedTwin(
  secrets: SecretsManagerClient,
  secret: Pick<SecretDescription, "arn" | "tags" | "readAt">,
  credentials: readonly IssuedCredential[],
  versionId: string,
): Promise<IssuedCredential | undefined> {
  const revokedAt = (one: IssuedCredential) => one.revokedAt ?? one.revokingAt ?? "";
  const revoked = credentials
    .filter((one) => one.versionId !== versionId && revokedAt(one) !== "")
    .toSorted((one, other) => (revokedAt(one) < revokedAt(other) ? 1 : -1));
  for (const one of revoked.slice(0, mostCompared)) {
    const old = { versionId: one.versionId, mayBeEmpty: false };
    if ((await compareCredentials(secrets, secret, old, { versionId, mayBeEmpty: false })) === "SAME") return one;
  }
  return undefined;
}
