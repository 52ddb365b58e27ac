import { isDeepStrictEqual } from "node:util";
import { failureReason } from "../../../shared/outcomes/failure-reason.ts";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import type { EndpointAnswers } from "../../../shared/proof/verify-at-endpoint.ts";
import { findChangeInRingCx } from "../../../shared/records/credential/changed-in-ringcx.ts";
import {
  type CredentialHolder,
  type IssuedCredential,
  saveIssuedCredential,
} from "../../../shared/records/credential/issued-credential.ts";
import { bindingKey } from "../../../shared/records/credential/secret-binding.ts";
import { possibleVersions } from "../../../shared/records/credential/versions-in-ringcx.ts";
import type { RingCx } from "../../../shared/ringcx/client/api.ts";
import { describeSecret, type SecretDescription } from "../../../shared/secrets/read-secret.ts";
import type { Run } from "../read/account-services.ts";
import { readSecretRecords } from "../read/secret-records.ts";
import { readBoundRecords } from "../record/credential-record.ts";
import { type CredentialUser, decideEnds, decideRevocations } from "./credential-ends.ts";
import { findHolder, versionsInUse } from "./credential-holder.ts";
import { isTimeToAsk } from "./invoke-function.ts";
import type { IssuerDependencies } from "./issue-credential.ts";
import { findOtherHolder, type LookDependencies, noteForTwins, type OtherSecret } from "./other-secrets.ts";
import { outOfUse } from "./overlap.ts";
import { findMisnamed, namedTwin } from "./unnamed-credential.ts";
import { findSilent, findUnproven } from "./unproven-holder.ts";

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
  /** Asks the endpoints about what RingCX has; their word is in the records of `users` then. */
  prove(): Promise<EndpointAnswers>;
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
 * look at the secret's labels, and at its auth configs in RingCX, that is made for it, and on what the endpoints say in this run of what
 * RingCX has. What is held back is noted, and told from there; what was in use until now
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
  let answers: EndpointAnswers | undefined;
  const look = async (due: IssuedCredential) => {
    const fresh = await describeSecret(secrets, secret.arn, clock.now());
    // Behind it: what an issuer makes for a version is written down before that has a value.
    const { credentials } = await readSecretRecords(table, secret.arn);
    // Also those that are bound no more: RingCX calls with what it has, whatever the tags say.
    const bound = [...users, ...(await readBoundRecords(table, due.authConfigs ?? []))];
    const all = bound.map(({ record }) => record);
    if (decideRevocations(fresh, [due], all, clock.now()).length === 0) return undefined;
    const heldBy =
      (await findHolder(secrets, fresh, due, { credentials, records: all, mustBeNamed: true })) ??
      (await findOtherHolder(dependencies, secret.arn, due, listed)) ??
      findMisnamed(fresh, due, { credentials, inUse: versionsInUse(fresh, all) }, clock.now()) ??
      (answers &&
        (findUnproven(secret.arn, bound, answers) ??
          findSilent(fresh, due, { bound, answers }, clock.now()) ??
          (await findChanged(dependencies, users, deadline))));
    return { fresh, heldBy };
  };
  // Whether it is pending shows the look that each is decided on.
  for (const due of decideRevocations({ ...secret, pending: undefined }, found, records, clock.now())) {
    const { versionId, credentialId, issuer, authType } = due;
    if (silentIssuers.has(issuer) || !isTimeToAsk(askUntil, clock.now())) continue;
    let noted = due;
    try {
      let looked = await look(due);
      if (looked && !looked.heldBy && !answers) {
        // Once in a run, before the first that nothing else holds back. It takes its time: all is looked at anew behind it.
        answers = await prove();
        looked = await look(due);
      }
      if (!looked) continue;
      const { fresh, heldBy } = looked;
      if (heldBy) {
        if (!isDeepStrictEqual(heldBy, due.heldBy)) await saveIssuedCredential(table, secret.arn, { ...due, heldBy });
        logger.warn("credential not revoked", { secret: secret.name, versionId, credentialId, heldBy });
        continue;
      }
      // Another secret's own overlap is over already; and what an endpoint was silent about was not in use meanwhile.
      if (due.heldBy && due.heldBy.secretArn === undefined && due.heldBy.why !== "SILENT") {
        await saveIssuedCredential(table, secret.arn, { ...due, ...outOfUse(fresh, clock.now()) });
        continue;
      }
      const asked = issuerOf(issuer, askUntil);
      if (!isTimeToAsk(askUntil, clock.now())) continue;
      // Noted before: whatever becomes of the answer, this version is used no more.
      noted = { ...due, revokingAt: new Date(clock.now()).toISOString() };
      await saveIssuedCredential(table, secret.arn, noted);
      await noteForTwins(table, secret.arn, due, listed, { revokingAt: noted.revokingAt });
      const subject = { secretArn: secret.arn, authType, clientRequestToken: versionId };
      await asked.revoke(subject, credentialId ?? null);
      const revokedAt = new Date(clock.now()).toISOString();
      await noteForTwins(table, secret.arn, due, listed, { revokedAt, failure: undefined });
      await saveIssuedCredential(table, secret.arn, { ...due, failure: undefined, revokedAt });
      logger.info("credential revoked", { secret: secret.name, versionId, credentialId });
    } catch (error) {
      if (error instanceof AutomationError && error.details.isSilent === true) silentIssuers.add(issuer);
      const { code, message: failure } = failureReason(error);
      logger.warn("credential not revoked", { secret: secret.name, versionId, code });
      const isUnasked = error instanceof AutomationError && error.details.isUnasked === true;
      if (isUnasked && noted !== due) {
        await noteForTwins(table, secret.arn, due, listed, { revokingAt: due.revokingAt }).catch(() => {});
      }
      if (failure === due.failure && !isUnasked) continue;
      // Without it what is told has no cause: that is no reason for this run to end.
      await saveIssuedCredential(table, secret.arn, { ...(isUnasked ? due : noted), failure }).catch(() => false);
    }
  }
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
