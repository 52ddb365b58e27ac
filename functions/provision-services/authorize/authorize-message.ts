import { MessageRejectedError } from "../../../shared/contract/message-rejected-error.ts";
import type { ProvisioningMessage } from "../../../shared/contract/provisioning-message.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { readStoredResources } from "../read/stored-resources.ts";
import type { ProvisioningSettings } from "../settings.ts";
import { credentialProblems } from "./authorize-resources.ts";
import type { AuthorizedAccount } from "./authorize-secret.ts";

/** What the checks of a message use. */
export interface AuthorizeDependencies<Account extends AuthorizedAccount> {
  table: StateTable;
  settings: ProvisioningSettings;
  /**
   * The account, with what the messages of a batch share of it.
   *
   * @param path where the message names the account
   * @throws {MessageRejectedError} when no connection serves the account
   */
  openAccount(accountId: string, path?: string): Account;
}

/**
 * Makes all checks of a message that need nothing of RingCX: do its secrets and endpoints fit. Its sender was checked
 * before it was read. What a copy will send where is known only when its source has been read, and is checked then.
 *
 * @returns the account that is changed, and the one that is copied from (the same, unless the message names another)
 * @throws {MessageRejectedError} with every problem that was found
 */
export async function authorizeMessage<Account extends AuthorizedAccount>(
  message: ProvisioningMessage,
  { table, openAccount }: AuthorizeDependencies<Account>,
): Promise<{ target: Account; source: Account }> {
  const { accountId } = message.data;
  const sourceId = message.type === "ringcx.copy.v1" ? (message.data.from.accountId ?? accountId) : accountId;
  const target = openAccount(accountId);
  const source = sourceId === accountId ? target : openAccount(sourceId, "data.from.accountId");
  if (message.type === "ringcx.apply.v1") {
    const { resources } = message.data;
    const stored = await readStoredResources(table, accountId, resources);
    const problems = await credentialProblems(resources, { ...target, stored });
    if (problems.length > 0) throw new MessageRejectedError(problems, "CREDENTIAL_NOT_ALLOWED");
  }
  return { target, source };
}
