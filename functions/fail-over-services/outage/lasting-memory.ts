import type { FailoverMemory } from "../../../shared/records/account/failover-memory.ts";

/**
 * Whether it is still remembered when an outage opens or ends. Each attribute says so, also one that comes later: what a
 * decision about an outage is not about must not be lost by it.
 */
const outlastsOutages: Readonly<Record<keyof FailoverMemory, boolean>> = {
  healthySince: false,
  probePassingSince: false,
  pausedSince: false,
  consecutivePasses: false,
  consecutiveFailures: false,
  probedAt: true,
  trial: false,
  failedTrials: false,
  recentOutages: true,
  suppressed: false,
  exemptSince: false,
  requiresCommand: false,
  endsInMode: false,
  missingAlarms: true,
  notes: true,
  mutedAlarms: true,
  // RingCX's word about a person, who has nothing to do with outages.
  seenActive: true,
  observedOutage: false,
  observedSuppressed: false,
};

/**
 * The openings lately with the one that begins now. Of one outage it is one: what mode `observe` has counted, or a guard has kept
 * from happening, is not counted again when it happens after all. Pure.
 *
 * @param at ISO 8601
 */
export function openingsWith({ recentOutages = [], observedOutage, suppressed }: FailoverMemory, at: string): string[] {
  const { since } = observedOutage ?? suppressed ?? {};
  // It may have been counted some milliseconds after its beginning was noted.
  const others = recentOutages.filter((time) => since === undefined || Date.parse(time) < Date.parse(since));
  return [...others, at];
}

/**
 * What is remembered while failover is off: nothing of what it saw or a guard kept from happening, since nobody looks
 * whether that is over. Pure.
 */
export function memoryWhileOff(memory: FailoverMemory): FailoverMemory {
  const { missingAlarms: _missing, mutedAlarms: _muted, ...rest } = lastingMemory(memory);
  return rest;
}

/** What is remembered beyond an outage. Pure. */
export function lastingMemory(memory: FailoverMemory): FailoverMemory {
  const isLasting = (name: string) => outlastsOutages[name as keyof FailoverMemory];
  return Object.fromEntries(Object.entries(memory).filter(([name, value]) => value !== undefined && isLasting(name)));
}
