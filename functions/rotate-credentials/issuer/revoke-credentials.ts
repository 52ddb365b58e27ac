import { failureReason } from "../../../shared/outcomes/failure-reason.ts";
import type { CredentialRecord } from "../../../shared/records/credential/auth-config-state.ts";
import { type IssuedCredential, saveIssuedCredential } from "../../../shared/records/credential/issued-credential.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { readSecretRecords } from "../read/secret-records.ts";
import type { IssuerDependencies } from "./issue-credential.ts";

/**
 * Credentials that nobody needs any more: their time is over, and RingCX surely does not have their version.
 *
 * @param records of all auth configs that the secret is bound to
 * @param now epoch milliseconds
 */
export function decideRevocations(
  { current }: Pick<SecretDescription, "current">,
  credentials: readonly IssuedCredential[],
  records: readonly CredentialRecord[],
  now: number,
): IssuedCredential[] {
  return credentials.filter(
    ({ versionId, revokeAfter, revokedAt }) =>
      revokedAt === undefined &&
      revokeAfter !== undefined &&
      revokeAfter <= now &&
      versionId !== current &&
      records.every((record) => surelyHasNot(record, versionId)),
  );
}

function surelyHasNot({ state }: CredentialRecord, versionId: string): boolean {
  switch (state.kind) {
    case "NEVER_APPLIED":
      return true;
    case "APPLIED":
      return state.applied.versionId !== versionId;
    case "APPLYING":
      return state.versionId !== versionId && state.before?.versionId !== versionId;
    case "ROTATING":
      return state.pendingVersionId !== versionId && state.before?.versionId !== versionId;
    case "DIVERGED":
      return false; // it may have any of them
  }
}

/**
 * Revokes what {@link decideRevocations} names, exactly that. What the issuer fails to revoke is logged, and tried
 * again by the next run.
 */
export async function revokeCredentials(
  { table, clock, logger, issuerOf }: Omit<IssuerDependencies, "randomSecret">,
  secret: Pick<SecretDescription, "arn" | "name" | "current">,
  records: readonly CredentialRecord[],
): Promise<void> {
  const { credentials } = await readSecretRecords(table, secret.arn);
  for (const due of decideRevocations(secret, credentials, records, clock.now())) {
    const { versionId, credentialId, issuer, authType } = due;
    try {
      const subject = { secretArn: secret.arn, authType, clientRequestToken: versionId };
      await issuerOf(issuer).revoke(subject, credentialId ?? null);
      await saveIssuedCredential(table, secret.arn, { ...due, revokedAt: new Date(clock.now()).toISOString() });
      logger.info("credential revoked", { secret: secret.name, versionId, credentialId });
    } catch (error) {
      logger.warn("credential not revoked", { secret: secret.name, versionId, code: failureReason(error).code });
    }
  }
}
