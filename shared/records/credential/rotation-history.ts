import * as z from "zod";
import { authTypes } from "../../ringcx/resources/auth-config.ts";
import type { Key, StateTable } from "../../state/table.ts";
import { parseItem } from "../../state/unreadable-item.ts";
import { authConfigPartition } from "./auth-config-partition.ts";

/**
 * What set a change off: `SYNC`, the schedule found another current version of the secret; `DUE`, a rotation that our
 * own schedule asked for; `ROTATE_SECRET`, a rotation that somebody else asked for, a person or Secrets Manager.
 */
export type RotationTrigger = "SYNC" | "DUE" | "ROTATE_SECRET";

/**
 * How a change ended: `APPLIED`, RingCX has the version; `REFUSED`, RingCX was not changed; `ROLLED_BACK`, RingCX had it,
 * or may have had it, and has the previous version again; `DIVERGED`, neither of the two could be confirmed.
 */
export type RotationResult = "APPLIED" | "REFUSED" | "ROLLED_BACK" | "DIVERGED";

/**
 * How well it is verified that RingCX has a credential that works: `endpoint`, the endpoint accepted it, placed as a
 * manifest declares; `metadata`, RingCX took it for the auth config that was meant.
 */
export const verificationLevelSchema = z.enum(["endpoint", "metadata", "none"]);
export type VerificationLevel = z.output<typeof verificationLevelSchema>;

/**
 * What asking the endpoints about a credential came to. `NOT_PROVABLE`: by its nature, because no live service declares how
 * to ask, or no credential of the kind can be presented from here.
 */
export const proofAnswerSchema = z.enum(["ACCEPTED", "REFUSED", "COULD_NOT_BE_ASKED", "NOT_PROVABLE"]);
export type ProofAnswer = z.output<typeof proofAnswerSchema>;

// MIRROR and PUT_BACK are what has been stored and published so far, and still is: a release that writes the new words
// can only follow one that reads them.
const storedTriggerSchema = z
  .enum(["MIRROR", "SYNC", "DUE", "ROTATE_SECRET"])
  .transform((trigger): RotationTrigger => (trigger === "MIRROR" ? "SYNC" : trigger));

const storedResultSchema = z
  .enum(["APPLIED", "REFUSED", "PUT_BACK", "ROLLED_BACK", "DIVERGED"])
  .transform((result): RotationResult => (result === "PUT_BACK" ? "ROLLED_BACK" : result));

/** The trigger in the word that is stored and published. */
export function toStoredTrigger(trigger: RotationTrigger): z.input<typeof storedTriggerSchema> {
  return trigger === "SYNC" ? "MIRROR" : trigger;
}

/** The result in the word that is stored and published. */
export function toStoredResult(result: RotationResult): z.input<typeof storedResultSchema> {
  return result === "ROLLED_BACK" ? "PUT_BACK" : result;
}

/** One line of an auth config's history: what an auditor asks for. Nothing in it is secret. */
export interface HistoryEntry {
  /** ISO 8601. */
  at: string;
  secretArn: string;
  connection: string;
  accountId: string;
  authConfigId: string;
  authType: (typeof authTypes)[number];
  providerName?: string | undefined;
  trigger: RotationTrigger;
  /** The version that was meant to be applied. */
  versionId: string;
  /** The version that RingCX had before, as far as it is known. */
  previousVersionId?: string | undefined;
  /** Where it was refused and it is not known which version RingCX has: every one that it may have. */
  mayHave?: readonly string[] | undefined;
  result: RotationResult;
  verification: VerificationLevel;
  /** What the endpoints said about the version, where they were asked. */
  proofAnswer?: ProofAnswer | undefined;
  /** Slips of copying that were put right in the request, by field. */
  remarks?: readonly string[] | undefined;
  /** Why it did not succeed. */
  reason?: { code: string; message: string } | undefined;
  /** The invocation, for the log. */
  requestId: string;
}

/** An entry as it is stored, in an item of its own or in the auth config's state, read into the words of the code. */
export const historyEntrySchema = z
  .object({
    at: z.string(),
    secretArn: z.string(),
    connection: z.string(),
    accountId: z.string(),
    authConfigId: z.string(),
    authType: z.enum(authTypes),
    providerName: z.string().optional(),
    trigger: storedTriggerSchema,
    versionId: z.string(),
    previousVersionId: z.string().optional(),
    mayHave: z.array(z.string()).readonly().optional().catch(undefined),
    result: storedResultSchema,
    proof: verificationLevelSchema,
    proofAnswer: proofAnswerSchema.optional().catch(undefined),
    remarks: z.array(z.string()).readonly().optional().catch(undefined),
    reason: z.object({ code: z.string(), message: z.string() }).optional(),
    requestId: z.string(),
  })
  .transform(({ proof, ...entry }): HistoryEntry => ({ ...entry, verification: proof }));

/** An entry as it is stored. */
export function toStoredEntry({ verification, ...entry }: HistoryEntry): z.input<typeof historyEntrySchema> {
  return {
    ...entry,
    trigger: toStoredTrigger(entry.trigger),
    result: toStoredResult(entry.result),
    proof: verification,
  };
}

/** How the `sk` of every entry begins, in the partition of its auth config. */
export const rotationHistory = "HISTORY#";

/** What happened to this auth config's credential before? The same entry always has the same key. */
export function rotationHistoryKey({ accountId, authConfigId, at, versionId, result }: HistoryEntry): Key {
  // One version can come and go within a millisecond.
  const when = `${at}#${versionId}#${toStoredResult(result)}`;
  return { pk: authConfigPartition(accountId, authConfigId), sk: `${rotationHistory}${when}` };
}

/** Adds an entry to the history. Repeating it changes nothing. */
export async function saveHistoryEntry(table: StateTable, entry: HistoryEntry): Promise<void> {
  await table.put({ ...rotationHistoryKey(entry), ...toStoredEntry(entry) });
}

/** The last that happened to an auth config's credential and was about this version. */
export async function readEndOf(
  table: StateTable,
  { accountId, authConfigId }: Pick<HistoryEntry, "accountId" | "authConfigId">,
  versionId: string,
): Promise<HistoryEntry | undefined> {
  const items = await table.query(authConfigPartition(accountId, authConfigId), rotationHistory);
  const last = items.findLast((item) => item.versionId === versionId);
  return last && parseItem(historyEntrySchema, last);
}
