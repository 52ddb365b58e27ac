import * as z from "zod";
import type { AutomationError } from "../../primitives/errors.ts";
import { authTypes } from "../../ringcx/resources/auth-config.ts";
import type { Item, Key, StateTable } from "../../state/table.ts";
import { parseItem, readableItem } from "../../state/unreadable-item.ts";
import { generationSchema } from "../generation.ts";
import { accountItemKey, accountPartition } from "../service-name.ts";

/** What do we know of this auth config? By the name that a message gave it. */
export function authConfigRecordKey(accountId: string, providerName: string): Key {
  return accountItemKey(accountId, `${authConfigsOfAccount}${providerName}`);
}

/** How the `sk` of every auth config of an account begins. */
export const authConfigsOfAccount = "AUTHCONFIG#";

/** The item as it is stored. Who needs little of it parses a `pick` of it. */
export const authConfigRecordSchema = z.object({
  authConfigId: z.string(),
  /** ARN of the secret whose value RingCX was sent. */
  secretArn: z.string(),
  /** All that messages have declared of it. */
  manifest: z.looseObject({
    authType: z.enum(authTypes),
    /** As the message named the secret: name or ARN. */
    secretId: z.string().optional(),
    providerName: z.string().optional(),
    description: z.string().optional(),
  }),
  stamp: generationSchema.optional(),
});

/** What the table knows of an auth config that a message made or took over. */
export type AuthConfigRecord = Omit<z.output<typeof authConfigRecordSchema>, "stamp"> & {
  generation: z.output<typeof generationSchema> | undefined;
};

/** @throws {AutomationError} `ITEM_UNREADABLE` */
export function authConfigRecordFromItem(item: Item): AuthConfigRecord {
  const { stamp, ...record } = parseItem(authConfigRecordSchema, item);
  return { ...record, generation: stamp };
}

/** The attributes of the item. */
export function authConfigRecordToItem({ generation, ...record }: AuthConfigRecord): Record<string, unknown> {
  return { ...record, stamp: generation };
}

const authConfigSecretSchema = authConfigRecordSchema.pick({ authConfigId: true, secretArn: true });

/** Whose value a message gave an auth config last. */
export type AuthConfigSecret = z.output<typeof authConfigSecretSchema>;

/** @returns of every auth config of the account that a message made or took over; `ITEM_UNREADABLE` where that cannot be read */
export async function readAuthConfigSecrets(
  table: StateTable,
  accountId: string,
): Promise<(AuthConfigSecret | AutomationError)[]> {
  const items = await table.query(accountPartition(accountId), authConfigsOfAccount);
  return items.map((item) => readableItem(authConfigSecretSchema, item));
}
