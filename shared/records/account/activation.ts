import * as z from "zod";
import type { Expected, Item, Key } from "../../state/table.ts";
import { parseItem } from "../../state/unreadable-item.ts";
import { type NotedOutcome, notedOutcomeSchema } from "../noted-outcome.ts";
import { accountItemKey, type ServiceName, servicePath } from "../service-name.ts";
import {
  appliedMark,
  appliedStateSchema,
  begunBy,
  type KnownStates,
  markOf,
  observedStateSchema,
  unknownTime,
} from "./known-state.ts";

/** Why is this service inactive? One record, three writers. */
export function activationKey(name: ServiceName): Key {
  return accountItemKey(name.accountId, `${activationsOfAccount}${servicePath(name)}`);
}

/** How the `sk` of every activation record of an account begins. */
export const activationsOfAccount = "ACTIVATION#";

/** Why a service is inactive. A service should be active exactly when no reason is left. Times are ISO 8601. */
export type InactiveReason =
  /** Provisioning: the manifest says inactive. Ends when a manifest or a command says active. */
  | { kind: "NOT_WANTED"; since: string }
  /** Provisioning: not yet proven. Ends when validation passes. */
  | { kind: "NOT_VALIDATED"; since: string; because?: string }
  /** Failover: its endpoint is down. Ends with recovery. */
  | { kind: "OUTAGE"; since: string; alarms: readonly string[]; confirmedByProbe: boolean }
  /** Failover: too many outages in a short time. Ends at `until`, or by command. */
  | { kind: "FLAPPING"; since: string; until: string }
  /** An operator's command, or rotation's audit of edges. Ends at `until` if there is one, or by `release`. */
  | { kind: "KEEP_INACTIVE"; since: string; by: string; why: string; until?: string }
  /** A person in the admin page. Ends when seen active again, or by command. */
  | { kind: "MANUAL"; since: string }
  /** Provisioning: taken out of use for good. Never ends. */
  | { kind: "RETIRED"; since: string };

/** Each writer owns some of these kinds. */
export type InactiveReasonKind = InactiveReason["kind"];

/** Somebody's word that holds for a time. Without `until` it holds until it is released. */
export interface OperatorHold {
  by: string;
  why: string;
  since: string;
  until?: string;
}

/**
 * A change of the service in RingCX that is to be made and published. It is noted in the same write as its reason, and
 * removed by the write that says that it was done; whoever finds it does what is left.
 */
export interface Intent {
  /** The record's number at that time: it only goes up. */
  generation: number;
  isActive: boolean;
  /** Why, in words. */
  because: string;
  /** ISO 8601: the time of its outcome, however often that is published. */
  since: string;
  /** What is published of it; left out where whoever noted it tells it in an outcome of their own. */
  outcome?: NotedOutcome;
  /** RingCX has done it, so all that is left is to publish it. */
  isApplied?: true;
  /** A guard has refused it, and that is told: where it was not done either, nothing more is said of it. */
  isRefused?: true;
  /** RingCX failed when it was to do it first, and nobody was told: once it is done, its outcome gets the time of that. */
  isDelayed?: true;
  /** A message has noted it, and tells it in its own outcome, whoever carries it out. */
  isOfMessage?: true;
}

/** Who carries out a record's intents, and by when it will have stopped, ISO 8601. */
export interface Carrier {
  id: string;
  until: string;
}

/** All that speaks for and against a service being active. Each writer adds and removes only its own reasons. */
export interface ActivationRecord extends KnownStates {
  reasons: readonly InactiveReason[];
  /** Automation touches nothing, and says what it would have done. */
  handsOff?: OperatorHold;
  /** The service stays active despite an outage. */
  override?: OperatorHold;
  /** When a reason, hold or state was last written, ISO 8601: who wrote it may still be following it. */
  changedAt?: string;
  /** How many intents were noted so far. @default 0 */
  generation?: number;
  /** Those that are not finished, in order. Only the first of them that is not applied may have been begun. @default none */
  intents?: readonly Intent[];
  /** Left out where nobody is at them. */
  carrier?: Carrier;
}

