import type { OutcomeData } from "../contract/outcome.ts";
import { correlation } from "../primitives/correlation.ts";
import { correlatedWith, type NotedOutcome } from "../records/noted-outcome.ts";

/**
 * An outcome with the ids of the events that are worked for now, which need not be its cause: an alarm's outage is named after
 * the service, a fault of our own after what it is. One that has its own keeps them. Outside of all events it is its cause's.
 */
export function noteOutcome(data: OutcomeData): NotedOutcome {
  return correlatedWith(data, correlation().correlationId ?? data.cause.id);
}
