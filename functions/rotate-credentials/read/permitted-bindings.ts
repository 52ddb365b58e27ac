import { bindingKey, type SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import type { Connection } from "../../../shared/ringcx/session/connection.ts";
import {
  environmentProblem,
  isPermittedAccount,
  isPermittedConnection,
} from "../../../shared/secrets/permitted-use.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { secretTags, unreadableTags } from "../../../shared/secrets/secret-tags.ts";
import { bindingsFromTags } from "../../../shared/secrets/tag-bindings.ts";

/** The auth configs that may get a secret's value, and in words which declared ones may not. */
export interface PermittedBindings {
  bindings: readonly SecretBinding[];
  problems: readonly string[];
}

/**
 * What of the declared bindings is permitted. The secret itself says who may use it: an account that its tag
 * does not name gets nothing, whatever a manifest or another tag says.
 */
export function permittedBindings(
  secret: Pick<SecretDescription, "arn" | "name" | "tags">,
  fromTable: readonly SecretBinding[],
  connections: readonly Connection[],
): PermittedBindings {
  const fromTags = bindingsFromTags(secret);
  const problems = [...fromTags.problems, ...unreadableTags(secret.tags)];
  const bindings = new Map<string, SecretBinding>();
  for (const binding of [...fromTags.bindings, ...fromTable]) {
    const { accountId, authConfigId } = binding;
    const serving = connections.find(({ accountIds }) => accountIds.includes(accountId));
    const connection = serving?.name ?? "";
    // That of another environment, for an account of that one, is no business of ours.
    const misplaced = environmentProblem(secret, serving?.environment ?? connections[0]?.environment);
    if (misplaced && !serving) continue;
    if (!isPermittedAccount(secret, accountId)) {
      problems.push(`auth config ${authConfigId}: the tag ${secretTags.accounts} does not name account ${accountId}`);
    } else if (!isPermittedConnection(secret, connection)) {
      problems.push(
        `auth config ${authConfigId}: account ${accountId} is not served by the connection of the tag ${secretTags.connection}`,
      );
    } else if (misplaced) {
      problems.push(`auth config ${authConfigId}: ${misplaced.message}; ${misplaced.hint}`);
    } else {
      bindings.set(bindingKey(binding), { ...binding, connection });
    }
  }
  return { bindings: [...bindings.values()], problems };
}