/** What one writer changes, all at once. What is not named stays as it is. */
export interface ActivationChange {
  add?: readonly InactiveReason[];
  remove?: readonly InactiveReasonKind[];
  /** `null` ends it. */
  handsOff?: OperatorHold | null;
  override?: OperatorHold | null;
  lastAppliedState?: boolean;
  /** Number of the intent that was carried out. */
  appliedGeneration?: number;
  observed?: boolean;
  /**
   * What had been written last before RingCX said so, see {@link appliedMark}: what was written since then is newer.
   * @default what has been written by now
   */
  observedAfter?: string;
  /** It was something else in between, or is another service of that name: what was known says nothing of since when. */
  isAnew?: true;
  /** Only on a record as it was read. */
  generation?: number;
  intents?: readonly Intent[];
  /** `null`: nobody is at them any more. */
  carrier?: Carrier | null;
  /** Attributes of one writer's own that are kept with the record; `undefined` removes one. */
  writerAttributes?: Readonly<Record<string, unknown>>;
}

/** The record and the attributes that its writers keep with it. */
export type StoredActivation = ActivationRecord & {
  writerAttributes: Readonly<Record<string, unknown>>;
  version: Expected;
};

/** Of a service of which nothing was ever written. */
export const emptyActivation: StoredActivation = { reasons: [], writerAttributes: {}, version: "absent" };

// Read loosely: what is missing is filled in, what a later version added is kept, because the item is rewritten whole.
const time = z.string().default(unknownTime);
const person = z.string().default("unknown");
const until = z.string().exactOptional();
const holdSchema = z.looseObject({ by: person, why: person, since: time, until });
const intentSchema = z.looseObject({
  generation: z.int(),
  isActive: z.boolean(),
  because: z.string().default("the activation record says so"),
  since: time,
  // Another version's: then it is told in fewer words.
  outcome: notedOutcomeSchema.optional().catch(undefined),
  isApplied: z.literal(true).exactOptional(),
  isRefused: z.literal(true).exactOptional(),
  isDelayed: z.literal(true).exactOptional(),
  isOfMessage: z.literal(true).exactOptional(),
});
const carrierSchema = z.looseObject({ id: z.string(), until: time });
const flappingSchema = z.looseObject({ kind: z.literal("FLAPPING").catch("FLAPPING"), since: time, until: time });

/** An outage as it is kept, here and in what failover remembers. */
export const outageSchema = z.looseObject({
  kind: z.literal("OUTAGE").default("OUTAGE"),
  since: time,
  alarms: z.array(z.string()).readonly().default([]),
  confirmedByProbe: z.boolean().default(false),
});

// Each reason is an attribute of its own, under the name of its kind, so that a writer touches nothing but its own.
const itemSchema = z.looseObject({
  NOT_WANTED: z.looseObject({ kind: z.literal("NOT_WANTED").default("NOT_WANTED"), since: time }).optional(),
  NOT_VALIDATED: z
    .looseObject({
      kind: z.literal("NOT_VALIDATED").default("NOT_VALIDATED"),
      since: time,
      because: z.string().exactOptional(),
    })
    .optional(),
  OUTAGE: outageSchema.optional(),
  // FLAPPING is what a later release will write; it is read already, so that this one can be gone back to.
  LATCHED: flappingSchema.optional(),
  FLAPPING: flappingSchema.optional(),
  KEEP_INACTIVE: z
    .looseObject({ kind: z.literal("KEEP_INACTIVE").default("KEEP_INACTIVE"), ...holdSchema.shape })
    .optional(),
  MANUAL: z.looseObject({ kind: z.literal("MANUAL").default("MANUAL"), since: time }).optional(),
  RETIRED: z.looseObject({ kind: z.literal("RETIRED").default("RETIRED"), since: time }).optional(),
  handsOff: holdSchema.optional(),
  override: holdSchema.optional(),
  lastWritten: appliedStateSchema.optional(),
  observed: observedStateSchema.optional(),
  changedAt: z.string().optional(),
  generation: z.int().optional(),
  intents: z.array(intentSchema).optional(),
  carrier: carrierSchema.optional(),
});

/** Attributes that are not one writer's own. */
const recordAttributes: ReadonlySet<string> = new Set(["pk", "sk", "version", ...Object.keys(itemSchema.shape)]);

/**
 * The record in an item of the table; the empty record where there is none.
 *
 * @throws {AutomationError} `ITEM_UNREADABLE`
 */
