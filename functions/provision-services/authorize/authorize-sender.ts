import type { Problem } from "../../../shared/contract/outcome.ts";
import type { Connection } from "../../../shared/ringcx/session/connection.ts";
import type { ProvisioningSettings } from "../settings.ts";
/** Whether a sender may change an account, by the settings. */
export function senderProblems(
  senderId: string | undefined,
  accountId: string,
  { senders }: ProvisioningSettings,
  path = "data.accountId",
): Problem[] {
  if (senders.length === 0) return [];
  const entries = senders.filter((entry) => senderId?.startsWith(entry.senderId));
  if (entries.some(({ accountIds }) => accountIds.includes(accountId))) return [];
  const allowed = entries.flatMap(({ accountIds }) => accountIds);
  return [
    {
      path,
      message: `the sender ${senderId ?? "(unknown)"} may not change account ${accountId}`,
      hint:
        allowed.length > 0
          ? `it may change ${allowed.join(", ")}; provisioning.senders of the environment says so`
          : "add it to provisioning.senders of the environment",
    },
  ];
}

/** Whether a connection serves the account. */
export function accountProblems(
  accountId: string,
  connections: readonly Connection[],
  path = "data.accountId",
): Problem[] {
  if (connections.some(({ accountIds }) => accountIds.includes(accountId))) return [];
  const known = connections.flatMap(({ accountIds }) => accountIds).join(", ");
  return [{ path, message: `no connection may use account ${accountId}`, hint: `accounts there are: ${known}` }];
}
