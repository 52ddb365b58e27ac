import type { Clock } from "../../shared/primitives/clock.ts";
import { AutomationError } from "../../shared/primitives/errors.ts";
import type { RingCx, RingCxAccount } from "../../shared/ringcx/client/api.ts";
import { connect } from "../../shared/ringcx/client/connect.ts";
import { QuotaDeferredError } from "../../shared/ringcx/quota/quota-deferred-error.ts";
import { type Connection, connectionForAccount } from "../../shared/ringcx/session/connection.ts";
import { createConnectionSecret } from "../../shared/ringcx/session/connection-secret.ts";
import type { Environment } from "./environment.ts";

/**
 * An account in RingCX, through the client, the session and the quota that the functions use: with the connection's
 * secret, which the operator's own AWS credentials must be allowed to read. At the lowest priority: an outage goes first.
 */
export function ringCxAccount(
  { connections, table, secrets }: Pick<Environment, "connections" | "table" | "secrets">,
  accountId: string,
  clock: Clock,
): RingCxAccount {
  const connection = connectionForAccount(connections, accountId);
  return ringCxOf({ table, secrets }, connection, clock).account(accountId, { priority: "bulk" });
}

/** The client of a connection, as {@link ringCxAccount} uses it. */
export function ringCxOf(
  { table, secrets }: Pick<Environment, "table" | "secrets">,
  connection: Connection,
  clock: Clock,
): RingCx {
  const secret = createConnectionSecret({ secretId: connection.secretId, secrets, clock });
  return connect({ connection, table, secret, clock, random: Math.random });
}

/** Says of a secret that cannot be read whose permission is missing: the operator's. */
export async function asOperator<T>(reading: Promise<T>): Promise<T> {
  return reading.catch((error: unknown) => {
    if (!(error instanceof AutomationError) || error.code !== "CONNECTION_SECRET_UNREADABLE") throw error;
    // Secrets Manager has not answered at all: that is no matter of permissions.
    if (error.cause instanceof Error && !("$fault" in error.cause)) throw error.cause;
    const { secretId, reason } = error.details;
    throw new AutomationError(
      `This asks RingCX itself, with the connection's secret ${secretId}, which your AWS credentials cannot read (${reason}): they need secretsmanager:GetSecretValue on it and kms:Decrypt on its key (docs/operating.md), and it must have a value.`,
      { code: error.code, details: error.details, cause: error },
    );
  });
}

/** A call of RingCX for which somebody waits: where the quota has no place it is made as soon as there is one. */
export async function patiently<T>(
  { clock, interrupted }: { clock: Clock; interrupted: AbortSignal },
  call: () => Promise<T>,
): Promise<T> {
  for (;;) {
    interrupted.throwIfAborted();
    try {
      return await asOperator(call());
    } catch (error) {
      if (!(error instanceof QuotaDeferredError)) throw error;
      await clock.sleep(error.retryAfterMs, interrupted);
    }
  }
}
