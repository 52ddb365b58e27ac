import * as z from "zod";
import { authTypes } from "../../ringcx/resources/auth-config.ts";
import type { Key, StateTable } from "../../state/table.ts";
import { secretPartition } from "./secret-binding.ts";

/** Which credential of the issuer is in this version, and when is it to be revoked? */
export function issuedCredentialKey(secretArn: string, versionId: string): Key {
  return { pk: secretPartition(secretArn), sk: `CREDENTIAL#${versionId}` };
}

export const issuedCredentialSchema = z.object({
  versionId: z.string(),
  /** Its name at the issuer; absent while the issuer's answer is awaited. */
  credentialId: z.string().optional(),
  /** ARN of the issuer function that made it. */
  issuer: z.string(),
  authType: z.enum(authTypes),
  /** Epoch milliseconds from which it is no longer needed. */
  revokeAfter: z.number().optional(),
  /** ISO 8601. */
  revokedAt: z.string().optional(),
});

/** A credential that the issuer made for a version: by this, exactly the old one is revoked. Its name, not its value. */
export type IssuedCredential = z.output<typeof issuedCredentialSchema>;

/** Replaces what is kept about the credential of one version. */
export async function saveIssuedCredential(
  table: StateTable,
  secretArn: string,
  credential: IssuedCredential,
): Promise<void> {
  await table.put({ ...issuedCredentialKey(secretArn, credential.versionId), ...credential });
}
