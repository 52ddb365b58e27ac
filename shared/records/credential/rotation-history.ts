import * as z from "zod";
import { authTypes } from "../../ringcx/resources/auth-config.ts";
import type { Key } from "../../state/table.ts";
import { authConfigPartition } from "./auth-config-partition.ts";

/** What happened to this auth config's credential before? @param at ISO 8601 */
export function rotationHistoryKey(accountId: string, authConfigId: string, at: string): Key {
  return { pk: authConfigPartition(accountId, authConfigId), sk: `HISTORY#${at}` };
}

/** What set it off. */
export const triggerSchema = z.enum([
  /** The schedule found another current version of the secret. */
  "MIRROR",
  /** A rotation that our own schedule asked for, because it was due. */
  "DUE",
  /** A rotation that somebody else asked for: a person, or a schedule in Secrets Manager. */
  "ROTATE_SECRET",
]);
export type Trigger = z.output<typeof triggerSchema>;

/** How well it is proven that RingCX has a credential that works. */
export const verificationLevelSchema = z.enum([
  /** The endpoint accepted it, placed as a manifest declares. */
  "endpoint",
  /** RingCX took it for the auth config that was meant. */
  "metadata",
  "none",
]);

export type VerificationLevel = z.output<typeof verificationLevelSchema>;

/** One line of an auth config's history: what an auditor asks for. Nothing in it is secret. */
export const historyEntrySchema = z.object({
  /** ISO 8601; with the auth config it names the entry. */
  at: z.string(),
  secretArn: z.string(),
  connection: z.string(),
  accountId: z.string(),
  authConfigId: z.string(),
  authType: z.enum(authTypes),
  providerName: z.string().optional(),
  trigger: triggerSchema,
  /** The version that was meant to be applied. */
  versionId: z.string(),
  /** The version that RingCX had before, as far as it is known. */
  previousVersionId: z.string().optional(),
  result: z.enum([
    /** RingCX has it. */
    "APPLIED",
    /** RingCX was not changed. */
    "REFUSED",
    /** RingCX had it, or may have had it, and has the previous version again. */
    "PUT_BACK",
    /** What RingCX has is not known: neither the new nor the previous version could be confirmed. */
    "DIVERGED",
  ]),
  proof: verificationLevelSchema,
  /** Why it did not succeed. */
  reason: z.object({ code: z.string(), message: z.string() }).optional(),
  /** The invocation, for the log. */
  requestId: z.string(),
});
export type HistoryEntry = z.output<typeof historyEntrySchema>;
