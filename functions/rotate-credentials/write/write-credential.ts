import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Outcomes } from "../../../shared/outcomes/outcome-publisher.ts";
import type { Clock } from "../../../shared/primitives/clock.ts";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import type { Proof } from "../../../shared/records/credential/verification.ts";
import type { RingCx, RingCxAccount } from "../../../shared/ringcx/client/client.ts";
import type { AuthConfig } from "../../../shared/ringcx/resources/auth-config.ts";
import { QuotaDeferredError, RingCxNotFoundError } from "../../../shared/ringcx/resources/errors.ts";
import type { SecretBinding } from "../../../shared/secrets/credential.ts";
import { authConfigWrite, type Credential } from "../../../shared/secrets/credential.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import type { Prove } from "./verify-at-endpoint.ts";

/** What both ways of rotating stand on. */
export interface RotationParts {
  table: StateTable;
  secrets: SecretsManagerClient;
  outcomes: Outcomes;
  ringcxFor(accountId: string): RingCx;
  prove: Prove;
  clock: Clock;
}

/** One invocation: who it is and when it must be done (epoch milliseconds). */
export interface Run {
  requestId: string;
  deadline: number;
}

/** RingCX at the rotation's place in the quota. */
export function accountOf(parts: RotationParts, { accountId }: SecretBinding, { deadline }: Run): RingCxAccount {
  return parts.ringcxFor(accountId).account(accountId, { priority: "rotation", deadline });
}

/**
 * Reads the auth config that a binding means. A wrong binding shows here, before anything is written.
 *
 * @throws {AutomationError} `BINDING_WRONG`
 */
export async function readBound(account: RingCxAccount, binding: SecretBinding): Promise<AuthConfig> {
  const { accountId, authConfigId, authType } = binding;
  const wrong = (what: string) =>
    new AutomationError(`${what} Correct the binding: the secret's tags, or the manifest that names the secret.`, {
      code: "BINDING_WRONG",
      details: { accountId, authConfigId, authType },
    });
  try {
    const config = await account.authConfigs.get(authConfigId);
    if (config.authType === undefined || config.authType === authType) return config;
    throw wrong(`Auth config ${authConfigId} of account ${accountId} is ${config.authType}, not ${authType}.`);
  } catch (error) {
    if (!(error instanceof RingCxNotFoundError)) throw error;
    throw wrong(`Account ${accountId} has no auth config ${authConfigId}.`);
  }
}

/**
 * Puts a credential into an auth config, in place: whatever refers to the auth config stays as it is.
 * Its name and description are sent as they were read, because an update replaces them.
 *
 * @returns `metadata` when RingCX answered with the auth config that was meant
 */
export async function putCredential(
  account: RingCxAccount,
  binding: SecretBinding,
  config: Pick<AuthConfig, "providerName" | "description">,
  credential: Credential,
): Promise<Proof> {
  const { authConfigId } = binding;
  const { description, providerName = binding.providerName } = config;
  const answer = await account.authConfigs.update(
    authConfigId,
    authConfigWrite(credential, { providerName, description }),
  );
  return answer.authConfigId.toLowerCase() === authConfigId.toLowerCase() ? "metadata" : "none";
}

/** More calls than this never fit at once; a group that needs more begins anyway and goes on with the next run. */
const largestQuestion = 40;

/**
 * A read and a PATCH each; asked before the first is spent, so that a group is not torn apart.
 *
 * @throws {QuotaDeferredError} when they would not all go now
 */
export async function askForRoom(parts: RotationParts, run: Run, bindings: readonly SecretBinding[]): Promise<void> {
  for (const ones of Map.groupBy(bindings, ({ accountId }) => accountId).values()) {
    const [first] = ones;
    if (!first) continue;
    const fit = await accountOf(parts, first, run).wouldFit(Math.min(2 * ones.length, largestQuestion));
    if (!fit.fits) throw new QuotaDeferredError({ retryAfterMs: fit.retryAfterMs, accountId: first.accountId });
  }
}
