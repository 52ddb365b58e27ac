import * as z from "zod";
import { authTypes } from "../../ringcx/resources/auth-config.ts";
import type { Expected, Item, Key, StateTable } from "../../state/table.ts";
import { parseItem } from "../../state/unreadable-item.ts";
import { unknownAttributes } from "../unknown-attributes.ts";
import { secretPartition } from "./secret-binding.ts";

/** Which credential of the issuer is in this version, and when is it to be revoked? */
export function issuedCredentialKey(secretArn: string, versionId: string): Key {
  return { pk: secretPartition(secretArn), sk: `${credentialsOfSecret}${versionId}` };
}

/** How the `sk` of every issued credential of a secret begins. */
export const credentialsOfSecret = "CREDENTIAL#";

/**
 * How another secret is that has a credential, too, by what ends that: a rotation of it; another value that a person puts, where it
 * feeds nothing or has no rotation; its recovery window; its tag, which it has lost; its overlap, which goes on.
 */
export const twinStates = ["ROTATES", "FEEDS_NOTHING", "NO_ROTATION", "DELETED", "UNTAGGED", "OVERLAP"] as const;

/** Why a version holds a credential back though it is not known to have it: see {@link CredentialHolder}. */
const holdReasons = [
  "REVOKED",
  "UNREADABLE",
  "UNNAMED",
  "MISNAMED",
  "CHANGED",
  "UNPROVEN",
  "REFUSED",
  "SILENT",
] as const;

