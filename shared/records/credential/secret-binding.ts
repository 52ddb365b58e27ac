import * as z from "zod";
import { type AuthType, authTypes } from "../../ringcx/resources/auth-config.ts";
import type { Item, Key, StateTable } from "../../state/table.ts";

/** Which auth configs does this secret feed, which of its credentials were issued? The partition of a secret. */
export function secretPartition(secretArn: string): string {
  return `SECRET#${secretArn}`;
}

/** The binding of a secret to an auth config. */
export function secretBindingKey(secretArn: string, accountId: string, authConfigId: string): Key {
  return { pk: secretPartition(secretArn), sk: `AUTH#${accountId}/${authConfigId}` };
}

/** This secret feeds this auth config. */
export interface SecretBinding {
  secretArn: string;
  connection: string;
  accountId: string;
  authConfigId: string;
  authType: AuthType;
  /** The auth config's name as far as the binding knows it; RingCX's own wins. */
  providerName: string | undefined;
}

/** Writes down which secret feeds an auth config, so that rotation finds it. Repeating it changes nothing. */
export async function bindSecret(table: StateTable, binding: SecretBinding): Promise<void> {
  const { secretArn, accountId, authConfigId } = binding;
  await table.update(secretBindingKey(secretArn, accountId, authConfigId), { ...binding });
}

/** Forgets a binding: rotation leaves the auth config alone from now on. */
export async function unbindSecret(
  table: StateTable,
  { secretArn, accountId, authConfigId }: Pick<SecretBinding, "secretArn" | "accountId" | "authConfigId">,
): Promise<void> {
  await table.delete(secretBindingKey(secretArn, accountId, authConfigId));
}

const secretBindingSchema = z.object({
  secretArn: z.string(),
  connection: z.string(),
  accountId: z.string(),
  authConfigId: z.string(),
  authType: z.enum(authTypes),
  providerName: z.string().optional(),
});

export function fromItem(item: Item): SecretBinding {
  const { providerName, ...binding } = secretBindingSchema.parse(item);
  return { ...binding, providerName };
}
