import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import { inRingCxWords, versionsInRingCx } from "../../../shared/records/credential/versions-in-ringcx.ts";
import { describeSecret, type SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { type SecretUnreadableError, whyUnusable } from "../../../shared/secrets/unusable-secret.ts";
import { hasVersion } from "../record/credential-state.ts";
import type { LeasedRecord } from "../record/leased-record.ts";
import { type Change, saveFailure } from "../record/record-change.ts";

/**
 * A listed secret as it is now. That it cannot be described as long as nobody mends it is a failure of each auth config that does not have what the list calls
 * current, and whose next try it is: nobody else would say so, as the secret is there and feeds it.
 *
 * @param change to a version, in this run
 * @throws {AutomationError} `SECRET_UNREADABLE`
 */
export async function describeBound(
  secrets: SecretsManagerClient,
  listed: SecretDescription,
  targets: readonly LeasedRecord[],
  change: Omit<Change, "versionId">,
): Promise<SecretDescription> {
  const { arn, current: versionId } = listed;
  try {
    return await describeSecret(secrets, arn, change.now());
  } catch (error) {
    if (!isUndescribable(error)) throw error;
    for (const target of targets) {
      const { state, failure } = target.record;
      if (versionId === undefined || hasVersion(state, versionId)) continue;
      if (failure?.versionId === versionId && failure.retryAt > change.now()) continue;
      const has = inRingCxWords(versionsInRingCx(target.record));
      const behind = `As far as the list says, RingCX does not have its current version ${versionId} (${has}). `;
      await saveFailure(target, { ...change, versionId }, deniedError(listed, error, behind));
    }
    throw deniedError(listed, error);
  }
}

/** Whether nobody but a person can end that a secret cannot be described; one that is denied may as well be gone. */
export function isUndescribable(error: unknown): error is SecretUnreadableError {
  return whyUnusable(error) !== undefined;
}

/** The error's own words are of a secret of which nobody knows whether it is there. */
function deniedError({ name }: SecretDescription, { details }: SecretUnreadableError, behind = ""): AutomationError {
  const isDenied = details.error === "AccessDeniedException";
  const what = isDenied ? "may not be described" : "cannot be described";
  const todo = isDenied
    ? "See which policy denies this function's role secretsmanager:DescribeSecret: of the secret, the organization or a boundary"
    : "See whether it is there, in the console and with DescribeSecret";
  return new AutomationError(
    `The secret ${name} is listed, tagged for RingCX, but ${what} (DescribeSecret: ${details.error}). ${behind}${todo}. Where it was deleted just now, the list may not show that yet. See docs/runbook.md, secret-unreadable.`,
    { code: "SECRET_UNREADABLE", details },
  );
}
