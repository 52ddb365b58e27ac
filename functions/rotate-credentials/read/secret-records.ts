import * as z from "zod";
import { type IssuedCredential, issuedCredentialSchema } from "../../../shared/records/credential/issued-credential.ts";
import { fromItem, type SecretBinding, secretPartition } from "../../../shared/records/credential/secret-binding.ts";
import type { StateTable } from "../../../shared/state/table.ts";

/** What the table keeps about a secret. */
export interface SecretItems {
  /** Made by manifests. */
  bindings: readonly SecretBinding[];
  credentials: readonly IssuedCredential[];
  /** The rotation that our own schedule asked for last. */
  requestedToken: string | undefined;
}

export async function readSecretItems(table: StateTable, secretArn: string): Promise<SecretItems> {
  const items = await table.query(secretPartition(secretArn));
  const below = (prefix: string) => items.filter(({ sk }) => sk.startsWith(prefix));
  return {
    bindings: below("AUTH#").map(fromItem),
    credentials: below("CREDENTIAL#").map((item) => issuedCredentialSchema.parse(item)),
    requestedToken: z.string().optional().parse(below("REQUEST")[0]?.token),
  };
}
