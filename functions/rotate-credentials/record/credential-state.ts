import * as z from "zod";
import {
  historyEntrySchema,
  type VerificationLevel,
  verificationLevelSchema,
} from "../../../shared/records/credential/rotation-history.ts";
import type { Lease } from "../../../shared/state/lease.ts";
import type { Item } from "../../../shared/state/table.ts";

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

/** True when RingCX is known to have exactly this version. */
export function hasVersion(state: AuthState, versionId: string): boolean {
  return state.kind === "APPLIED" && state.applied.versionId === versionId;
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

/** Enough to tell a rollback from a view that lags; versions further back have lost their labels. */
const keptVersions = 10;

/**
 * The record once RingCX has a version. Putting the same version in again does not make it younger.
 *
 * @param at ISO 8601
 */
export function withApplied(record: AuthRecord, versionId: string, at: string, proof: VerificationLevel): AuthRecord {
  const before = lastApplied(record.state);
  const isSame = before?.versionId === versionId;
  const replaced = before && !isSame ? [{ versionId: before.versionId, at: before.at }] : [];
  return {
    ...record,
    state: { kind: "APPLIED", applied: { versionId, at: isSame ? before.at : at, proof } },
    superseded: [...replaced, ...record.superseded].filter((old) => old.versionId !== versionId).slice(0, keptVersions),
    failure: undefined,
  };
}

/** How old the oldest of the given credentials is, in milliseconds; `undefined` when none is known. */
export function ageMs(records: readonly AuthRecord[], now: number): number | undefined {
  const since = records.flatMap(({ state }) => {
    const at = Date.parse(lastApplied(state)?.at ?? "");
    return Number.isNaN(at) ? [] : [at];
  });
  return since.length === 0 ? undefined : now - Math.min(...since);
}
