import type { ActivationStore } from "../../../shared/activation/activation-store.ts";
import { MessageRejectedError } from "../../../shared/contract/message-rejected-error.ts";
import type { Probe } from "../../../shared/probe/probe.ts";
import type { ProbeSettings } from "../../../shared/probe/probe-settings.ts";
import type { RingCx, RingCxAccount } from "../../../shared/ringcx/client/api.ts";
import type { Priority } from "../../../shared/ringcx/quota/quota-policy.ts";
import type { Connection } from "../../../shared/ringcx/session/connection.ts";
import type { SecretReader } from "../../../shared/secrets/secret-reader.ts";
import { accountProblems } from "../authorize/authorize-account.ts";
import type { AuthorizedAccount } from "../authorize/authorize-secret.ts";
import { AccountCache, type AccountReader } from "../read/observed-account.ts";
import { OwnWrites } from "../read/own-writes.ts";
import type { ApplyDependencies } from "../write/apply-context.ts";
import { Validations } from "../write/validations.ts";

/** An account, with what was read of it: it lives as long as the lease under which it was read, or for one message. */
export interface AccountSession extends AuthorizedAccount, AccountReader {
  /** The validation requests that are under way. */
  validations: Validations;
  activation: ActivationStore;
  /** How RingCX is called: each message at its own priority. */
  calls: { priority: Priority; deadline: number };
  /** Epoch milliseconds at which everything must be handed back. */
  deadline: number;
  /** Calls that must not wait for the quota. */
  urgent: RingCxAccount;
}

/** What a session is opened with. */
export interface SessionDependencies extends ApplyDependencies {
  probe: Probe;
  connections: readonly Connection[];
  ringcxFor(accountId: string): RingCx;
  probeSettings: ProbeSettings;
}

/**
 * Opens an account; nothing is read yet.
 *
 * @throws {MessageRejectedError} when no connection serves the account
 */
export function openSession(
  { connections, ringcxFor, activation, probe, probeSettings, table, clock }: SessionDependencies,
  accountId: string,
  { secretReader, deadline, priority = "bulk" }: { secretReader: SecretReader; deadline: number; priority?: Priority },
): AccountSession {
  const connection = connections.find(({ accountIds }) => accountIds.includes(accountId));
  if (!connection) throw new MessageRejectedError(accountProblems(accountId, connections), "ACCOUNT_UNKNOWN");
  const calls = { priority, deadline };
  const own = new OwnWrites({ table, clock }, accountId);
  const ringcx = ringcxFor(accountId);
  const account = own.noting(ringcx.account(accountId, calls));
  return {
    accountId,
    connection,
    account,
    urgent: own.noting(ringcx.account(accountId, { priority: "urgent", deadline })),
    observed: new AccountCache(account, own, clock),
    secretReader,
    validations: new Validations({ probe, clock }),
    probeSettings,
    activation,
    calls,
    deadline,
  };
}
