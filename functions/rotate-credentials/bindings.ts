import * as z from "zod";
import { authTypes } from "../../shared/ringcx/auth-config.ts";
import type { Connection } from "../../shared/runtime/connections.ts";
import type { SecretBinding } from "../../shared/secret-binding.ts";
import { keys } from "../../shared/state/keys.ts";
import type { StateTable } from "../../shared/state/table.ts";
import { accountsOf, bindingsFromTags, secretTags } from "./secret-tags.ts";
import type { SeenSecret } from "./seen-secret.ts";

const bindingItemSchema = z.object({
  secretArn: z.string(),
  connection: z.string(),
  accountId: z.string(),
  authConfigId: z.string(),
  authType: z.enum(authTypes),
  providerName: z
    .string()
    .optional()
    .transform((name) => name),
});

/** The auth configs that a secret feeds, and in words which declared ones it may not feed. */
export interface Bindings {
  bindings: readonly SecretBinding[];
  problems: readonly string[];
}

/** Bindings that manifests have made, from the table, and those that the secret's tags declare. */
export async function bindingsOf(
  table: StateTable,
  secret: SeenSecret,
  connections: readonly Connection[],
): Promise<Bindings> {
  const items = await table.query(keys.secret(secret.arn), "AUTH#");
  const fromTable = items.map((item) => {
    const { providerName, ...binding } = bindingItemSchema.parse(item);
    return { ...binding, providerName };
  });
  return permitted(secret, [...fromTable], connections);
}

/**
 * What of the declared bindings is permitted. The secret itself says who may use it: an account that its tag
 * does not name gets nothing, whatever a manifest or another tag says.
 */
export function permitted(
  secret: Pick<SeenSecret, "arn" | "name" | "tags">,
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
