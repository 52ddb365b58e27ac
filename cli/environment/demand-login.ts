import type { Clock } from "../../shared/primitives/clock.ts";
import type { Connection } from "../../shared/ringcx/session/connection.ts";
import type { ConnectionCredentials } from "../../shared/ringcx/session/connection-secret.ts";
import { createLogin } from "../../shared/ringcx/session/login.ts";

/**
 * Logs in once, for whoever wants to know before anything starts whether a connection can. It counts among the five logins
 * that RingCX allows in a minute.
 *
 * @throws {LoginError} saying what to check
 */
export async function demandLogin(
  connection: Pick<Connection, "name" | "ringcxUrl" | "platformUrl">,
  credentials: ConnectionCredentials,
  clock: Clock,
): Promise<void> {
  await createLogin({ connection, credentials: async () => credentials, clock }).exchange();
}
