import type { Logger } from "@aws-lambda-powertools/logger";
import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import { failureReason } from "../../../shared/outcomes/failure-reason.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import {
  fromItem,
  hasEnded,
  type IssuedCredential,
  issuedCredentialKey,
  noteSecretWithCredentials,
  readSecretsWithCredentials,
  saveIssuedCredential,
  secretWithCredentialsKey,
} from "../../../shared/records/credential/issued-credential.ts";
import { type Home, type LostSecret, lookAtSecret, nameOf } from "../../../shared/secrets/secret-now.ts";
import type { BoundSecret, ReadDependencies } from "../read/bound-secrets.ts";
import { readSecretRecords } from "../read/secret-records.ts";
import type { PublishDependencies } from "../report/publish-history.ts";

/** What looking for credentials stands on whose secret is lost. */
export interface LeftCredentialDependencies extends ReadDependencies, PublishDependencies {
  clock: Clock;
  home: Home | undefined;
  logger: Pick<Logger, "warn">;
}

/**
 * Tells, once, of each credential that an issuer made and that nobody here revokes, because its secret is gone for good or not
 * ours any more: what cannot be compared with what is in use is not revoked unasked. The secrets come from the table, so that
 * one that Secrets Manager lists no more is found.
 */
export async function tellLeftCredentials(
  dependencies: LeftCredentialDependencies,
  boundSecrets: readonly BoundSecret[],
): Promise<void> {
  const { table, logger } = dependencies;
  const registered = await readSecretsWithCredentials(table);
  const listed = new Set(boundSecrets.map(({ secret }) => secret.arn));
  const unregistered = boundSecrets.filter(
    ({ secret, secretRecords }) =>
      !registered.has(secret.arn) && secretRecords.credentials.some((credential) => !hasEnded(credential)),
  );
  const look = async (arn: string, act: () => Promise<void>) => {
    try {
      await act();
    } catch (error) {
      const { code, message } = failureReason(error);
      logger.warn("following a lost secret failed", { secret: arn, code, reason: message });
    }
  };
  // An earlier release wrote none down.
  for (const { arn } of unregistered.map(({ secret }) => secret)) {
    await look(arn, () => noteSecretWithCredentials(table, arn));
  }
  for (const arn of registered) {
    if (!listed.has(arn)) await look(arn, () => tellOf(dependencies, arn));
  }
}

/** What another run has noted this short a time ago, in milliseconds, it may be telling just now. */
const atItMs = 4 * 60_000;

async function tellOf(dependencies: LeftCredentialDependencies, arn: string): Promise<void> {
  const { table, clock, outcomes } = dependencies;
  const looked = await lookAtSecret(dependencies, arn, clock.now());
  if (looked === "unknown" || "secret" in looked) return;
  const { lost } = looked;
  const isGone = lost.kind === "GONE" || lost.kind === "REPLACED";
  // What is deleted with a window is restored or gone after it; what is denied tells its auth configs.
  if (!isGone && lost.kind !== "UNTAGGED") return;
  const { credentials } = await readSecretRecords(table, arn);
  const isToTell = ({ left, revokeAfter, ...credential }: IssuedCredential) =>
    // Of one that is there a person may use any but what a rotation has replaced.
    !hasEnded(credential) && (isGone || revokeAfter !== undefined) && left?.isTold !== true;
  for (const { versionId } of credentials.filter(isToTell)) {
    // Another run may be at it: which of the two tells it, the note before it decides.
    const item = await table.get(issuedCredentialKey(arn, versionId));
    const credential = item && fromItem(item);
    if (!credential || !isToTell(credential)) continue;
    const now = clock.now();
    const { at } = credential.left ?? { at: new Date(now).toISOString() };
    if (credential.left && now - Date.parse(at) < atItMs) continue;
    // After a crash the same is told again, under the same id.
    if (!(await saveIssuedCredential(table, arn, { ...credential, left: { at, isTold: false } }, item.version)))
      continue;
    await outcomes.publish(leftOutcome(arn, lost, credential, at), at);
    await saveIssuedCredential(table, arn, { ...credential, left: { at, isTold: true } });
  }
  if (isGone) await table.delete(secretWithCredentialsKey(arn));
}

function leftOutcome(
  secretArn: string,
  lost: LostSecret,
  { versionId, credentialId, isUnnamed, issuer }: IssuedCredential,
  since: string,
): OutcomeData {
  const name = nameOf(secretArn);
  const topic = `credential ${versionId}`;
  const made = isUnnamed ? "which a person put" : `made for the token ${versionId}`;
  const whose = credentialId === undefined ? made : `${credentialId} at its issuer`;
  const message = `it ${lost.reason}; the credential of its version ${versionId} (${whose}) may be valid still, and nobody revokes it`;
  const isBack = lost.kind === "UNTAGGED" && !isUnnamed;
  const back = isBack ? "put the tag back, and it is revoked by itself; or " : "";
  const id = credentialId ?? null;
  const how = isUnnamed
    ? ""
    : `: invoke ${issuer} with action revoke, credentialId ${id} and clientRequestToken ${versionId}`;
  const hint = `${back}see that nothing uses it any more, then make it invalid at its issuer${how}`;
  return {
    status: "FAILED",
    summary: `Secret ${name}: ${message}; ${hint}. It is told once. See docs/runbook.md, secrets-with-problems.`,
    cause: { source: "/ringcx-automation/secrets", id: `${secretArn}/${topic}/${since}/left`, type: "ringcx.secret" },
    problems: [{ path: name, message, hint }],
    details: { topic, kind: "NOT_REVOKED", secret: name, secretArn, since },
  };
}
