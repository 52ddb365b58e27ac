import * as z from "zod";
import { credentialSchema, type KeptCredential } from "../../../shared/records/credential/issued-credential.ts";
import { bindingOf, type SecretBinding, secretPartition } from "../../../shared/records/credential/secret-binding.ts";
import type { StateTable } from "../../../shared/state/table.ts";

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
