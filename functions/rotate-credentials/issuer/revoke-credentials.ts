import { isDeepStrictEqual } from "node:util";
import { failureReason } from "../../../shared/outcomes/failure-reason.ts";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import { isProven } from "../../../shared/records/credential/applied-version.ts";
import { lastAppliedVersion } from "../../../shared/records/credential/auth-config-state.ts";
import { findChangeInRingCx } from "../../../shared/records/credential/changed-in-ringcx.ts";
import { type CredentialHolder, saveIssuedCredential } from "../../../shared/records/credential/issued-credential.ts";
import { bindingKey } from "../../../shared/records/credential/secret-binding.ts";
import { possibleVersions } from "../../../shared/records/credential/versions-in-ringcx.ts";
import type { RingCx } from "../../../shared/ringcx/client/api.ts";
import { describeSecret, type SecretDescription } from "../../../shared/secrets/read-secret.ts";
import type { Run } from "../read/account-services.ts";
import { readSecretRecords } from "../read/secret-records.ts";
import { readCredentialRecord } from "../record/credential-record.ts";
import { type CredentialUser, decideEnds, decideRevocations } from "./credential-ends.ts";
import { findHolder, versionsInUse } from "./credential-holder.ts";
import { isTimeToAsk } from "./invoke-function.ts";
import type { IssuerDependencies } from "./issue-credential.ts";
import { findOtherHolder, type LookDependencies, type OtherSecret } from "./other-secrets.ts";
import { outOfUse } from "./overlap.ts";
import { findMisnamed, namedTwin } from "./unnamed-credential.ts";

/** What revoking stands on. */
export interface RevokeDependencies extends Omit<IssuerDependencies, "randomSecret">, LookDependencies {
  clock: IssuerDependencies["clock"];
  ringcxFor(accountId: string): RingCx;
}

/** What the credentials of a secret end by. */
export interface CredentialUse {
  /** Every auth config that the secret is bound to. */
  users: readonly CredentialUser[];
  /** Every secret that is listed: another one may have the credential, too. */
  listed: readonly OtherSecret[];
  /** Asks the endpoints about what RingCX was given unproven; what they say is in the records of `users` then. */
  prove(): Promise<void>;
}

/** What a run keeps for the other secrets and for what follows them, when it waits for issuers, in milliseconds. */
const keptMs = 45_000;

/**
 * Gives every credential of a secret its end: writes down what {@link decideEnds} says, then revokes what is due.
 */
export async function endCredentials(
  dependencies: RevokeDependencies,
  run: Run,
  secret: Pick<SecretDescription, "arn" | "name" | "current" | "pending" | "tags" | "readAt">,
  use: CredentialUse,
): Promise<void> {
  const { table, clock, secrets } = dependencies;
  const { credentials } = await readSecretRecords(table, secret.arn);
  for (const credential of decideEnds(secret, credentials, use.users, clock.now())) {
    const sameAs = await namedTwin(secrets, secret, credentials, credential);
    await saveIssuedCredential(table, secret.arn, sameAs === undefined ? credential : { ...credential, sameAs });
  }
  await revokeCredentials(dependencies, run, secret, use);
}

/**
 * Revokes what {@link decideRevocations} names and no version in use has, of this secret or another one, exactly that, each on a
 * look at the secret's labels, and at its auth configs in RingCX, that is made for it. What is held back is noted, and told from there; what was in use until now
 * overlaps anew. What the issuer fails to revoke is logged, and tried again by the next run; one that does not answer is asked
 * no more in this one, and none is once its time is needed for other secrets and for the report.
 */