export function fromItem(item: Item | undefined): StoredActivation {
  if (!item) return emptyActivation;
  const stored = parseItem(itemSchema, item);
  const { NOT_WANTED, NOT_VALIDATED, OUTAGE, LATCHED, FLAPPING = LATCHED, KEEP_INACTIVE, MANUAL, RETIRED } = stored;
  const reasons = [NOT_WANTED, NOT_VALIDATED, OUTAGE, FLAPPING, KEEP_INACTIVE, MANUAL, RETIRED];
  const { handsOff, override, lastWritten, observed, changedAt, generation, intents, carrier } = stored;
  return {
    reasons: reasons.filter((reason) => reason !== undefined),
    ...(handsOff && { handsOff }),
    ...(override && { override }),
    ...(lastWritten && { lastAppliedState: lastWritten }),
    ...(observed && { observed }),
    ...(changedAt && { changedAt }),
    ...(generation !== undefined && { generation }),
    ...(intents && { intents: intents.map(({ outcome, ...intent }) => ({ ...intent, ...(outcome && { outcome }) })) }),
    ...(carrier && { carrier }),
    writerAttributes: Object.fromEntries(Object.entries(stored).filter(([name]) => !recordAttributes.has(name))),
    version: item.version,
  };
}

/** The attributes of a record as it was read, to be written whole. */
export function toItem(record: StoredActivation): Record<string, unknown> {
  const { reasons, writerAttributes, lastAppliedState, version: _version, ...rest } = record;
  return {
    ...rest,
    ...(lastAppliedState && { lastWritten: lastAppliedState }),
    ...writerAttributes,
    ...Object.fromEntries(reasons.flatMap(storedReason)),
  };
}

/**
 * The attributes that a change sets, and those that it removes, as `undefined`.
 *
 * @param before what was known when the change was decided
 * @param now epoch milliseconds
 */
export function changedAttributes(
  change: ActivationChange,
  before: ActivationRecord | undefined,
  now: number,
): Record<string, unknown> {
  const { writerAttributes, generation, appliedGeneration, intents, carrier, ...rest } = change;
  const { add = [], remove = [], handsOff, override, lastAppliedState, observed, observedAfter, isAnew } = rest;
  const after = observedAfter ?? (before && markOf(before));
  const at = new Date(now).toISOString();
  const state = (isActive: boolean, isWritten: boolean) => {
    const began = begunBy(isAnew ? undefined : (before ?? {}), { isActive, isWritten, at });
    return { isActive, at, ...(began && { began }) };
  };
  const removed = remove.flatMap((kind) => (kind === "FLAPPING" ? ["LATCHED", "FLAPPING"] : [kind]));
  return {
    ...writerAttributes,
    ...(Object.keys(rest).length > 0 && { changedAt: at }),
    ...Object.fromEntries(removed.map((name) => [name, undefined])),
    ...Object.fromEntries(add.flatMap(storedReason)),
    ...(handsOff !== undefined && { handsOff: handsOff ?? undefined }),
    ...(override !== undefined && { override: override ?? undefined }),
    ...(lastAppliedState !== undefined && {
      lastWritten: {
        ...state(lastAppliedState, true),
        ...(appliedGeneration !== undefined && { generation: appliedGeneration }),
      },
    }),
    ...(observed !== undefined && { observed: { ...state(observed, false), ...(after !== undefined && { after }) } }),
    ...(generation !== undefined && { generation }),
    ...(intents && { intents: intents.length > 0 ? intents : undefined }),
    ...(carrier !== undefined && { carrier: carrier ?? undefined }),
  };
}

/**
 * A record as a change will leave it.
 *
 * @param now epoch milliseconds
 */
export function recordAfter(before: StoredActivation, change: ActivationChange, now: number): StoredActivation {
  return fromItem({ ...toItem(before), ...changedAttributes(change, before, now), pk: "", sk: "", version: 0 });
}

/** A reason as an attribute. FLAPPING is written as releases before this one read it. */
function storedReason(reason: InactiveReason): [name: string, value: object | undefined][] {
  if (reason.kind !== "FLAPPING") return [[reason.kind, reason]];
  return [
    ["LATCHED", { ...reason, kind: "LATCHED" }],
    ["FLAPPING", undefined],
  ];
}
