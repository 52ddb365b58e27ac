import type { Logger } from "@aws-lambda-powertools/logger";
import { failureReason } from "../../../shared/outcomes/failure-reason.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import {
  type CredentialHolder,
  fromItem,
  hasEnded,
  type IssuedCredential,
  issuedCredentialKey,
  noteSecretWithCredentials,
  readSecretsWithCredentials,
  saveIssuedCredential,
  secretWithCredentialsKey,
} from "../../../shared/records/credential/issued-credential.ts";
import { type Home, lookAtSecret, nameOf } from "../../../shared/secrets/secret-now.ts";
import { surelyHasNot } from "../issuer/credential-ends.ts";
import { findOtherHolder } from "../issuer/other-secrets.ts";
import type { BoundSecret, ReadDependencies } from "../read/bound-secrets.ts";
import { readSecretRecords } from "../read/secret-records.ts";
import { readBoundRecords } from "../record/credential-record.ts";
import type { PublishDependencies } from "../report/publish-history.ts";
import { type LeftUse, leftOutcome } from "./left-outcome.ts";

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
    if (!listed.has(arn)) await look(arn, () => tellOf(dependencies, arn, boundSecrets));
  }
}

/** What another run has noted this short a time ago, in milliseconds, it may be telling just now. */
const atItMs = 4 * 60_000;

/** So long an issuer's answer may be awaited, in milliseconds: a step lives 15 minutes at most. What it calls its credential is told then. */
const awaitedMs = 16 * 60_000;

function isAwaited({ credentialId, isUnnamed, issuedAt = "" }: IssuedCredential, now: number): boolean {
  return credentialId === undefined && isUnnamed !== true && now - Date.parse(issuedAt) < awaitedMs;
}

async function tellOf(
  dependencies: LeftCredentialDependencies,
  arn: string,
  listed: readonly BoundSecret[],
): Promise<void> {
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
  const toTell = credentials.filter(isToTell);
  for (const { versionId } of toTell.filter((one) => !isAwaited(one, clock.now()))) {
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
    const users = await usersOf(dependencies, arn, credential, listed);
    await outcomes.publish(leftOutcome(arn, lost, credential, users, at), at);
    await saveIssuedCredential(table, arn, { ...credential, left: { at, isTold: true } });
  }
  if (isGone && !toTell.some((one) => isAwaited(one, clock.now()))) await table.delete(secretWithCredentialsKey(arn));
}

/** Who needs it still, as far as our records say, and the other secrets' names for what they have. */
async function usersOf(
  dependencies: LeftCredentialDependencies,
  arn: string,
  credential: IssuedCredential,
  listed: readonly BoundSecret[],
): Promise<LeftUse> {
  const authConfigs: string[] = [];
  for (const { binding, record } of await readBoundRecords(dependencies.table, credential.authConfigs ?? [])) {
    if (record.secretArn !== arn || surelyHasNot(record, credential.versionId)) continue;
    authConfigs.push(`${binding.accountId}/${record.providerName ?? binding.authConfigId}`);
  }
  const { heldBy: _before, ...due } = credential;
  const holder = await findOtherHolder(dependencies, arn, due, listed);
  return { authConfigs, other: holder?.secretArn === undefined ? undefined : otherWords(holder, holder.secretArn) };
}

function otherWords({ versionId, isKnown }: CredentialHolder, secretArn: string): LeftUse["other"] {
  const has = isKnown ? "has" : "names";
  return {
    has: `the secret ${nameOf(secretArn)} ${has} the same credential (its version ${versionId})`,
    ends: `rotate the secret ${nameOf(secretArn)}, or put another credential into that one`,
  };
}
