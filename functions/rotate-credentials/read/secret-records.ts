import * as z from "zod";
import { issuedCredentialKey } from "../../../shared/records/credential/issued-credential.ts";
import { secretPartition } from "../../../shared/records/credential/secret-binding.ts";
import { authTypes } from "../../../shared/ringcx/resources/auth-config.ts";
import type { SecretBinding } from "../../../shared/secrets/credential.ts";
import type { Item, StateTable } from "../../../shared/state/table.ts";

const bindingItemSchema = z.object({
  secretArn: z.string(),
  connection: z.string(),
  accountId: z.string(),
  authConfigId: z.string(),
  authType: z.enum(authTypes),
  providerName: z.string().optional(),
});

const credentialSchema = z.object({
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
export type KeptCredential = z.output<typeof credentialSchema>;

/** What the table keeps about a secret. */
export interface SecretItems {
  /** Made by manifests. */
  bindings: readonly SecretBinding[];
  credentials: readonly KeptCredential[];
  /** The rotation that our own schedule asked for last. */
  requestedToken: string | undefined;
}

export async function readSecretItems(table: StateTable, secretArn: string): Promise<SecretItems> {
  const items = await table.query(secretPartition(secretArn));
  const below = (prefix: string) => items.filter(({ sk }) => sk.startsWith(prefix));
  return {
    bindings: below("AUTH#").map(bindingOf),
    credentials: below("CREDENTIAL#").map((item) => credentialSchema.parse(item)),
    requestedToken: z.string().optional().parse(below("REQUEST")[0]?.token),
  };
}

/** Replaces what is kept about the credential of one version. */
export async function keepCredential(table: StateTable, secretArn: string, credential: KeptCredential): Promise<void> {
  await table.put({ ...issuedCredentialKey(secretArn, credential.versionId), ...credential });
}

function bindingOf(item: Item): SecretBinding {
  const { providerName, ...binding } = bindingItemSchema.parse(item);
  return { ...binding, providerName };
}
