import type { Problem } from "../../../shared/contract/outcome.ts";
import { authConfigStateKey, fromItem } from "../../../shared/records/credential/auth-config-state.ts";
import { secretTags } from "../../../shared/secrets/secret-tags.ts";
import { whyUnusable } from "../../../shared/secrets/unusable-secret.ts";
import type { ApplyContext } from "../write/apply-context.ts";

/**
 * What speaks against changing or deleting an auth config in the middle of a rotation: its candidate would be left to nobody.
 * Where the secret is lost nobody ends the rotation, and a write that failed says nothing of a candidate: neither is waited for.
 */
export async function whyBeingRotated(
  { table, accountId, clock, secretReader }: Pick<ApplyContext, "table" | "accountId" | "clock" | "secretReader">,
  authConfigId: string,
  /** ARN of the secret that the auth config is bound to. */
  secretArn: string | undefined,
): Promise<Omit<Problem, "path"> | undefined> {
  const record = fromItem(await table.get(authConfigStateKey(accountId, authConfigId)));
  const { state, failure, lease } = record;
  if (state.kind !== "ROTATING" && state.kind !== "APPLYING") return undefined;
  const isHeld = lease !== undefined && lease.until > clock.now();
  if (!isHeld) {
    if (state.kind === "APPLYING" && failure) return undefined;
    const arn = record.secretArn ?? secretArn;
    if (arn !== undefined && (await isLost({ secretReader }, arn))) return undefined;
  }
  return {
    message: "its credential is being rotated, and must not change underneath",
    hint: "send the message again when the rotation has ended",
  };
}

/** Whether rotation cannot go on with a secret until somebody restores it. */
async function isLost({ secretReader }: Pick<ApplyContext, "secretReader">, arn: string): Promise<boolean> {
  try {
    const { isDeleted, tags } = await secretReader.describe(arn);
    return isDeleted || !(secretTags.connection in tags);
  } catch (error) {
    if (whyUnusable(error) === undefined) throw error;
    return true;
  }
}
