import type { OutcomeData } from "../../../shared/contract/outcome.ts";
import type { Verify } from "../../../shared/contract/verify.ts";
import { failureReason } from "../../../shared/outcomes/failure-reason.ts";
import { tellAsBefore } from "../../../shared/outcomes/told-before.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import type { VerifyAtEndpoint } from "../../../shared/proof/verify-at-endpoint.ts";
import { authConfigRecordFromItem, authConfigRecordKey } from "../../../shared/records/account/auth-config.ts";
import { followedAuthConfigKey, followedFromItem } from "../../../shared/records/account/followed-auth-config.ts";
import { authConfigStateKey, fromItem } from "../../../shared/records/credential/auth-config-state.ts";
import { changeWords, findChangeInRingCx } from "../../../shared/records/credential/changed-in-ringcx.ts";
import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import { inRingCxWords, versionsInRingCx } from "../../../shared/records/credential/versions-in-ringcx.ts";
import { QuotaDeferredError } from "../../../shared/ringcx/quota/quota-deferred-error.ts";
import { RingCxError } from "../../../shared/ringcx/resources/errors.ts";
import { connectionForAccount } from "../../../shared/ringcx/session/connection.ts";
import type { BaseDependencies } from "../../../shared/runtime/dependencies.ts";
import { parseCredential } from "../../../shared/secrets/credential.ts";
import { readSecret, type SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { lookAtSecret } from "../../../shared/secrets/secret-now.ts";
import { SecretUnreadableError } from "../../../shared/secrets/unusable-secret.ts";
import { describeAnswers, notAsked, type VersionAnswer } from "./describe-answers.ts";

/** What it takes to try a credential. */
export interface VerifyDependencies
  extends Pick<BaseDependencies, "table" | "outcomes" | "secrets" | "connections" | "ringcxFor"> {
  clock: Clock;
  verifyAtEndpoint: VerifyAtEndpoint;
}

/** Raised for a question about an auth config that no message has made: the sender must correct it. */
export class AuthConfigUnknownError extends Error {
  override readonly name = "AuthConfigUnknownError";
}

/**
 * Asks the endpoints of an auth config's services whether they accept every version that RingCX may have, and the one that is
 * AWSCURRENT where that is another, and publishes what they say. RingCX is asked first whether anybody else has written to it:
 * then it is not known what it has. Nothing is written to RingCX, to the secret, or to what is known of either.
 *
 * @param deadline by when RingCX must have answered, epoch milliseconds
 * @throws {AuthConfigUnknownError}
 */
export async function verifyCredential(
  dependencies: VerifyDependencies,
  verify: Verify,
  { deadline }: { deadline: number },
): Promise<void> {
  const { table, clock, outcomes } = dependencies;
  const { source, id, type, data } = verify;
  const cause = { source, id, type };
  // What the endpoints said then: they were asked once.
  if (await tellAsBefore(dependencies, cause)) return;
  const { accountId, providerName } = data;
  const item = await table.get(authConfigRecordKey(accountId, providerName));
  if (!item) {
    throw new AuthConfigUnknownError(
      `no message has made or taken over an auth config "${providerName}" in account ${accountId}: check both names`,
    );
  }
  const { authConfigId, secretArn, manifest } = authConfigRecordFromItem(item);
  const { name: connection } = connectionForAccount(dependencies.connections, accountId);
  const binding = { secretArn, connection, accountId, authConfigId, authType: manifest.authType, providerName };
  const outcome = (told: Pick<OutcomeData, "status" | "summary" | "problems" | "details">) =>
    outcomes.publish({ ...told, accountId, cause, resources: [] });
  try {
    const change = await findChange(dependencies, binding, deadline);
    const written = versionsInRingCx(fromItem(await table.get(authConfigStateKey(accountId, authConfigId))));
    const inRingCx = change === undefined ? written : { ...written, isKnown: false };
    const looked = await lookAtSecret({ secrets: dependencies.secrets, home: undefined }, secretArn, clock.now());
    if (looked === "unknown") {
      await outcome(notAsked(data, `Secrets Manager cannot be asked about its secret ${secretArn} now`, "ask again"));
      return;
    }
    if ("lost" in looked) {
      const { name, reason, hint } = looked.lost;
      const message = `its secret ${name} ${reason}; ${inRingCxWords(inRingCx)}`;
      await outcome(notAsked(data, message, `${hint}; then ask again`));
      return;
    }
    const { secret } = looked;
    const versions = new Set([...inRingCx.versionIds, secret.current].flatMap((version) => version ?? []));
    const answers = await Promise.all(
      [...versions].map(async (versionId): Promise<VersionAnswer> => {
        const isCurrent = versionId === secret.current;
        const isInRingCx = !inRingCx.versionIds.includes(versionId) ? "NO" : inRingCx.isKnown ? "YES" : "MAYBE";
        return { versionId, isCurrent, isInRingCx, ...(await answerTo(dependencies, binding, secret, versionId)) };
      }),
    );
    await outcome(describeAnswers(data, answers, { ...inRingCx, change }));
  } catch (error) {
    const hint = hintOf(error) ?? "mend that, and ask again: nothing was asked of any endpoint";
    await outcome(notAsked(data, failureReason(error).message, hint));
  }
}

/** That somebody else has changed the auth config in RingCX, in words; where that cannot be asked, what was found last. */
async function findChange(
  { table, ringcxFor }: Pick<VerifyDependencies, "table" | "ringcxFor">,
  binding: Pick<SecretBinding, "accountId" | "authConfigId">,
  deadline: number,
): Promise<string | undefined> {
  const { accountId, authConfigId } = binding;
  try {
    const account = ringcxFor(accountId).account(accountId, { priority: "rotation", deadline });
    const change = await findChangeInRingCx(table, account, binding);
    return change && changeWords(change);
  } catch (error) {
    if (!(error instanceof RingCxError || error instanceof QuotaDeferredError)) throw error;
    const item = await table.get(followedAuthConfigKey(accountId, authConfigId));
    const found = item && followedFromItem(item).problems.find(({ kind, endedAt }) => kind === "CHANGED" && !endedAt);
    return found?.message;
  }
}

/** What keeps a version from being tried says nothing about it. */
async function answerTo(
  { secrets, verifyAtEndpoint }: VerifyDependencies,
  binding: SecretBinding,
  secret: SecretDescription,
  versionId: string,
): Promise<Pick<VersionAnswer, "answer" | "hint">> {
  try {
    const { text } = await readSecret(secrets, secret, versionId);
    return { answer: await verifyAtEndpoint(binding, parseCredential(text, binding.authType, versionId)) };
  } catch (error) {
    return { answer: { kind: "COULD_NOT_BE_ASKED", reason: failureReason(error).message }, hint: hintOf(error) };
  }
}

/** What mends a secret that cannot be read. */
function hintOf(error: unknown): string | undefined {
  return error instanceof SecretUnreadableError ? error.unusable?.hint : undefined;
}
