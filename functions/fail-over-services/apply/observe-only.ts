import type { StoredActivation } from "../../../shared/records/account/activation.ts";
import type { FailoverMemory } from "../../../shared/records/account/failover-memory.ts";
import type { OutageDecision, ServiceSnapshot } from "../outage/outage-decision.ts";
import { neededPlace } from "./admit-deactivation.ts";
import type { ApplyDependencies } from "./apply-dependencies.ts";
import { observedPlace } from "./blast-radius.ts";
import { maintainRecord } from "./maintain-record.ts";

/**
 * Mode `observe`: keeps the outage beside the record's reasons, where it deactivates nothing. What would have been done was
 * told as news.
 *
 * @returns the record as it is then, or `undefined` when another writer was quicker
 */
export function applyObserveOnly(
  dependencies: ApplyDependencies,
  snapshot: ServiceSnapshot,
  decision: OutageDecision,
): Promise<StoredActivation | undefined> {
  const { observedOutage: _observed, ...rest } = decision.memory;
  const remember = (next: FailoverMemory) => maintainRecord(dependencies, snapshot, next);
  switch (decision.kind) {
    case "open":
    case "stayOpen":
      return remember({ ...rest, observedOutage: decision.outage });
    case "halfOpen":
    case "close":
      return remember(rest);
    case "stayClosed":
    case "exempt":
      return remember(decision.memory);
  }
}

/** Whether mode `enforce` would take the service out: what would be left active must not be told as gone. */
export async function isObservedWithinRadius(
  { blastRadius }: Pick<ApplyDependencies, "blastRadius">,
  { service }: Pick<ServiceSnapshot, "service">,
  { outage }: Extract<OutageDecision, { kind: "open" }>,
): Promise<boolean> {
  const place = neededPlace(service, outage);
  return !place || blastRadius.claim(observedPlace(place));
}
