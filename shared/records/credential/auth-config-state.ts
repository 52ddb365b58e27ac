import * as z from "zod";
import type { Lease } from "../../state/lease.ts";
import type { Item, Key, StateTable } from "../../state/table.ts";
import { authConfigPartition } from "./auth-config-partition.ts";
import { historyEntrySchema, type VerificationLevel, verificationLevelSchema } from "./rotation-history.ts";
import type { SecretBinding } from "./secret-binding.ts";

/** Which version of its secret does RingCX have? */
export function authConfigStateKey(accountId: string, authConfigId: string): Key {
  return { pk: authConfigPartition(accountId, authConfigId), sk: "STATE" };
}

/**
 * Writes down that RingCX has a version of the secret, for an auth config that was just created or written whole.
 *
 * @param applied `at` is ISO 8601; `proof` as in rotation: `metadata` means that RingCX took it, `endpoint` that
 *   the endpoint accepted it
 */
export async function recordApplied(
  table: StateTable,
  { secretArn, accountId, authConfigId }: Pick<SecretBinding, "secretArn" | "accountId" | "authConfigId">,
  { versionId, at, proof }: { versionId: string; at: string; proof: "endpoint" | "metadata" | "none" },
): Promise<void> {
  await table.update(authConfigStateKey(accountId, authConfigId), {
    secretArn,
    appliedVersionId: versionId,
    appliedAt: at,
    proof,
    // Whatever rotation was doing: RingCX has this version now, so a rotation under way must not go on as if it had its own.
    status: "APPLIED",
  });
}

/** The version that RingCX is known to have. */
export interface Applied {
  versionId: string;
  /** When this version first reached RingCX, ISO 8601: its age counts from here. */
  at: string;
  proof: VerificationLevel;
}

/** How far a native rotation has come. `SETTING` is written before RingCX is called, `SET` after. */
const rotationStepSchema = z.enum(["CREATED", "SETTING", "SET", "PROVEN"]);

export type RotationStep = z.output<typeof rotationStepSchema>;

/**
 * What RingCX has for an auth config. `before` is the last version that it was known to have.
 * APPLYING and ROTATING beyond `CREATED` are intents: RingCX may already have the new version.
 */
export type AuthState =
  | { kind: "NEVER_APPLIED" }
  | { kind: "APPLIED"; applied: Applied }
  | { kind: "APPLYING"; versionId: string; since: string; before: Applied | undefined }
  | {
      kind: "ROTATING";
      token: string;
      step: RotationStep;
      since: string;
      proof: VerificationLevel;
      before: Applied | undefined;
    }
  | { kind: "DIVERGED"; since: string; why: string; before: Applied | undefined };

const failureSchema = z.object({
  /** The version that could not be applied. */
  versionId: z.string(),
  code: z.string(),
  attempts: z.int(),
  /** Epoch milliseconds before which the same version is not tried again. */
  retryAt: z.number(),
});

export type Failure = z.output<typeof failureSchema>;

const leaseSchema = z.object({ holder: z.string(), until: z.number() });

const supersededSchema = z.object({ versionId: z.string(), at: z.string() });

/** A version that RingCX had, and since when. */
export type Superseded = z.output<typeof supersededSchema>;

/** Everything that the table keeps about one auth config's credential. No part of it is secret. */
export interface AuthRecord {
  /** The secret that fed it last. */
  secretArn: string | undefined;
  /** RingCX's name for it when it was last read. */
  providerName: string | undefined;
  state: AuthState;
  /** Versions that were applied once and replaced, newest first. */
  superseded: readonly Superseded[];
  failure: Failure | undefined;
  lease: Lease | undefined;
  /** Written with the state, told afterwards: what a crash kept from history and outcomes is told later. */
  untold: readonly z.output<typeof historyEntrySchema>[];
}

const itemSchema = z.object({
  secretArn: z.string().optional(),
  providerName: z.string().optional(),
  status: z.enum(["APPLIED", "APPLYING", "ROTATING", "DIVERGED"]).optional(),
  appliedVersionId: z.string().optional(),
  appliedAt: z.string().optional(),
  proof: verificationLevelSchema.optional(),
  targetVersionId: z.string().optional(),
  targetProof: verificationLevelSchema.optional(),
  step: rotationStepSchema.optional(),
  since: z.string().optional(),
  why: z.string().optional(),
  superseded: z.array(supersededSchema).default([]),
  failure: failureSchema.optional(),
  lease: leaseSchema.optional(),
  untold: z.array(historyEntrySchema).default([]),
});

/** The record that an item of the table holds; an item without `status` was written when the config was created. */
export function recordOf(item: Item | undefined): AuthRecord {
  const { superseded, failure, lease, untold, secretArn, providerName, ...fields } = itemSchema.parse(item ?? {});
  return { secretArn, providerName, state: stateOf(fields), superseded, failure, lease, untold };
}

type Fields = Omit<
  z.output<typeof itemSchema>,
  "superseded" | "failure" | "lease" | "untold" | "secretArn" | "providerName"
>;

function stateOf(fields: Fields): AuthState {
  const { appliedVersionId, appliedAt = "", proof = "none", targetVersionId = "", since = "" } = fields;
  const before = appliedVersionId === undefined ? undefined : { versionId: appliedVersionId, at: appliedAt, proof };
  switch (fields.status) {
    case "APPLYING":
      return { kind: "APPLYING", versionId: targetVersionId, since, before };
    case "ROTATING": {
      const { step = "CREATED", targetProof = "none" } = fields;
      return { kind: "ROTATING", token: targetVersionId, step, since, proof: targetProof, before };
    }
    case "DIVERGED":
      return { kind: "DIVERGED", since, why: fields.why ?? "", before };
    default:
      return before ? { kind: "APPLIED", applied: before } : { kind: "NEVER_APPLIED" };
  }
}

/** The attributes of the table's item; every attribute of ours is named, so that a full write leaves none behind. */
export function itemOf({
  state,
  secretArn,
  providerName,
  superseded,
  failure,
  lease,
  untold,
}: AuthRecord): Record<string, unknown> {
  return {
    secretArn,
    providerName,
    superseded: [...superseded],
    failure,
    lease,
    untold: [...untold],
    ...fieldsOf(state),
  };
}

function fieldsOf(state: AuthState): Fields {
  const applied = lastApplied(state);
  const known: Fields = { appliedVersionId: applied?.versionId, appliedAt: applied?.at, proof: applied?.proof };
  switch (state.kind) {
    case "NEVER_APPLIED":
      return known;
    case "APPLIED":
      return { ...known, status: "APPLIED" };
    case "APPLYING":
      return { ...known, status: "APPLYING", targetVersionId: state.versionId, since: state.since };
    case "ROTATING": {
      const { token, step, since, proof } = state;
      return { ...known, status: "ROTATING", targetVersionId: token, step, since, targetProof: proof };
    }
    case "DIVERGED":
      return { ...known, status: "DIVERGED", since: state.since, why: state.why };
  }
}

/** The version that RingCX was last known to have. */
export function lastApplied(state: AuthState): Applied | undefined {
  switch (state.kind) {
    case "NEVER_APPLIED":
      return undefined;
    case "APPLIED":
      return state.applied;
    default:
      return state.before;
  }
}
