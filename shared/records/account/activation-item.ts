import * as z from "zod";
import type { Item } from "../../state/table.ts";
import { parseItem } from "../../state/unreadable-item.ts";
import { notedOutcomeSchema } from "../noted-outcome.ts";
import {
  type ActivationChange,
  type ActivationRecord,
  emptyActivation,
  type InactiveReason,
  type StoredActivation,
} from "./activation.ts";
import { appliedStateSchema, begunBy, markOf, observedStateSchema, unknownTime } from "./known-state.ts";
import { isEnded, markAttributes } from "./moving-activation.ts";

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
  triedAt: z.string().exactOptional(),
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
const recordAttributes: ReadonlySet<string> = new Set([
  ...["pk", "sk", "version", ...markAttributes],
  ...Object.keys(itemSchema.shape),
]);

/**
 * The record in an item of the table; the empty record where there is none, or one that has ended.
 *
 * @throws {AutomationError} `ITEM_UNREADABLE`
 */
export function fromItem(item: Item | undefined): StoredActivation {
  if (!item) return emptyActivation;
  if (isEnded(item)) return { ...emptyActivation, version: item.version, isEnded: true };
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
    ...Object.fromEntries(markAttributes.map((name) => [name, undefined])),
    ...writerAttributes,
    ...(Object.keys(rest).length > 0 && { changedAt: at }),
    ...Object.fromEntries(removed.map((name) => [name, undefined])),
    ...Object.fromEntries(add.flatMap(storedReason)),
    ...(handsOff !== undefined && { handsOff: handsOff ?? undefined }),
    ...(override !== undefined && { override: override ?? undefined }),
    ...(isAnew &&
      lastAppliedState === undefined &&
      observed === undefined && { lastWritten: undefined, observed: undefined }),
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
