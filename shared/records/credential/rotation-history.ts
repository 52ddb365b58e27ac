import * as z from "zod";
import type { OutcomeData } from "../../contract/outcome.ts";
import { authTypes } from "../../ringcx/resources/auth-config.ts";
import type { Key } from "../../state/table.ts";
import { authConfigPartition } from "./auth-config-state.ts";
import { proofSchema } from "./verification.ts";

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
  proof: proofSchema,
  /** Why it did not succeed. */
  reason: z.object({ code: z.string(), message: z.string() }).optional(),
  /** The invocation, for the log. */
  requestId: z.string(),
});
export type HistoryEntry = z.output<typeof historyEntrySchema>;

/** The outcome that tells of an entry; the same entry always gives the same `cause`, so the same id. */
export function outcomeOf(entry: HistoryEntry): OutcomeData {
  const { at, secretArn, accountId, authConfigId, authType, versionId, previousVersionId, result, proof } = entry;
  const name = entry.providerName ?? authConfigId;
  const isApplied = result === "APPLIED";
  const problems = entry.reason && [{ path: name, message: entry.reason.message }];
  return {
    status: isApplied ? "SUCCEEDED" : "FAILED",
    summary: summary(entry, name),
    accountId,
    cause: {
      source: secretArn,
      id: `${accountId}/${authConfigId}/${versionId}/${result}@${at}`,
      type: "ringcx.rotation",
    },
    resources: [
      {
        kind: "authConfig",
        name,
        result: isApplied ? "UPDATED" : "FAILED",
        ids: { authConfigId },
        ...(isApplied && { changes: ["credential"] }),
        ...(problems && { problems }),
      },
    ],
    ...(problems && { problems }),
    details: {
      trigger: entry.trigger,
      authType,
      versionId,
      previousVersionId,
      result,
      proof,
      reason: entry.reason?.code,
    },
  };
}

function summary({ result, versionId, previousVersionId, proof, reason }: HistoryEntry, name: string): string {
  const why = reason ? ` ${reason.message}` : "";
  switch (result) {
    case "APPLIED":
      return `${name} has the credential of version ${versionId} (proof: ${proof}).`;
    case "REFUSED":
      return `${name} keeps its credential: version ${versionId} was not applied.${why}`;
    case "PUT_BACK":
      return `${name} has the credential of version ${previousVersionId} again: version ${versionId} was taken back.${why}`;
    case "DIVERGED":
      return `It is not known which credential ${name} has: neither version ${versionId} nor the previous one could be confirmed.${why}`;
  }
}
