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

/** What is remembered beyond an outage. Pure. */
export function lastingMemory(memory: FailoverMemory): FailoverMemory {
  const isLasting = (name: string) => outlastsOutages[name as keyof FailoverMemory];
  return Object.fromEntries(Object.entries(memory).filter(([name, value]) => value !== undefined && isLasting(name)));
}
