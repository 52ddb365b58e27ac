import * as z from "zod";
import type { Item, StateTable } from "../../state/table.ts";
import { parseItem } from "../../state/unreadable-item.ts";
import { authConfigStateKey, type CredentialRecord } from "./auth-config-state.ts";
import type { SecretBinding } from "./secret-binding.ts";

/**
 * The attribute of the item that names a secret whose value is about to be sent. No part of {@link CredentialRecord}, so
 * that whoever writes the item whole carries it along, an earlier release too.
 */
const intent = "intendedSecretArn";

/** When it was about to be sent, ISO 8601. */
const intentTime = "intendedAt";

/** A message that has not come to its end within this time, in milliseconds, has given up: its last try took minutes. */
const intentLivesMs = 60 * 60_000;

const secretsSchema = z.object({ secretArn: z.string().optional(), [intent]: z.string().optional() });

/**
 * Written before RingCX is sent the value of another secret: after a lost answer it may have either.
 *
 * @param now epoch milliseconds
 */
export async function intendSecret(
  table: StateTable,
  { secretArn, accountId, authConfigId }: Pick<SecretBinding, "secretArn" | "accountId" | "authConfigId">,
  now: number,
): Promise<void> {
  const attributes = { [intent]: secretArn, [intentTime]: new Date(now).toISOString() };
  await table.update(authConfigStateKey(accountId, authConfigId), attributes);
}

/**
 * Whether a message was about to send another secret's value, and has given up since: RingCX may have it, and nobody else
 * will find out.
 *
 * @param now epoch milliseconds
 */
export function hasAbandonedIntent({ secretArn, unknownAttributes }: CredentialRecord, now: number): boolean {
  const { [intent]: intended, [intentTime]: at } = unknownAttributes;
  if (intended === undefined || intended === secretArn) return false;
  return typeof at === "string" && now - Date.parse(at) > intentLivesMs;
}

/**
 * ARNs of the secrets whose value RingCX may have for an auth config.
 *
 * @param item of {@link authConfigStateKey}
 * @throws {AutomationError} `ITEM_UNREADABLE`
 */
export function secretsInUse(item: Item | undefined): string[] {
  if (!item) return [];
  const { secretArn, intendedSecretArn } = parseItem(secretsSchema, item);
  return [...new Set([secretArn, intendedSecretArn])].filter((arn) => arn !== undefined);
}

/** Whether another secret's value may be on its way into the auth config, or have got there unnoticed. */
export function hasIntent({ unknownAttributes }: Pick<CredentialRecord, "unknownAttributes">): boolean {
  return unknownAttributes[intent] !== undefined;
}

/** What a later version wrote into an item, without an intent that has come to its end. */
export function withoutIntent(
  attributes: CredentialRecord["unknownAttributes"],
): CredentialRecord["unknownAttributes"] {
  const { [intent]: _ended, [intentTime]: _at, ...others } = attributes;
  return others;
}

/** What a write of some attributes adds when the intent has come to its end. */
export const endedIntent: Readonly<Record<typeof intent | typeof intentTime, undefined>> = {
  [intent]: undefined,
  [intentTime]: undefined,
};
