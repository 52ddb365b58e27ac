import { desiredActivation } from "../../../shared/activation/decide-activation.ts";
import { lastKnownState, reasonsInForce } from "../../../shared/activation/reasons.ts";
import type { ActivationChange, ActivationRecord } from "../../../shared/records/account/activation.ts";

/** What is to be written after RingCX was read, and what is to be published about it. */
export interface ManualChange {
  change: ActivationChange;
  /** What a person did, and what that means, in words; left out where nobody needs to know. */
  report?: { what: string; because: string };
}

/**
 * What it means that RingCX says so, when we last wrote or saw something else: a person was at work in the admin page,
 * and people stay in charge. Pure.
 *
 * @param isEnabled what RingCX says
 * @param readSince epoch milliseconds when the reading began: what we wrote since then is newer than what it says
 * @param now epoch milliseconds
 * @returns `undefined` when there is nothing to write
 */
export function detectManualChange(
  record: ActivationRecord,
  isEnabled: boolean,
  { readSince, now }: { readSince: number; now: number },
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
  if (known.isActive === isEnabled || Date.parse(known.at) >= readSince) return undefined;
  if (!isEnabled) {
    // With a reason of ours in force it is our own PUT, of which the note is still under way.
    if (!desired.isActive) return { change: { observed: false } };
    return {
      change: { add: [manual], observed: false },
      report: {
        what: "was deactivated in the admin page",
        because: "it stays inactive until it is activated there or by command",
      },
    };
  }
  const against = reasonsInForce(record, now).map(({ kind }) => kind);
  if (against.includes("OUTAGE")) {
    const hold = { by: "admin page", why: "activated during an outage", since };
    return {
      change: { remove: ["MANUAL"], override: hold, observed: true },
      report: {
        what: "was activated in the admin page during an outage",
        because: "it stays active until the outage ends",
      },
    };
  }
  // Against a manifest or a hold: not ours to remove, and not ours to fight a person about.
  if (against.some((kind) => kind !== "MANUAL" && kind !== "FLAPPING")) return undefined;
  const because = against.includes("FLAPPING") ? "it no longer counts as flapping" : "no reason keeps it inactive";
  return {
    change: { remove: ["MANUAL", "FLAPPING"], observed: true },
    report: { what: "was activated in the admin page", because },
  };
}
