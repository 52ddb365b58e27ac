import * as z from "zod";
import { authTypes } from "../../ringcx/resources/auth-config.ts";
import type { Item, Key, StateTable } from "../../state/table.ts";
import { parseItem } from "../../state/unreadable-item.ts";

/** Which auth configs get this secret's value, which of its credentials were issued? The partition of a secret. */
export function secretPartition(secretArn: string): string {
  return `SECRET#${secretArn}`;
}

/** The binding of a secret to an auth config. */
export function secretBindingKey(secretArn: string, accountId: string, authConfigId: string): Key {
  return {
    pk: secretPartition(secretArn),
    sk: `${bindingsOfSecret}${bindingKey({ accountId, authConfigId })}`,
  };
}

/** How the `sk` of every binding of a secret begins. */
export const bindingsOfSecret = "AUTH#";

/** Which auth config a binding means, as one word: `accountId/authConfigId`. */
export function bindingKey({ accountId, authConfigId }: Pick<SecretBinding, "accountId" | "authConfigId">): string {
  return `${accountId}/${authConfigId}`;
}

const itemSchema = z.object({
  secretArn: z.string(),
  /** Name of the connection that serves the account. */
  connection: z.string(),
  accountId: z.string(),
  authConfigId: z.string(),
  authType: z.enum(authTypes),
  providerName: z.string().optional(),
});

/** An auth config of RingCX gets the value of this secret. */
export interface SecretBinding extends Omit<z.output<typeof itemSchema>, "providerName"> {
  /** The auth config's name as far as the binding knows it; RingCX's own wins. */
  providerName: string | undefined;
}

/** Writes down that an auth config gets a secret's value, so that rotation finds it. Repeating it changes nothing. */
export async function bindSecret(table: StateTable, binding: SecretBinding): Promise<void> {
  const { secretArn, connection, accountId, authConfigId, authType, providerName } = binding;
  const attributes = { secretArn, connection, accountId, authConfigId, authType, providerName };
  await table.update(secretBindingKey(secretArn, accountId, authConfigId), attributes);
}

/** Deletes a binding: rotation leaves the auth config alone from now on. */
export async function unbindSecret(
  table: StateTable,
  { secretArn, accountId, authConfigId }: Pick<SecretBinding, "secretArn" | "accountId" | "authConfigId">,
): Promise<void> {
  await table.delete(secretBindingKey(secretArn, accountId, authConfigId));
}

/** @throws {AutomationError} `ITEM_UNREADABLE` */
export function fromItem(item: Item): SecretBinding {
  const { providerName, ...binding } = parseItem(itemSchema, item);
  return { ...binding, providerName };
}
