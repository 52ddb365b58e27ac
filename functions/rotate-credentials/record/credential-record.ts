import {
  authConfigStateKey,
  type CredentialRecord,
  fromItem,
  toItem,
} from "../../../shared/records/credential/auth-config-state.ts";
import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import type { Expected, StateTable } from "../../../shared/state/table.ts";

/** A record, and the version of its item that was read. */
export interface VersionedRecord {
  record: CredentialRecord;
  expected: Expected;
}

type AuthConfigId = Pick<SecretBinding, "accountId" | "authConfigId">;

/**
 * Reads what the table knows of an auth config's credential.
 *
 * @throws {AutomationError} `ITEM_UNREADABLE`
 */
export async function readCredentialRecord(
  table: StateTable,
  { accountId, authConfigId }: AuthConfigId,
): Promise<VersionedRecord> {
  const item = await table.get(authConfigStateKey(accountId, authConfigId));
  return { record: fromItem(item), expected: item?.version ?? "absent" };
}

/** An auth config that a secret is or was bound to, and what is known of its credential. */
export interface BoundRecord<Id extends AuthConfigId = AuthConfigId> {
  binding: Id;
  record: CredentialRecord;
}

/** As {@link readCredentialRecord}, of several at once. */
export function readBoundRecords<Id extends AuthConfigId>(
  table: StateTable,
  bindings: readonly Id[],
): Promise<BoundRecord<Id>[]> {
  return Promise.all(
    bindings.map(async (binding) => ({ binding, record: (await readCredentialRecord(table, binding)).record })),
  );
}

/** Writes the whole record; the version of its item, or false when somebody else wrote since it was read. */
export async function writeCredentialRecord(
  table: StateTable,
  { accountId, authConfigId }: AuthConfigId,
  record: CredentialRecord,
  expected: Expected,
): Promise<number | false> {
  return table.put({ ...toItem(record), ...authConfigStateKey(accountId, authConfigId) }, expected);
}
