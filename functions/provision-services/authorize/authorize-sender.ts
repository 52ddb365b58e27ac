import type { ReceivedEvent } from "../../../shared/contract/door/read-event.ts";
import { MessageRejectedError } from "../../../shared/contract/message-rejected-error.ts";
import type { Problem } from "../../../shared/contract/outcome.ts";
import type { Connection } from "../../../shared/ringcx/session/connection.ts";
import type { ProvisioningSettings } from "../settings.ts";

/**
 * Lets pass only who may change every account that the event names. Nothing else of the event has been read then.
 *
 * @param senderId SQS's `SenderId` of the message
 * @throws {MessageRejectedError} `SENDER_NOT_ALLOWED`
 */
export function authorizeSender(
  { accounts }: Pick<ReceivedEvent, "accounts">,
  senderId: string | undefined,
  settings: ProvisioningSettings,
): void {
  const refused = accounts.flatMap(({ path, accountId }) => senderProblems(senderId, accountId, settings, path));
  if (refused.length > 0) throw new MessageRejectedError(refused, "SENDER_NOT_ALLOWED");
}

/** Whether a sender may change an account, by the settings. */
function senderProblems(
  senderId: string | undefined,
  accountId: string,
  { senders }: ProvisioningSettings,
  path: string,
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
