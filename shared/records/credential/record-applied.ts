import type { StateTable } from "../../state/table.ts";
import type { AppliedVersion } from "./applied-version.ts";
import { authConfigStateKey, stateAttributes } from "./auth-config-state.ts";
import type { SecretBinding } from "./secret-binding.ts";
import { endedIntent } from "./secret-intent.ts";

/**
 * Writes down that RingCX has a version of the secret, for an auth config that was just created or written whole.
 * Whatever rotation was doing: RingCX has this version now, so a rotation under way must not go on as if it had its own.
 *
 * @param updatedTime RingCX's time of the write, as it answered it
 */
export async function recordApplied(
  table: StateTable,
  { secretArn, accountId, authConfigId }: Pick<SecretBinding, "secretArn" | "accountId" | "authConfigId">,
  applied: AppliedVersion,
  updatedTime?: string,
): Promise<void> {
  const attributes = {
    secretArn,
    lastWrite: updatedTime === undefined ? undefined : { versionId: applied.versionId, updatedTime },
    ...endedIntent,
    proofWait: undefined,
    ...stateAttributes({ kind: "APPLIED", applied }),
  };
  await table.update(authConfigStateKey(accountId, authConfigId), attributes);
}
