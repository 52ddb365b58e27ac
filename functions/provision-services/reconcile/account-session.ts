import type { ActivationStore } from "../../../shared/activation/activation-store.ts";
import { MessageRejectedError } from "../../../shared/contract/message-rejected-error.ts";
import type { Probe } from "../../../shared/probe/probe.ts";
import type { ProbeSettings } from "../../../shared/probe/probe-settings.ts";
import { DeferredError } from "../../../shared/queues/message.ts";
import { accountLeaseKey } from "../../../shared/records/account/account-lease.ts";
import type { RingCx } from "../../../shared/ringcx/client/api.ts";
import type { Connection } from "../../../shared/ringcx/session/connection.ts";
import type { SecretReader } from "../../../shared/secrets/secret-reader.ts";
import { acquireLease } from "../../../shared/state/lease.ts";
import type { ApplyDependencies } from "../apply/apply-context.ts";
import { accountProblems } from "../authorize/authorize-account.ts";
import type { AuthorizedAccount } from "../authorize/authorize-secret.ts";
import { AccountCache, type AccountReader } from "../read/observed-account.ts";

/** All that the messages of one account share within a batch. */
export interface AccountSession extends AuthorizedAccount, AccountReader {
  /** How validation requests are sent. */
  probe: Probe;
  activation: ActivationStore;
  /** Epoch milliseconds at which everything must be handed back. */
  deadline: number;
  /** Makes us the account's only writer, until the batch ends. Throws {@link DeferredError} while somebody else is. */
  acquireLease(): Promise<void>;
}

/** What the sessions of a batch use. */
export interface SessionDependencies extends ApplyDependencies {
  connections: readonly Connection[];
  ringcxFor(accountId: string): RingCx;
  probeSettings: ProbeSettings;
}

/** The account sessions of one batch. */
export class AccountSessions {
  readonly #dependencies: SessionDependencies;
  readonly #invocation: { requestId: string; deadline: number; secretReader: SecretReader };
  readonly #releases: (() => Promise<void>)[] = [];

  constructor(
    dependencies: SessionDependencies,
    run: { requestId: string; deadline: number; secretReader: SecretReader },
  ) {
    this.#dependencies = dependencies;
    this.#invocation = run;
  }

  /**
   * @param holder who asks: two message groups of one account exclude each other
   * @throws {MessageRejectedError} when no connection serves the account
   */
  open(accountId: string, holder: string, path?: string): AccountSession {
    const { table, clock, connections, ringcxFor, activation, probe, probeSettings } = this.#dependencies;
    const { requestId, deadline, secretReader } = this.#invocation;
    const connection = connections.find(({ accountIds }) => accountIds.includes(accountId));
    if (!connection) throw new MessageRejectedError(accountProblems(accountId, connections, path), "ACCOUNT_UNKNOWN");
    const account = ringcxFor(accountId).account(accountId, { priority: "bulk", deadline });
    let isHeld = false;
    return {
      accountId,
      connection,
      account,
      observed: new AccountCache(account),
      secretReader,
      probe,
      probeSettings,
      activation,
      deadline,
      acquireLease: async () => {
        if (isHeld) return;
        const lease = await acquireLease({ table, clock }, accountLeaseKey(accountId), {
          holder: `${requestId}/${holder}`,
          deadline,
        });
        if ("heldForMs" in lease) throw new DeferredError(`Account ${accountId} has another writer.`, lease.heldForMs);
        isHeld = true;
        this.#releases.push(lease.release);
      },
    };
  }

  /** Gives every lease back; one that cannot be runs out. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#releases.splice(0).map((release) => release()));
  }
}
