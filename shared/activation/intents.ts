import { randomUUID } from "node:crypto";
import type { OutcomeData } from "../contract/outcome.ts";
import { noteOutcome } from "../outcomes/note-outcome.ts";
import { DeferredError } from "../queues/message.ts";
import type { ActivationChange, ActivationRecord, Carrier, Intent } from "../records/account/activation.ts";
import { lastKnownState } from "../records/account/known-state.ts";
import { type ActivationDecision, decideActivation, desiredActivation } from "./decide-activation.ts";
import { alreadyInactive, overtaken } from "./overtaken.ts";
import { describeEnds, isInForce, openIntents } from "./reasons.ts";

/** A change of the service as it is noted: the record gives it its number. */
export type NewIntent = Pick<Intent, "isActive" | "because" | "outcome" | "isApplied" | "isOfMessage">;

/** What is published of a change, which may be named after the number of its intent. */
export type OutcomeOf = (change: Pick<Intent, "isActive" | "because">, generation: number) => OutcomeData;

/** How much later than its deadline a process may still be at it, and how wrong clocks may be, in milliseconds. */
const carrierMarginMs = 5_000;

/** Who carries intents out from now on. @param deadline by when it stops, epoch milliseconds */
export function newCarrier(deadline: number): Carrier {
  return { id: randomUUID(), until: new Date(deadline + carrierMarginMs).toISOString() };
}

/** Whether somebody else is at the record's intents. @param now epoch milliseconds */
export function isCarriedByOther({ carrier, intents = [] }: ActivationRecord, own: Carrier, now: number): boolean {
  return intents.length > 0 && carrier !== undefined && carrier.id !== own.id && Date.parse(carrier.until) > now;
}

/**
 * What notes an intent, in the same write as its reason. Where another process is at the record's intents it stays so, and
 * that one carries this out, too.
 *
 * @param options `now` in epoch milliseconds
 */
export function noteIntent(
  before: ActivationRecord,
  intent: Omit<NewIntent, "outcome">,
  { carrier, now, outcomeOf }: { carrier: Carrier; now: number; outcomeOf?: OutcomeOf | undefined },
): Required<Pick<ActivationChange, "generation" | "intents">> & Pick<ActivationChange, "carrier"> {
  const generation = (before.generation ?? 0) + 1;
  const outcome = outcomeOf?.(intent, generation);
  const noted: Intent = {
    generation,
    ...intent,
    since: new Date(now).toISOString(),
    ...(outcome && { outcome: noteOutcome(outcome) }),
  };
  return {
    generation,
    intents: [...(before.intents ?? []), noted],
    ...(!isCarriedByOther(before, carrier, now) && { carrier }),
  };
}

/** A record as a change will leave it, as far as it decides whether the service is to be active. */
export function changedRecord(before: ActivationRecord, change: ActivationChange): ActivationRecord {
  const { add = [], remove = [], handsOff = before.handsOff, override = before.override } = change;
  const { observed, observedAfter } = change;
  const replaced = new Set([...remove, ...add.map(({ kind }) => kind)]);
  const { handsOff: _handsOff, override: _override, ...rest } = before;
  return {
    ...rest,
    reasons: [...before.reasons.filter(({ kind }) => !replaced.has(kind)), ...add],
    ...(handsOff && { handsOff }),
    ...(override && { override }),
    ...(observed !== undefined &&
      observedAfter !== undefined && { observed: { isActive: observed, at: "", after: observedAfter } }),
  };
}

/**
 * A change together with the intent that it makes necessary: both are written at once, or nobody would know what is left.
 *
 * @param because in words, where it is not what the record says; only of the direction that the change is about
 */
export function withIntent(
  before: ActivationRecord,
  change: ActivationChange,
  { because, ...options }: Parameters<typeof noteIntent>[2] & { because?: { isActive?: boolean; words: string } },
): { change: ActivationChange; decision: ActivationDecision } {
  const decision = decideActivation(changedRecord(before, change), options.now);
  if (decision.action === "leave") return { change, decision };
  const isActive = decision.action === "activate";
  const isAboutIt = because !== undefined && (because.isActive ?? isActive) === isActive;
  const intent = { isActive, because: isAboutIt ? because.words : decision.because };
  return { change: { ...change, ...noteIntent(before, intent, options) }, decision };
}

