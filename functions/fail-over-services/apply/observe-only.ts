import type { StoredActivation } from "../../../shared/records/account/activation.ts";
import type { FailoverMemory } from "../../../shared/records/account/failover-memory.ts";
import type { OutageDecision, ServiceSnapshot } from "../outage/outage-decision.ts";
import { suppressedOutcome } from "../report/guard-outcomes.ts";
import {
  nextAfterClosing,
  nextAfterOpening,
  serviceCause,
  serviceOutcome,
  sourceAlarm,
} from "../report/service-outcome.ts";
import { neededPlace } from "./admit-deactivation.ts";
import type { ApplyDependencies } from "./apply-dependencies.ts";
import { observedPlace } from "./blast-radius.ts";
import { maintainRecord } from "./maintain-record.ts";

/**
 * Mode `observe`: keeps the outage beside the record's reasons, where it deactivates nothing, and publishes what would
 * have been done.
 *
 * @returns the record as it is then, or `undefined` when another writer was quicker
 */
export async function applyObserveOnly(
  dependencies: ApplyDependencies,
  snapshot: ServiceSnapshot,
  decision: OutageDecision,
): Promise<StoredActivation | undefined> {
  const { service, policy, evidence } = snapshot;
  const { observedOutage, ...rest } = decision.memory;
  const publish = async (change: string, plan: { what: string; since: string; because: string; next?: string }) => {
    const { what, since, ...words } = plan;
    const cause = serviceCause(service, what, since, sourceAlarm(observedOutage) ?? evidence.alarms[0]?.arn);
    const report = { service, cause, alarms: evidence.alarms, ...words };
    await dependencies.outcomes.publish(serviceOutcome(report, "PLANNED", `would have been ${change} (mode observe)`));
  };
  const remember = (next: FailoverMemory) => maintainRecord(dependencies, snapshot, next);
  switch (decision.kind) {
    case "open": {
      const { outage, because, flapping } = decision;
      const place = neededPlace(service, outage);
      // What would be left active in mode enforce must not be told as gone.
      if (place && !(await dependencies.blastRadius.claim(observedPlace(place)))) {
        const { suppressed = outage } = snapshot.memory;
        if (!snapshot.memory.suppressed) {
          await dependencies.outcomes.publish(suppressedOutcome(dependencies, snapshot, outage, because, "observe"));
        }
        return remember({ ...snapshot.memory, suppressed });
      }
      const next = nextAfterOpening(policy, flapping);
      await publish("deactivated", { what: "outage", since: outage.since, because, next });
      return remember({ ...rest, observedOutage: outage });
    }
    case "halfOpen":
    case "close": {
      const what = decision.kind === "halfOpen" ? "trial" : "recovery";
      const { because } = decision;
      await publish("activated", { what, since: observedOutage?.since ?? "", because, ...nextAfterClosing(decision) });
      return remember(rest);
    }
    case "stayOpen":
      return remember({ ...rest, observedOutage: decision.outage });
    case "stayClosed":
    case "exempt":
      return remember(decision.memory);
  }
}
