import { bindingKey, type SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import type { Connection } from "../../../shared/ringcx/session/connection.ts";
import {
  environmentProblem,
  isPermittedAccount,
  isPermittedConnection,
} from "../../../shared/secrets/permitted-use.ts";
import type { SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { secretTags, type TagProblem, unreadableDurations } from "../../../shared/secrets/secret-tags.ts";
import { bindingsFromTags } from "../../../shared/secrets/tag-bindings.ts";
import type { SecretProblem } from "./secret-problem.ts";

/** The auth configs that may get a secret's value, and which declared ones may not, and why. */
export interface PermittedBindings {
  bindings: readonly SecretBinding[];
  problems: readonly SecretProblem[];
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
  const problems = [...fromTags.problems, ...unreadableDurations(secret.tags), ...wrongType(secret, fromTable)].map(
    tagProblem,
  );
  const bindings = new Map<string, SecretBinding>();
  for (const binding of [...fromTags.bindings, ...fromTable]) {
    const { accountId } = binding;
    const serving = connections.find(({ accountIds }) => accountIds.includes(accountId));
    const connection = serving?.name ?? "";
    // That of another environment, for an account of that one, is no business of ours.
    const misplaced = environmentProblem(secret, serving?.environment ?? connections[0]?.environment);
    if (misplaced && !serving) continue;
    const refuse = (why: string, hint: string) => problems.push(refusedBinding(binding, why, hint));
    if (!isPermittedAccount(secret, accountId)) {
      refuse(
        `the tag ${secretTags.accounts} does not name account ${accountId}`,
        "add the account, or take it out of its tags",
      );
    } else if (!isPermittedConnection(secret, connection)) {
      refuse(
        `account ${accountId} is not served by the connection of the tag ${secretTags.connection}`,
        "correct the tag, or take the auth config out of its tags",
      );
    } else if (misplaced) {
      refuse(misplaced.message, misplaced.hint);
    } else {
      bindings.set(bindingKey(binding), { ...binding, connection });
    }
  }
  return { bindings: [...bindings.values()], problems };
}

/** The tag says another type than the message that bound an auth config, which counts. */
function wrongType({ tags }: Pick<SecretDescription, "tags">, fromTable: readonly SecretBinding[]): TagProblem[] {
  const said = tags[secretTags.authType];
  const bound = fromTable.find(({ authType }) => said !== undefined && authType !== said);
  if (!bound) return [];
  const message = `the tag ${secretTags.authType} says ${JSON.stringify(said?.slice(0, 50))}, and auth config ${bound.authConfigId}, which a message bound to it, is ${bound.authType}`;
  return [{ about: secretTags.authType, message }];
}

/** A binding that was declared, and is not made. */
export function refusedBinding(
  { accountId, authConfigId }: Pick<SecretBinding, "accountId" | "authConfigId">,
  why: string,
  hint: string,
): SecretProblem {
  return {
    topic: `auth config ${accountId}/${authConfigId.toLowerCase()}`,
    kind: "BINDING_REFUSED",
    message: `auth config ${authConfigId}: ${why}`,
    hint,
    authConfig: { accountId, authConfigId },
  };
}

function tagProblem({ about, message }: TagProblem): SecretProblem {
  return { topic: about, kind: "TAG_WRONG", message, hint: "its owner corrects the tag, or takes it off" };
}
