import * as z from "zod";
import type { Lease } from "../../state/lease.ts";
import type { Item, Key } from "../../state/table.ts";
import { parseItem } from "../../state/unreadable-item.ts";
import { unknownAttributes } from "../unknown-attributes.ts";
import type { AppliedVersion } from "./applied-version.ts";
import { authConfigPartition } from "./auth-config-partition.ts";
import {
  type HistoryEntry,
  historyEntrySchema,
  proofAnswerSchema,
  toStoredEntry,
  type VerificationLevel,
  verificationLevelSchema,
} from "./rotation-history.ts";

/** Which version of its secret does RingCX have? */
export function authConfigStateKey(accountId: string, authConfigId: string): Key {
  return { pk: authConfigPartition(accountId, authConfigId), sk: "STATE" };
}

/** How far a native rotation has come. `SETTING` is written before RingCX is called, `SET` after. */
export type RotationStep = "CREATED" | "SETTING" | "SET" | "VERIFIED";

/**
 * What RingCX has for an auth config. `before` is the last version that it was known to have.
 * APPLYING and ROTATING beyond `CREATED` are intents: RingCX may already have the new version. `mayHave` are versions that
 * earlier attempts may have left there; an earlier release did not write them down. `since` is ISO 8601.
 */
export type CredentialState =
  | { kind: "NEVER_APPLIED" }
  | { kind: "APPLIED"; applied: AppliedVersion }
  | {
      kind: "APPLYING";
      versionId: string;
      since: string;
      before: AppliedVersion | undefined;
      mayHave?: readonly string[] | undefined;
    }
  | {
      kind: "ROTATING";
      pendingVersionId: string;
      step: RotationStep;
      since: string;
      verification: VerificationLevel;
      before: AppliedVersion | undefined;
    }
  | {
      kind: "DIVERGED";
      since: string;
      why: string;
      before: AppliedVersion | undefined;
      mayHave?: readonly string[] | undefined;
    };

const failureSchema = z.object({
  /** The version that could not be applied. */
  versionId: z.string(),
  code: z.string(),
  /** Why, in words that may be published. An earlier release did not write it down. */
  message: z.string().optional(),
  /** How often it has failed in a row. */
  attempts: z.int(),
  /** Epoch milliseconds before which the same version is not tried again. */
  retryAt: z.number(),
  /** The version was the secret's current one: the failure is over once another is. Otherwise a rotation's, which goes on. */
  isOfCurrent: z.boolean().optional(),
  /** It, or the failure that it followed upon, has been published. An earlier release wrote it where `isOfCurrent`. */
  isTold: z.boolean().optional(),
});

/** The last failure to apply a version, until a version is applied or the cause of it has ended. */
export type ApplyFailure = z.output<typeof failureSchema>;

const lastWriteSchema = z.object({
  /** The version that was written. */
  versionId: z.string(),
  /** RingCX's time of the write, as it answered it. */
  updatedTime: z.string(),
});

/** What RingCX answered to our last write. Another `updatedTime` there means that somebody else has written since. */
export type LastWrite = z.output<typeof lastWriteSchema>;

const previousVersionSchema = z.object({
  versionId: z.string(),
  at: z.string(),
  proofAnswer: proofAnswerSchema.optional().catch(undefined),
});

/** A version that RingCX had, since when (ISO 8601), and what the endpoints said of it. */
export type PreviousVersion = z.output<typeof previousVersionSchema>;

const proofWaitSchema = z.object({
  /** The version that waits. */
  versionId: z.string(),
  /** When it was first asked about and no endpoint could be asked, ISO 8601. */
  since: z.string(),
  /** When an endpoint last accepted what RingCX has meanwhile, ISO 8601. */
  heldAcceptedAt: z.string().optional(),
  /** When an endpoint last refused the version, ISO 8601. */
  refusedAt: z.string().optional(),
});

/** A version that no endpoint has accepted yet, waiting to be written. */
export type ProofWait = z.output<typeof proofWaitSchema>;

/** Everything that the table keeps about one auth config's credential. No part of it is secret. */
export interface CredentialRecord {
  /** The secret whose version RingCX was given last. */
  secretArn: string | undefined;
  /** RingCX's name for the auth config when it was last read. */
  providerName: string | undefined;
  state: CredentialState;
  /** `undefined` where RingCX did not answer its time, or an earlier release wrote. */
  lastWrite?: LastWrite | undefined;
  /** Versions that were applied once and replaced, newest first. */
  previousVersions: readonly PreviousVersion[];
  failure: ApplyFailure | undefined;
  /** Until a version is applied. An earlier release keeps it, and knows nothing of it. */
  proofWait: ProofWait | undefined;
  /** Who may change the credential at the moment. */
  lease: Lease | undefined;
  /** Written together with the state, published afterwards: what a crash kept from being published is published later. */
  unpublished: readonly HistoryEntry[];
  /** What a later version of this software wrote; kept as it is. */
  unknownAttributes: Readonly<Record<string, unknown>>;
}

// PROVEN is what has been stored so far, and still is: a release that writes VERIFIED can only follow one that reads it.
const storedStepSchema = z
  .enum(["CREATED", "SETTING", "SET", "PROVEN", "VERIFIED"])
  .transform((step): RotationStep => (step === "PROVEN" ? "VERIFIED" : step));

