import { desiredActivation } from "../../../shared/activation/decide-activation.ts";
import { describeEnds, isInForce, reasonsInForce } from "../../../shared/activation/reasons.ts";
import type { ActivationChange, StoredActivation } from "../../../shared/records/account/activation.ts";
import { failoverAttributes, failoverMemoryOf } from "../../../shared/records/account/failover-memory.ts";
import { lastKnownState, markOf } from "../../../shared/records/account/known-state.ts";

/** What is to be written after RingCX was read, and what is to be published about it. */
export interface ManualChange {
  change: ActivationChange;
  /** What a person did, and what that means, in words; left out where nobody needs to know. */
  report?: { what: string; because: string };
}

/**
 * Whether what RingCX said can be compared with the record: nothing of ours was under way, and nobody has written the record
 * between its reading before and after. So no call of ours came in between: each stands between two writes. No clock is
 * asked. Pure.
 *
 * @param before the record as it was before RingCX was asked
 * @param after as it was afterwards
 */
export function isComparable(before: StoredActivation, after: StoredActivation): boolean {
  return before.version === after.version && (after.intents ?? []).length === 0;
}

/**
 * What it means that RingCX says so, when we last wrote or saw something else: a person was at work in the admin page,
 * and people stay in charge. What ends a hold must be seen by two reads in a row, of which nobody knows how old they are. Pure.
 *
 * @param record one that {@link isComparable} with what RingCX says
 * @param isEnabled what RingCX says
 * @param now epoch milliseconds
 * @param isSure what was read is surely newer than what is known, so one read is enough
 * @returns `undefined` when there is nothing to write
 */
export function detectManualChange(
  record: StoredActivation,
  isEnabled: boolean,
  now: number,
  isSure = false,
): ManualChange | undefined {
  const known = lastKnownState(record);
  const desired = desiredActivation(record, now);
  const since = new Date(now).toISOString();
  const manual = { kind: "MANUAL", since } as const;
  if (known === undefined) {
    // Inactive for no reason of ours: it was never ours to activate.
    const isTheirs = !isEnabled && desired.isActive;
    return { change: { ...(isTheirs && { add: [manual] }), observed: isEnabled } };
  }
  if (known.isActive === isEnabled) return asKnown(record, isEnabled);
  if (!isEnabled) {
    if (!desired.isActive) {
      // As it was to be: but nothing of ours has done it, so nobody was told what ends it.
      const because = `it stays inactive, because ${desired.because}. ${describeEnds(record, now)}`;
      return { change: { observed: false }, report: { what: "was deactivated in the admin page", because } };
    }
    return {
      change: { add: [manual], observed: false },
      report: {
        what: "was deactivated in the admin page",
        because: "it stays inactive until it is activated there or by command",
      },
    };
  }
  // By an override it is to be active, and that has its own end.
  if (desired.isActive) return { change: { remove: ["MANUAL"], observed: true } };
  return activated(record, now, isSure);
}

/** What was seen before is not so any more: seen again it is another time, and inactive it is since now only. */
function asKnown(record: StoredActivation, isEnabled: boolean): ManualChange | undefined {
  const { seenActive, ...memory } = failoverMemoryOf(record);
  if (!seenActive) return undefined;
  const writerAttributes = failoverAttributes({ memory });
  return { change: { writerAttributes, ...(!isEnabled && { observed: false, isAnew: true }) } };
}

/** Seen active although it should not be. */
function activated(record: StoredActivation, now: number, isSure: boolean): ManualChange | undefined {
  const since = new Date(now).toISOString();
  const { seenActive: seenBefore, ...memory } = failoverMemoryOf(record);
  const mark = markOf(record);
  const isSeen = seenBefore?.after === mark;
  const seenActive = isSeen ? seenBefore : { after: mark, at: since };
  const against = reasonsInForce(record, now).map(({ kind }) => kind);
  const isTheirs = against.some((kind) => kind !== "MANUAL" && kind !== "FLAPPING" && kind !== "OUTAGE");
  if (!isSeen && !isSure)
    return { change: { writerAttributes: failoverAttributes({ memory: { ...memory, seenActive } }) } };
  if (isTheirs) {
    // Against a manifest or a person's word: not ours to remove, and not ours to fight a person about.
    if (seenActive.isTold) return undefined;
    const told = { ...memory, seenActive: { ...seenActive, isTold: true as const } };
    return {
      change: { writerAttributes: failoverAttributes({ memory: told }) },
      report: {
        what: "was activated in the admin page",
        because: `it is left so, although ${desiredActivation(record, now).because}`,
      },
    };
  }
  const writerAttributes = failoverAttributes({ memory });
  if (against.includes("OUTAGE") && !isInForce(record.override, now)) {
    const hold = { by: "admin page", why: "activated during an outage", since };
    return {
      change: { remove: ["MANUAL"], override: hold, observed: true, writerAttributes },
      report: {
        what: "was activated in the admin page during an outage",
        because: "it stays active until the outage ends",
      },
    };
  }
  const because = against.includes("FLAPPING") ? "it no longer counts as flapping" : "no reason keeps it inactive";
  return {
    change: { remove: ["MANUAL", "FLAPPING"], observed: true, writerAttributes },
    report: { what: "was activated in the admin page", because },
  };
}
