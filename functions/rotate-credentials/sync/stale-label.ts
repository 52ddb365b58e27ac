import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import {
  hasEnded,
  type IssuedCredential,
  isRevoked,
  saveIssuedCredential,
} from "../../../shared/records/credential/issued-credential.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { accountsOf, secretTags } from "../../../shared/secrets/secret-tags.ts";
import { outOfUse } from "../issuer/overlap.ts";
import type { PublishDependencies } from "../report/publish-history.ts";
import { removePendingLabel, type StaleLabel } from "../steps/pending-label.ts";

/**
 * Takes AWSPENDING off a version of which no rotation is under way: none would begin as long as it is there. Where no rotation has
 * left it, somebody put it there: that is told, once, and the version's credential overlaps anew, so that there is time to answer.
 */
export async function removeStaleLabel(
  { table, secrets, outcomes, clock }: PublishDependencies & { secrets: SecretsManagerClient; clock: Clock },
  secret: SecretDescription,
  { versionId, isLeft }: StaleLabel,
  credentials: readonly IssuedCredential[],
): Promise<void> {
  if (!isLeft) {
    const credential = credentials.find((one) => one.versionId === versionId);
    if (credential?.revokeAfter !== undefined && !hasEnded(credential)) {
      await saveIssuedCredential(table, secret.arn, { ...credential, ...outOfUse(secret, clock.now()) });
    }
    // Before it is taken off, which is seen no more; a repeat finds the secret as it was, and says the same.
    const since = new Date(secret.changedAt ?? clock.now()).toISOString();
    await outcomes.publish(labelOutcome(secret, versionId, { since, credential }), since);
  }
  await removePendingLabel(secrets, secret, versionId);
}

function labelOutcome(
  { arn: secretArn, name: secret, tags }: SecretDescription,
  versionId: string,
  { since, credential }: { since: string; credential: IssuedCredential | undefined },
): OutcomeData {
  const [accountId, ...others] = accountsOf({ tags });
  const message = `the label AWSPENDING was taken off its version ${versionId}, which RingCX was given before: no rotation was at it, and none begins as long as a version has that label`;
  return {
    status: "FAILED",
    summary: `Secret ${secret}: ${message}. ${whatNow(credential, versionId)}. It is told once. See docs/runbook.md, secrets-with-problems.`,
    ...(accountId !== undefined && others.length === 0 && { accountId }),
    cause: {
      source: "/ringcx-automation/secrets",
      id: `${secretArn}/label ${versionId}/${since}/taken-off`,
      type: "ringcx.secret",
    },
    problems: [{ path: secret, message, hint: whatNow(credential, versionId) }],
    details: { topic: `label ${versionId}`, kind: "LABEL_TAKEN_OFF", secret, secretArn, since },
  };
}

/** What becomes of the version's credential, and what to do where that is not meant. */
function whatNow(credential: IssuedCredential | undefined, versionId: string): string {
  if (credential && isRevoked([credential], versionId))
    return "The version's credential is revoked: do not go back to it";
  const goBack = "to go back to the version, make it AWSCURRENT";
  if (credential?.revokeAfter === undefined) return `T${goBack.slice(1)}`;
  const name = credential.credentialId === undefined ? "" : ` (${credential.credentialId} at its issuer)`;
  return `Its credential${name} is revoked ${secretTags.overlap} after this; ${goBack}`;
}
