import type { StoredActivation } from "../../../shared/records/account/activation.ts";
import type { Watch } from "../../../shared/records/account/failover-memory.ts";
import type { OutageDecision, Scene } from "../outage/outage-decision.ts";
import { alarmOf, causeOf, nextAfter, nextAfterOutage } from "../report/outage-wording.ts";
import { outcomeOf } from "../report/service-outcome.ts";
import { keepUp } from "./maintain-record.ts";
import type { ApplyDependencies } from "./switch-service.ts";

/**
 * Keeps the outage beside the record, where it holds nobody else back, and says what would have been done.
 *
 * @returns the record as it is then, or `undefined` when another writer was quicker
 */
export async function observe(
  parts: ApplyDependencies,
  scene: Scene,
  decision: OutageDecision,
): Promise<StoredActivation | undefined> {
  const { service, policy, evidence } = scene;
  const { observedOutage, ...rest } = decision.watch;
  const tell = async (change: string, telling: { what: string; since: string; because: string; next?: string }) => {
    const { what, since, ...words } = telling;
    const cause = causeOf(service, what, since, alarmOf(observedOutage) ?? evidence.alarms[0]?.arn);
    const would = `would have been ${change} (mode observe)`;
    await parts.outcomes.publish(outcomeOf({ service, cause, alarms: evidence.alarms, ...words }, "PLANNED", would));
  };
  const remember = (next: Watch) => keepUp(parts, scene, next);
  switch (decision.kind) {
    case "begin": {
      const { outage, because, latch } = decision;
      await tell("deactivated", { what: "outage", since: outage.since, because, next: nextAfterOutage(policy, latch) });
      return remember({ ...rest, observedOutage: outage });
    }
    case "try":
    case "end": {
      const what = decision.kind === "try" ? "trial" : "recovery";
      const { because } = decision;
      await tell("activated", { what, since: observedOutage?.since ?? "", because, ...nextAfter(decision) });
      return remember(rest);
    }
    case "continue":
      return remember({ ...rest, observedOutage: decision.outage });
    case "none":
    case "spare":
      return remember(decision.watch);
  }
}
