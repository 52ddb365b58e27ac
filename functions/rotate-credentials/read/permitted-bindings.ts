import type { SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import type { Connection } from "../../../shared/ringcx/session/connection.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { accountsOf, secretTags } from "../../../shared/secrets/secret-tags.ts";
import { bindingsFromTags } from "../../../shared/secrets/tag-bindings.ts";

/** The auth configs that a secret feeds, and in words which declared ones it may not feed. */
export interface Bindings {
  bindings: readonly SecretBinding[];
  problems: readonly string[];
}

/**
 * What of the declared bindings is permitted. The secret itself says who may use it: an account that its tag
 * does not name gets nothing, whatever a manifest or another tag says.
 */
export function bindingsOf(
  secret: Pick<SecretDescription, "arn" | "name" | "tags">,
  fromTable: readonly SecretBinding[],
  connections: readonly Connection[],
): Bindings {
  const fromTags = bindingsFromTags(secret);
  const problems = [...fromTags.problems];
  const bindings = new Map<string, SecretBinding>();
  const accounts = accountsOf(secret);
  for (const binding of [...fromTags.bindings, ...fromTable]) {
    const { accountId, authConfigId } = binding;
    const connection = connections.find(({ accountIds }) => accountIds.includes(accountId));
    if (!accounts.includes(accountId)) {
      problems.push(`auth config ${authConfigId}: the tag ${secretTags.accounts} does not name account ${accountId}`);
    } else if (connection?.name !== secret.tags[secretTags.connection]) {
      problems.push(
        `auth config ${authConfigId}: account ${accountId} is not served by the connection of the tag ${secretTags.connection}`,
      );
    } else {
      bindings.set(`${accountId}/${authConfigId}`, { ...binding, connection: connection?.name ?? "" });
    }
  }
  return { bindings: [...bindings.values()], problems };
}
