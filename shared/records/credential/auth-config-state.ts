import type { Key, StateTable } from "../../state/table.ts";
import type { SecretBinding } from "./secret-binding.ts";

/** The partition of an auth config: its state, its history, the services that use it. */
export function authConfigPartition(accountId: string, authConfigId: string): string {
  return `AUTH#${accountId}/${authConfigId}`;
}

/** Which version of its secret does RingCX have? */
export function authConfigStateKey(accountId: string, authConfigId: string): Key {
  return { pk: authConfigPartition(accountId, authConfigId), sk: "STATE" };
}

/**
 * Writes down that RingCX has a version of the secret, for an auth config that was just created or written whole.
 *
 * @param applied `at` is ISO 8601; `proof` as in rotation: `metadata` means that RingCX took it, `endpoint` that
 *   the endpoint accepted it
 */
export async function recordApplied(
  table: StateTable,
  { secretArn, accountId, authConfigId }: Pick<SecretBinding, "secretArn" | "accountId" | "authConfigId">,
  { versionId, at, proof }: { versionId: string; at: string; proof: "endpoint" | "metadata" | "none" },
): Promise<void> {
  await table.update(authConfigStateKey(accountId, authConfigId), {
    secretArn,
    appliedVersionId: versionId,
    appliedAt: at,
    proof,
    // Whatever rotation was doing: RingCX has this version now, so a rotation under way must not go on as if it had its own.
    status: "APPLIED",
  });
}
