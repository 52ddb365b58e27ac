import {
  type ActivationChange,
  type ActivationRecord,
  knownState,
  reasonsInForce,
  wantedActivation,
} from "../../shared/activation.ts";

/** What is to be written after RingCX was seen, and what to tell people about it. */
export interface Witness {
  change: ActivationChange;
  tell?: string;
}

/**
 * What it means that RingCX says so, when we last wrote or saw something else: a person was at work in the admin page,
 * and people stay in charge.
 *
 * @param seenFrom epoch milliseconds when the reading began: what we wrote since then is newer than what it says
 * @returns `undefined` when there is nothing to write
 */
export function witness(
  record: ActivationRecord,
  isEnabled: boolean,
  { seenFrom, now }: { seenFrom: number; now: number },
): Witness | undefined {
  const known = knownState(record);
  if (known === undefined) return { change: { observed: isEnabled } };
  if (known.isActive === isEnabled || Date.parse(known.at) >= seenFrom) return undefined;
  const wanted = wantedActivation(record, now);
  if (!isEnabled) {
    // With a reason of ours in force it is our own PUT, of which the note is still under way.
    if (!wanted.isActive) return { change: { observed: false } };
    const since = new Date(now).toISOString();
    return {
      change: { add: [{ kind: "MANUAL", since }], observed: false },
      tell: "was deactivated in the admin page; it stays inactive until it is activated there or by command",
    };
  }
  const isOutage = reasonsInForce(record, now).some(({ kind }) => kind === "OUTAGE" || kind === "LATCHED");
  if (isOutage) {
    const hold = { by: "admin page", why: "activated during an outage", since: new Date(now).toISOString() };
    return {
      change: { remove: ["MANUAL"], override: hold, observed: true },
      tell: "was activated in the admin page during an outage; it stays active until the outage ends",
    };
  }
  const others = reasonsInForce(record, now).filter(({ kind }) => kind !== "MANUAL");
  // Against a manifest or a hold: not ours to remove, and not ours to fight a person about.
  if (others.length > 0) return undefined;
  return { change: { remove: ["MANUAL"], observed: true }, tell: "was activated in the admin page" };
}
