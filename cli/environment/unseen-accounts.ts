import { firstOf } from "../../shared/primitives/first-of.ts";
import type { Connection } from "../../shared/ringcx/session/connection.ts";
import type { CliContext } from "../context.ts";
import type { Environment } from "./environment.ts";
import { patiently, ringCxOf } from "./ringcx.ts";

/** The accounts of a connection that RingCX does not show to its login. One request. */
export async function unseenAccounts(
  environment: Pick<Environment, "table" | "secrets">,
  connection: Connection,
  context: Pick<CliContext, "clock" | "interrupted">,
): Promise<string[]> {
  const ringcx = ringCxOf(environment, connection, context.clock);
  const accounts = await patiently(context, () => ringcx.accounts.list());
  const seen = new Set(accounts.map(({ accountId }) => accountId));
  return connection.accountIds.filter((accountId) => !seen.has(accountId));
}

/** That accounts are not shown, and the first of what to do. */
export function unseenWords(accountIds: readonly string[]): string {
  return `RingCX does not show ${firstOf(accountIds)} to this login: grant its user the account`;
}
