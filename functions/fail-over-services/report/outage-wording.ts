import type { Cause } from "../../../shared/contract/outcome.ts";
import type { Outage, OutageDecision } from "../outage/outage-decision.ts";
import type { Policy } from "../outage/policy.ts";
import { titleOf, type WatchedService } from "../watchlist/watched-services.ts";

/**
 * What an outcome answers. The same thing said again has the same id: of a service, what happened, and since when.
 *
 * @param what `outage`, `recovery`, ...
 * @param since ISO 8601
 */
export function causeOf({ name }: WatchedService, what: string, since: string, alarmArn: string | undefined): Cause {
  return {
    source: alarmArn ?? "/ringcx-automation/sweep",
    id: `${what}/${name.accountId}/${titleOf(name)}/${since}`,
    type: alarmArn === undefined ? "ringcx.sweep" : "aws.cloudwatch.alarm",
  };
}

/** What happens next to a service whose outage has begun. */
export function nextAfterOutage(policy: Policy, latch: { until: string } | undefined): string {
  const { recovery, recoverAfterSeconds, isProbed, flap } = policy;
  if (recovery === "manual") return "It stays inactive until a command brings it back";
  const evidence = `no alarm fires${isProbed ? " and its probe passes" : ""} for ${recoverAfterSeconds} s`;
  if (!latch) return `It comes back when ${evidence}`;
  return `It flaps, ${flap.openings} outages within ${flap.withinMinutes} min: it comes back when it has been quiet for ${flap.quietMinutes} min, not before ${latch.until}, or by the command activate`;
}

/** What happens next to a service whose outage goes into a trial; nothing where it is over. */
export function nextAfter(decision: Extract<OutageDecision, { kind: "try" | "end" }>): { next?: string } {
  if (decision.kind === "end") return {};
  return {
    next: `It stays active if the alarm clears by ${decision.until}; otherwise it goes out again, and is tried later`,
  };
}

/** The alarm that an outage is told of by. */
export function alarmOf(outage: Outage | undefined): string | undefined {
  return outage?.alarms[0];
}
