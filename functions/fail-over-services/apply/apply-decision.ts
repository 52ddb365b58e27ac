import type { StoredActivation } from "../../../shared/records/account/activation.ts";
import { failoverAttributes } from "../../../shared/records/account/failover-memory.ts";
import type { OutageDecision, ServiceSnapshot } from "../outage/outage-decision.ts";
import type { ApplyDependencies } from "./apply-dependencies.ts";
import { closeOutage } from "./close-outage.ts";
import { maintainRecord } from "./maintain-record.ts";
import { openOutage } from "./open-outage.ts";

/**
 * Carries a decision out.
 *
 * @returns the record as it is then, or `undefined` when another writer was quicker
 */
export async function applyDecision(
  dependencies: ApplyDependencies,
  snapshot: ServiceSnapshot,
  decision: OutageDecision,
): Promise<StoredActivation | undefined> {
  switch (decision.kind) {
    case "open":
      return openOutage(dependencies, snapshot, decision);
    case "exempt":
      return dependencies.activation.changeIf(snapshot.service.name, snapshot.record, {
        writerAttributes: failoverAttributes({ memory: decision.memory }),
      });
    case "halfOpen":
    case "close":
      return closeOutage(dependencies, snapshot, decision);
    case "stayOpen":
      return maintainRecord(dependencies, snapshot, decision.memory, decision.outage);
    case "stayClosed":
      return maintainRecord(dependencies, snapshot, decision.memory);
  }
}
