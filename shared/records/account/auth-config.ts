import type { AuthConfigManifest } from "../../contract/apply.ts";
import type { Key } from "../../state/table.ts";
import type { Generation } from "../generation.ts";
import { accountItemKey } from "../service-name.ts";

/** What do we know of this auth config? By the name that a message gave it. */
export function authConfigRecordKey(accountId: string, providerName: string): Key {
  return accountItemKey(accountId, `AUTHCONFIG#${providerName}`);
}

export interface AuthConfigRecord {
  authConfigId: string;
  secretArn: string;
  manifest: AuthConfigManifest;
  stamp: Generation;
}
