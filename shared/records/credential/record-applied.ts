import type { Key, StateTable } from "../../state/table.ts";
import { isUnreadable } from "../../state/unreadable-item.ts";
import type { AppliedVersion } from "./applied-version.ts";
import {
  authConfigStateKey,
  type CredentialRecord,
  emptyCredentialRecord,
  fromItem,
  stateAttributes,
} from "./auth-config-state.ts";
import type { SecretBinding } from "./secret-binding.ts";
import { endedIntent } from "./secret-intent.ts";
import { withApplied } from "./with-applied.ts";

/**
 * Writes down that RingCX has a version of the secret, for an auth config that was just created or written whole.
 * Whatever rotation was doing: RingCX has this version now, so a rotation under way must not go on as if it had its own. What is
 * known of another version that waits, or was refused, stays.
 *
 * @param updatedTime RingCX's time of the write, as it answered it
 */
export async function recordApplied(
  table: StateTable,
  { secretArn, accountId, authConfigId }: Pick<SecretBinding, "secretArn" | "accountId" | "authConfigId">,
  applied: AppliedVersion,
  updatedTime?: string,
): Promise<void> {
  const key = authConfigStateKey(accountId, authConfigId);
  const known = await readKnown(table, key);
  // Of another secret's versions nothing is known here.
  const record = known.secretArn === undefined || known.secretArn === secretArn ? known : emptyCredentialRecord;
  const { state, previousVersions } = withApplied(record, applied);
  const { versionId } = applied;
  const { failure, proofWait } = record;
  const attributes = {
    secretArn,
    lastWrite: updatedTime === undefined ? undefined : { versionId, updatedTime },
    ...endedIntent,
    superseded: [...previousVersions],
    failure: failure?.versionId === versionId ? undefined : failure,
    proofWait: proofWait?.versionId === versionId ? undefined : proofWait,
    ...stateAttributes(state),
  };
  await table.update(key, attributes);
}

/** RingCX has been written: an item that cannot be read keeps nobody from saying so. */
async function readKnown(table: StateTable, key: Key): Promise<CredentialRecord> {
  const item = await table.get(key);
  try {
    return fromItem(item);
  } catch (error) {
    if (isUnreadable(error)) return emptyCredentialRecord;
    throw error;
  }
}
