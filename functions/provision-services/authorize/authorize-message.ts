import { MessageRejectedError } from "../../../shared/contract/message-rejected-error.ts";
import type { ProvisioningMessage } from "../../../shared/contract/provisioning-message.ts";
import type { ResourceKey } from "../../../shared/contract/resource-key.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { readStoredResources, type StoredResources } from "../read/stored-resources.ts";
import { credentialProblems } from "./authorize-resources.ts";
import type { AuthorizedAccount } from "./authorize-secret.ts";

/**
 * Makes all checks of a message that need nothing of RingCX: do its secrets and endpoints fit. Its sender was checked
 * before it was read. What a copy will send where is known only when its source has been read, and is checked then.
 *
 * @param ended what earlier turns brought to its end: a secret that was changed since is no matter of this message any more
 * @returns what the table knows of the resources that it declares, for whoever goes on
 * @throws {MessageRejectedError} with every problem that was found
 */
export async function authorizeMessage(
  message: ProvisioningMessage,
  table: StateTable,
  account: AuthorizedAccount,
  ended: ReadonlySet<ResourceKey> = new Set(),
): Promise<StoredResources | undefined> {
  if (message.type !== "ringcx.apply.v1") return undefined;
  const { accountId, resources } = message.data;
  const stored = await readStoredResources(table, accountId, resources);
  const problems = await credentialProblems(resources, { ...account, stored, ended });
  if (problems.length > 0) throw new MessageRejectedError(problems, "CREDENTIAL_NOT_ALLOWED");
  return stored;
}
