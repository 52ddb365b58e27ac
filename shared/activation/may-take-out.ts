import type { ServiceRecord } from "../records/account/service.ts";

/** What says of a service whether failover acts upon its outages. */
export interface FailoverTerms {
  /** As its manifest says; nothing of one that none declares. */
  health: ServiceRecord["manifest"]["health"];
  /** The environment's, for a service whose manifest says none. @default enforce */
  mode?: "enforce" | "observe" | "off" | undefined;
  /** ARNs of those that speak for it. */
  alarms: readonly string[];
  /** Its endpoint can be asked by its validation request. */
  isProbed: boolean;
  /** Not all that speaks for it could be read: what is not known is not taken for nothing. @default false */
  isPartial?: boolean | undefined;
}

/** Whether anything says when it is down. Pure. */
export function isWatched({ health, alarms, isProbed, isPartial = false }: FailoverTerms): boolean {
  return isPartial || alarms.length > 0 || (health?.watch === "probe" && isProbed);
}

/**
 * Whether failover may take a service out now. Where it may not, nothing that a guard has kept from happening waits for anybody:
 * whoever acts upon it, or tells of it, asks here. Pure.
 */
export function mayTakeOut(terms: FailoverTerms): boolean {
  const { health, mode = "enforce" } = terms;
  return (health?.mode ?? mode) === "enforce" && health?.neverDeactivate !== true && isWatched(terms);
}