async function revokeCredentials(
  dependencies: RevokeDependencies,
  { deadline, silentIssuers }: Run,
  secret: Pick<SecretDescription, "arn" | "name" | "current" | "tags">,
  { users, listed, prove }: CredentialUse,
): Promise<void> {
  const { table, clock, logger, issuerOf, secrets } = dependencies;
  const askUntil = deadline - keptMs;
  const records = users.map(({ record }) => record);
  const { credentials: found } = await readSecretRecords(table, secret.arn);
  let isAsked = false;
  // Whether it is pending shows the look that each is decided on.
  for (const due of decideRevocations({ ...secret, pending: undefined }, found, records, clock.now())) {
    const { versionId, credentialId, issuer, authType } = due;
    if (silentIssuers.has(issuer) || !isTimeToAsk(askUntil, clock.now())) continue;
    let noted = due;
    try {
      // Before anything is looked at: asking takes its time, and what is said stands in the records.
      if (!isAsked) await prove();
      isAsked = true;
      const fresh = await describeSecret(secrets, secret.arn, clock.now());
      // Behind it: what an issuer makes for a version is written down before that has a value.
      const { credentials } = await readSecretRecords(table, secret.arn);
      // Also those that are bound no more: RingCX calls with what it has, whatever the tags say.
      const others = (due.authConfigs ?? []).map(async (binding) => ({
        binding,
        record: (await readCredentialRecord(table, binding)).record,
      }));
      const havers = [...users, ...(await Promise.all(others))];
      const all = havers.map(({ record }) => record);
      if (decideRevocations(fresh, [due], all, clock.now()).length === 0) continue;
      const heldBy =
        (await findHolder(secrets, fresh, due, { credentials, records: all, mustBeNamed: true })) ??
        (await findOtherHolder(dependencies, secret.arn, due, listed)) ??
        findMisnamed(fresh, due, { credentials, inUse: versionsInUse(fresh, all) }, clock.now()) ??
        findUnproven(secret.arn, havers) ??
        (await findChanged(dependencies, users, deadline));
      if (heldBy) {
        if (!isDeepStrictEqual(heldBy, due.heldBy)) await saveIssuedCredential(table, secret.arn, { ...due, heldBy });
        logger.warn("credential not revoked", { secret: secret.name, versionId, credentialId, heldBy });
        continue;
      }
      // Another secret's own overlap is over already.
      if (due.heldBy && due.heldBy.secretArn === undefined) {
        await saveIssuedCredential(table, secret.arn, { ...due, ...outOfUse(fresh, clock.now()) });
        continue;
      }
      const asked = issuerOf(issuer, askUntil);
      if (!isTimeToAsk(askUntil, clock.now())) continue;
      // Noted before: whatever becomes of the answer, this version is used no more.
      noted = { ...due, revokingAt: new Date(clock.now()).toISOString() };
      await saveIssuedCredential(table, secret.arn, noted);
      const subject = { secretArn: secret.arn, authType, clientRequestToken: versionId };
      await asked.revoke(subject, credentialId ?? null);
      await saveIssuedCredential(table, secret.arn, {
        ...due,
        failure: undefined,
        revokedAt: new Date(clock.now()).toISOString(),
      });
      logger.info("credential revoked", { secret: secret.name, versionId, credentialId });
    } catch (error) {
      if (error instanceof AutomationError && error.details.isSilent === true) silentIssuers.add(issuer);
      const { code, message: failure } = failureReason(error);
      logger.warn("credential not revoked", { secret: secret.name, versionId, code });
      const isUnasked = error instanceof AutomationError && error.details.isUnasked === true;
      if (failure === due.failure && !isUnasked) continue;
      // Without it what is told has no cause: that is no reason for this run to end.
      await saveIssuedCredential(table, secret.arn, { ...(isUnasked ? due : noted), failure }).catch(() => false);
    }
  }
}

/**
 * What RingCX was given for an auth config though no endpoint had accepted it, and none has since: whatever else the secret had may be
 * the last that works.
 *
 * @param havers auth configs that have, or may have, a version of the secret
 */
function findUnproven(
  secretArn: string,
  havers: readonly { binding: Parameters<typeof bindingKey>[0]; record: CredentialUser["record"] }[],
): CredentialHolder | undefined {
  for (const { binding, record } of havers) {
    const applied = lastAppliedVersion(record.state);
    if (!applied || record.secretArn !== secretArn || isProven(applied)) continue;
    const why = applied.proofAnswer === "REFUSED" ? "REFUSED" : "UNPROVEN";
    return { versionId: applied.versionId, isKnown: false, why, authConfig: bindingKey(binding) };
  }
  return undefined;
}

/**
 * What RingCX was given for an auth config that somebody else has written to since: it may have any credential. One that cannot be
 * looked at ends the try.
 */
async function findChanged(
  { table, ringcxFor }: Pick<RevokeDependencies, "table" | "ringcxFor">,
  users: readonly CredentialUser[],
  deadline: number,
): Promise<CredentialHolder | undefined> {
  for (const { binding, record } of users) {
    const { accountId } = binding;
    const [versionId] = possibleVersions(record.state);
    const account = ringcxFor(accountId).account(accountId, { priority: "rotation", deadline });
    const isChanged = versionId !== undefined && (await findChangeInRingCx(table, account, binding));
    if (isChanged) return { versionId, isKnown: false, why: "CHANGED", authConfig: bindingKey(binding) };
  }
  return undefined;
}
