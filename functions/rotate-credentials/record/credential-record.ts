import {
  type AuthRecord,
  authConfigStateKey,
  itemOf,
  recordOf,
} from "../../../shared/records/credential/auth-config-state.ts";
import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import type { Expected, StateTable } from "../../../shared/state/table.ts";

/** A record, and the version of it that was read. */
export interface Versioned {
  record: AuthRecord;
  expected: Expected;
}

type AuthConfigKey = Pick<SecretBinding, "accountId" | "authConfigId">;

/** Reads what the table knows of an auth config's credential. */
export async function readRecord(table: StateTable, { accountId, authConfigId }: AuthConfigKey): Promise<Versioned> {
  const item = await table.get(authConfigStateKey(accountId, authConfigId));
  return { record: recordOf(item), expected: item?.version ?? "absent" };
}

/** Writes the whole record; false when somebody else wrote since it was read. */
export async function writeRecord(
  table: StateTable,
  { accountId, authConfigId }: AuthConfigKey,
  record: AuthRecord,
  expected: Expected,
): Promise<boolean> {
  return (await table.put({ ...authConfigStateKey(accountId, authConfigId), ...itemOf(record) }, expected)) !== false;
}
