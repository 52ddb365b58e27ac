import * as z from "zod";

/** Since when a service has been as it is. Kept with the state: what a later write confirms began with the first. */
export interface Began {
  /** ISO 8601. */
  at: string;
  /** It was only seen: it began then at the latest. */
  isSeen?: true;
}

/** A state of the service in RingCX, as it was written. */
export interface AppliedState {
  isActive: boolean;
  at: string;
  /** The record's number of the intent that was carried out; releases before there were intents left it out. */
  generation?: number;
  /** Earlier releases left it out. See {@link beganOf}. */
  began?: Began;
}

/** A state of the service in RingCX, as it was seen. */
export interface ObservedState {
  isActive: boolean;
  at: string;
  /** What had been written last when it was seen; earlier releases left it out. See {@link appliedMark}. */
  after?: string;
  /** Earlier releases left it out. See {@link beganOf}. */
  began?: Began;
}

/** What is known of a service in RingCX. */
export interface KnownStates {
  /** What we last wrote to RingCX. */
  lastAppliedState?: AppliedState;
  /** What RingCX last said. */
  observed?: ObservedState;
}

/** The time of what names none. */
export const unknownTime = new Date(0).toISOString();

// Read loosely, as the record that holds them.
const time = z.string().default(unknownTime);
const began = z.looseObject({ at: time, isSeen: z.literal(true).exactOptional() }).exactOptional();

/** An {@link AppliedState} as it is stored. */
export const appliedStateSchema = z.looseObject({
  isActive: z.boolean(),
  at: time,
  generation: z.int().exactOptional(),
  began,
});

/** An {@link ObservedState} as it is stored. */
export const observedStateSchema = z.looseObject({
  isActive: z.boolean(),
  at: time,
  after: z.string().exactOptional(),
  began,
});

/** Tells what was written last from everything that was written before: `undefined` where nothing was. */
export function appliedMark({ lastAppliedState }: Pick<KnownStates, "lastAppliedState">): string | undefined {
  return lastAppliedState && String(lastAppliedState.generation ?? lastAppliedState.at);
}

/** What {@link ObservedState.after} says of what is seen now. */
export function markOf(record: Pick<KnownStates, "lastAppliedState">): string {
  return appliedMark(record) ?? "nothing";
}

/**
 * The newest that we know of the service in RingCX: what we wrote, or what it said. Which of the two came first is said by
 * numbers: of two processes' clocks nobody knows which is right.
 */
export function lastKnownState(record: KnownStates): AppliedState | ObservedState | undefined {
  const { lastAppliedState, observed } = record;
  if (lastAppliedState === undefined || observed === undefined) return lastAppliedState ?? observed;
  if (observed.after !== undefined) return observed.after === appliedMark(record) ? observed : lastAppliedState;
  // As releases before it wrote them.
  return Date.parse(observed.at) > Date.parse(lastAppliedState.at) ? observed : lastAppliedState;
}

/**
 * Since when it has been as it is known to be: `undefined` where nothing is known. What releases before this one wrote may
 * have confirmed an older state: it began then at the latest.
 */
export function beganOf(record: KnownStates): Began | undefined {
  const known = lastKnownState(record);
  if (known === undefined || known.at === unknownTime) return known?.began;
  return known.began ?? { at: known.at, isSeen: true };
}

/**
 * Since when a service has been as it is written, or seen, now: since it was first known to be so, or else now.
 *
 * @param before what was known until now; left out where that says nothing of it
 */
export function begunBy(
  before: KnownStates | undefined,
  { isActive, isWritten, at }: { isActive: boolean; isWritten: boolean; at: string },
): Began | undefined {
  const known = before && lastKnownState(before);
  if (before && known?.isActive === isActive) return beganOf(before);
  // Of what was never looked at it is not known whether our write has changed it.
  return isWritten && (before === undefined || known !== undefined) ? { at } : { at, isSeen: true };
}
