import type { Problem } from "../../../shared/contract/outcome.ts";
import { firstOf } from "../../../shared/primitives/first-of.ts";
import type { Connection } from "../../../shared/ringcx/session/connection.ts";

/** Whether a connection serves the account. */
export function accountProblems(
  accountId: string,
  connections: readonly Connection[],
  path = "data.accountId",
): Problem[] {
  if (connections.some(({ accountIds }) => accountIds.includes(accountId))) return [];
  const known = firstOf(connections.flatMap(({ accountIds }) => accountIds));
  return [{ path, message: `no connection may use account ${accountId}`, hint: `accounts there are: ${known}` }];
}
