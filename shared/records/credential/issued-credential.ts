import type { Key } from "../../state/table.ts";
import { secretPartition } from "./secret-binding.ts";

/** Which credential of the issuer is in this version, and when is it to be revoked? */
export function issuedCredentialKey(secretArn: string, versionId: string): Key {
  return { pk: secretPartition(secretArn), sk: `CREDENTIAL#${versionId}` };
}