/** What is left to do of a record. */
export type IntentStep =
  /** It is done, and not published yet. */
  | { kind: "publish"; intent: Intent }
  | { kind: "apply"; intent: Intent }
  /** Whether the first was done cannot be told from the record, and it matters. */
  | { kind: "look"; intent: Intent }
  /** It is not as it should be, and nobody has noted that. */
  | { kind: "note"; isActive: boolean; because: string }
  | { kind: "none" };

/** What is left to do of a record, found from the record alone. Pure. @param now epoch milliseconds */
export function nextStep(record: ActivationRecord, now: number): IntentStep {
  const applied = record.intents?.find(({ isApplied }) => isApplied);
  if (applied) return { kind: "publish", intent: applied };
  const [first, ...others] = openIntents(record);
  if (!first) {
    const decision = decideActivation(record, now);
    if (decision.action === "leave") return { kind: "none" };
    return { kind: "note", isActive: decision.action === "activate", because: decision.because };
  }
  const isWanted = first.isActive === desiredActivation(record, now).isActive && !isInForce(record.handsOff, now);
  return { kind: isWanted && others.length === 0 ? "apply" : "look", intent: first };
}

/**
 * The intents that are left after a look at RingCX, which told whether the first was done. Those after it were not begun: of
 * them only the last counts, and only where it is still wanted and not so already. What is not done any more although
 * it would change something is told as overtaken.
 *
 * @param isActive what RingCX says
 * @param isSure otherwise that is what is assumed, and it confirms nothing
 */
export function intentsAfterLook(
  record: ActivationRecord,
  isActive: boolean,
  now: number,
  isSure = true,
): readonly Intent[] {
  const [first, ...others] = openIntents(record);
  const last = others.at(-1);
  const isLeft =
    last !== undefined &&
    last.isActive !== isActive &&
    last.isActive === desiredActivation(record, now).isActive &&
    !isInForce(record.handsOff, now);
  const isDone = isSure && first?.isActive === isActive;
  const dropped = [first, ...others].flatMap((one) => {
    if (one === undefined || (isLeft && one === last)) return [];
    return one.isActive === isActive && (isSure || one !== first) ? [] : [one];
  });
  const alreadySo = isActive || isLeft ? [] : others.filter((one) => !one.isActive);
  const ends = describeEnds(record, now) ?? "No reason keeps it inactive any more";
  return [
    ...(record.intents ?? []).filter(({ isApplied }) => isApplied),
    ...(isDone ? [{ ...first, isApplied: true as const }] : []),
    ...dropped.flatMap((one) => overtaken(one, { isActive: !one.isActive, by: overtakerOf(record, one, now), now })),
    ...alreadySo.flatMap((one) => alreadyInactive(one, { ends, now })),
    ...(isLeft ? [last] : []),
  ];
}

/** What came after an intent, in words: the next one the other way, or what the record says now. */
function overtakerOf(record: ActivationRecord, { generation }: Intent, now: number): string {
  const later = openIntents(record).filter((one) => one.generation > generation);
  const { handsOff } = record;
  const held = handsOff && isInForce(handsOff, now) ? `hands off, by ${handsOff.by}: ${handsOff.why}` : undefined;
  const words = later[0]?.because ?? held ?? desiredActivation(record, now).because;
  return words.replace(/[.\s]+$/, "");
}

/**
 * A record's intents without one that nobody has begun. So it is as it was known before, and those noted behind it are judged
 * by that.
 */
export function intentsAfterWithdrawal(record: ActivationRecord, generation: number, now: number): readonly Intent[] {
  const [first] = openIntents(record);
  const known = lastKnownState(record);
  const isKnown = first?.generation === generation && known !== undefined;
  const { intents = [] } = isKnown ? { intents: intentsAfterLook(record, known.isActive, now) } : record;
  return intents.filter((one) => one.generation !== generation);
}

/** A record's intents without one. */
export function withoutIntent(
  { intents = [] }: Pick<ActivationRecord, "intents">,
  { generation }: Intent,
): readonly Intent[] {
  return intents.filter((one) => one.generation !== generation);
}

/** How soon whoever waits for another process asks again, in milliseconds. */
const underWayMs = 5_000;

/** Another process is changing the service at the moment: what the record says is done by it, or looked at again soon. */
export class ChangeUnderWayError extends DeferredError {
  constructor(service: string) {
    super(`Another process is changing ${service}; it is looked at again in ${underWayMs / 1000} s.`, underWayMs);
  }
}

/** Where what another process is changing is looked at again anyway: `undefined` while it does. */
export async function unlessUnderWay<Of>(work: Promise<Of>): Promise<Of | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ChangeUnderWayError) return undefined;
    throw error;
  }
}