const itemSchema = z.object({
  versionId: z.string(),
  /** Its name at the issuer; absent while the issuer's answer is awaited. */
  credentialId: z.string().optional(),
  /** True where a person put it, and nobody has said its name: no issuer can be asked to revoke it. */
  isUnnamed: z.boolean().optional().catch(undefined),
  /** True where a person put it, and its secret's tag alone has said its name: the tag may still correct it. */
  isNamedByTag: z.boolean().optional().catch(undefined),
  /** ARN of the issuer function that made it. */
  issuer: z.string(),
  authType: z.enum(authTypes),
  /** When the issuer was last asked for it, ISO 8601; absent where an earlier release asked, or nobody here did. */
  issuedAt: z.string().optional(),
  /** Auth configs that took part in the rotation to it: one may have it still, whether or not it is bound by now. */
  authConfigs: z
    .array(z.object({ accountId: z.string(), authConfigId: z.string() }))
    .optional()
    .catch(undefined),
  /** When it was seen to be in use no more, epoch milliseconds; absent where it never was, or an earlier release noted its end. */
  replacedAt: z.number().optional().catch(undefined),
  /** Epoch milliseconds from which it is no longer needed, as was noted then. */
  revokeAfter: z.number().optional(),
  /** What keeps it from being revoked though its time is over; absent where nothing does. */
  heldBy: z
    .object({
      versionId: z.string(),
      isKnown: z.boolean(),
      secretArn: z.string().optional(),
      authConfig: z.string().optional(),
      because: z.string().optional(),
      why: z.enum(holdReasons).optional().catch(undefined),
      twin: z.enum(twinStates).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
  /** The version whose credential it is, which the issuer answered, or a person put, once more: there is none of its own to revoke. */
  sameAs: z.string().optional(),
  /** When its revocation was about to be asked for, ISO 8601: it may be revoked from then on. */
  revokingAt: z.string().optional(),
  /** Why the last try to revoke it failed, in words. */
  failure: z.string().optional().catch(undefined),
  /** ISO 8601. */
  revokedAt: z.string().optional(),
  /** Its secret is lost, so that nobody here revokes it: when that was found (ISO 8601), and whether it has been published. */
  left: z.object({ at: z.string(), isTold: z.boolean() }).optional().catch(undefined),
});

/** A version in use that has a credential, too, or of which it is not known that it has not. */
export interface CredentialHolder {
  versionId: string;
  /** Whether it surely has it; of another secret not, where its tag alone names it. */
  isKnown: boolean;
  /** The other secret whose version it is; absent where it is of the same. */
  secretArn?: string | undefined;
  /** How that one is; absent where an earlier release wrote it. */
  twin?: (typeof twinStates)[number] | undefined;
  /**
   * Why it holds though it is not known to have it: it has one that was revoked, so that this one may be the last that works;
   * one of the two cannot be read; it has no name of its own at the issuer, in use or in its overlap, where the tag may have said
   * that of the other one's; RingCX was given it unproven, and no endpoint has accepted it since; one refuses it, or accepted it and cannot be asked now; or somebody else has written to an auth config that
   * was given it, so that RingCX may have any. Absent where it has it, or cannot be compared.
   */
  why?: (typeof holdReasons)[number] | undefined;
  /** The auth config that was changed, or has what is unproven, as `accountId/uuid`. */
  authConfig?: string | undefined;
  /** Why nobody can be asked any more about what is unproven, in words. */
  because?: string | undefined;
}

/** A credential that the issuer made for a version: by this, exactly the old one is revoked. Its name, not its value. */
export interface IssuedCredential extends z.output<typeof itemSchema> {
  /** What a later version of this software wrote; kept as it is. */
  unknownAttributes?: Readonly<Record<string, unknown>>;
}

/** @throws {AutomationError} `ITEM_UNREADABLE` */
export function fromItem(item: Item): IssuedCredential {
  return { ...parseItem(itemSchema, item), unknownAttributes: unknownAttributes(itemSchema, item) };
}

/** Partition and beginning of `sk` of all secrets of which a credential may have no end yet. */
const secretsWithCredentials = { pk: "ROTATION", skPrefix: "ISSUED#" } as const;

/** May a credential of this secret have no end yet? So that none is forgotten whose secret is lost. */
export function secretWithCredentialsKey(secretArn: string): Key {
  return { pk: secretsWithCredentials.pk, sk: `${secretsWithCredentials.skPrefix}${secretArn}` };
}

/** ARNs of all secrets of which a credential may have no end yet, those that are lost too. */
export async function readSecretsWithCredentials(table: StateTable): Promise<ReadonlySet<string>> {
  const { pk, skPrefix } = secretsWithCredentials;
  const items = await table.query(pk, skPrefix);
  return new Set(items.map(({ sk }) => sk.slice(skPrefix.length)));
}

/** Writes down that a credential of a secret may have no end yet. Repeating it changes nothing. */
export async function noteSecretWithCredentials(table: StateTable, secretArn: string): Promise<void> {
  await table.put({ ...secretWithCredentialsKey(secretArn), secretArn });
}

/**
 * Replaces what is kept about the credential of one version: before it, where it has no end yet, that its secret has one.
 *
 * @returns whether it was as expected, so that it was replaced
 */
export async function saveIssuedCredential(
  table: StateTable,
  secretArn: string,
  { unknownAttributes, ...credential }: IssuedCredential,
  expected?: Expected,
): Promise<boolean> {
  if (!hasEnded(credential)) await noteSecretWithCredentials(table, secretArn);
  const key = issuedCredentialKey(secretArn, credential.versionId);
  return (await table.put({ ...unknownAttributes, ...key, ...credential }, expected)) !== false;
}

/** Whether a credential was revoked, or there was none of its own. */
export function hasEnded({ revokedAt, sameAs }: Pick<IssuedCredential, "revokedAt" | "sameAs">): boolean {
  return revokedAt !== undefined || sameAs !== undefined;
}

/** Whether a version's credential is, or may be, revoked: it must not be used again. */
export function isRevoked(credentials: readonly IssuedCredential[], versionId: string | undefined): boolean {
  return credentials.some(
    (credential) => credential.versionId === versionId && (credential.revokedAt ?? credential.revokingAt) !== undefined,
  );
}

/**
 * The same of one version, asked of the table.
 *
 * @throws {AutomationError} `ITEM_UNREADABLE`
 */
export async function isVersionRevoked(table: StateTable, secretArn: string, versionId: string): Promise<boolean> {
  const item = await table.get(issuedCredentialKey(secretArn, versionId));
  return item !== undefined && isRevoked([fromItem(item)], versionId);
}