function toStoredStep(step: RotationStep): z.input<typeof storedStepSchema> {
  return step === "VERIFIED" ? "PROVEN" : step;
}

const itemSchema = z.object({
  secretArn: z.string().optional(),
  providerName: z.string().optional(),
  status: z.enum(["APPLIED", "APPLYING", "ROTATING", "DIVERGED"]).optional(),
  appliedVersionId: z.string().optional(),
  appliedAt: z.string().optional(),
  proof: verificationLevelSchema.optional(),
  proofAnswer: proofAnswerSchema.optional().catch(undefined),
  targetVersionId: z.string().optional(),
  targetProof: verificationLevelSchema.optional(),
  step: storedStepSchema.optional(),
  since: z.string().optional(),
  why: z.string().optional(),
  mayHave: z.array(z.string()).readonly().optional().catch(undefined),
  lastWrite: lastWriteSchema.optional(),
  superseded: z.array(previousVersionSchema).default([]),
  failure: failureSchema.optional(),
  proofWait: proofWaitSchema.optional().catch(undefined),
  lease: z.object({ holder: z.string(), until: z.number() }).optional(),
  untold: z.array(historyEntrySchema).default([]),
});

/** The record of an auth config that nothing was ever applied to. */
export const emptyCredentialRecord: CredentialRecord = {
  secretArn: undefined,
  providerName: undefined,
  state: { kind: "NEVER_APPLIED" },
  previousVersions: [],
  failure: undefined,
  proofWait: undefined,
  lease: undefined,
  unpublished: [],
  unknownAttributes: {},
};

/**
 * The record that an item holds. One without `status` was written by an early version when the auth config was created.
 *
 * @throws {AutomationError} `ITEM_UNREADABLE`
 */
export function fromItem(item: Item | undefined): CredentialRecord {
  if (!item) return emptyCredentialRecord;
  const stored = parseItem(itemSchema, item);
  const { secretArn, providerName, failure, proofWait, lease } = stored;
  return {
    secretArn,
    providerName,
    state: stateOf(stored),
    lastWrite: stored.lastWrite,
    previousVersions: stored.superseded,
    failure,
    proofWait,
    lease,
    unpublished: stored.untold,
    unknownAttributes: unknownAttributes(itemSchema, item),
  };
}

function stateOf(stored: z.output<typeof itemSchema>): CredentialState {
  const { appliedVersionId, appliedAt: at = "", proof: verification = "none", proofAnswer } = stored;
  const { targetVersionId = "", since = "", mayHave } = stored;
  const before: AppliedVersion | undefined =
    appliedVersionId === undefined
      ? undefined
      : { versionId: appliedVersionId, at, verification, ...(proofAnswer && { proofAnswer }) };
  switch (stored.status) {
    case "APPLYING":
      return { kind: "APPLYING", versionId: targetVersionId, since, before, ...(mayHave && { mayHave }) };
    case "ROTATING": {
      const { step = "CREATED", targetProof: verification = "none" } = stored;
      return { kind: "ROTATING", pendingVersionId: targetVersionId, step, since, verification, before };
    }
    case "DIVERGED":
      return { kind: "DIVERGED", since, why: stored.why ?? "", before, ...(mayHave && { mayHave }) };
    default:
      return before ? { kind: "APPLIED", applied: before } : { kind: "NEVER_APPLIED" };
  }
}

/** The attributes of a record's item, for a write of the whole item. */
export function toItem(record: CredentialRecord): Record<string, unknown> {
  const { state, secretArn, providerName, lastWrite, previousVersions, failure, proofWait, lease, unpublished } =
    record;
  return {
    ...record.unknownAttributes,
    secretArn,
    providerName,
    lastWrite,
    superseded: [...previousVersions],
    failure,
    proofWait,
    lease,
    untold: unpublished.map(toStoredEntry),
    ...stateAttributes(state),
  };
}

type StoredState = Omit<
  z.input<typeof itemSchema>,
  "superseded" | "failure" | "proofWait" | "lease" | "untold" | "secretArn" | "providerName" | "lastWrite"
>;

/** The attributes of a state alone, for a write that leaves the rest of the item as it is. */
export function stateAttributes(state: CredentialState): StoredState {
  const applied = lastAppliedVersion(state);
  const { versionId: appliedVersionId, at: appliedAt, verification: proof, proofAnswer } = applied ?? {};
  const known = { appliedVersionId, appliedAt, proof, proofAnswer };
  switch (state.kind) {
    case "NEVER_APPLIED":
      return known;
    case "APPLIED":
      return { ...known, status: "APPLIED" };
    case "APPLYING":
      return {
        ...known,
        status: "APPLYING",
        targetVersionId: state.versionId,
        since: state.since,
        mayHave: state.mayHave,
      };
    case "ROTATING": {
      const { pendingVersionId: targetVersionId, since, verification: targetProof } = state;
      return { ...known, status: "ROTATING", targetVersionId, step: toStoredStep(state.step), since, targetProof };
    }
    case "DIVERGED":
      return { ...known, status: "DIVERGED", since: state.since, why: state.why, mayHave: state.mayHave };
  }
}

/** The version that RingCX was last known to have. */
export function lastAppliedVersion(state: CredentialState): AppliedVersion | undefined {
  switch (state.kind) {
    case "NEVER_APPLIED":
      return undefined;
    case "APPLIED":
      return state.applied;
    default:
      return state.before;
  }
}
