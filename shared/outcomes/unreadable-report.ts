import type { Logger } from "@aws-lambda-powertools/logger";
import type { Metrics } from "@aws-lambda-powertools/metrics";
import type { Clock } from "../primitives/clock.ts";
import type { OnUnreadable } from "../state/rebuilt-item.ts";
import type { Outcomes } from "./outcome-publisher.ts";

/** What it takes to report an item that was rebuilt. */
export interface UnreadableReportOptions {
  outcomes: Outcomes;
  clock: Clock;
  logger: Pick<Logger, "error">;
  metrics: Pick<Metrics, "addMetric">;
}

/**
 * Reports an item that could not be read: in the log and the metrics, and as an outcome where a safe value was put in its place.
 * One that is left has an outcome of its own, by whoever cannot go on without it.
 */
export function createUnreadableReporter({ outcomes, clock, logger, metrics }: UnreadableReportOptions): OnUnreadable {
  return async ({ message, code, details }, fate) => {
    logger.error(`item of the state table cannot be read: ${fate}`, { code, ...details });
    metrics.addMetric("ItemsUnreadable", "Count", 1);
    if (fate === "left") return;
    const at = new Date(clock.now()).toISOString();
    const id = `rebuilt/${String(details.pk)}/${String(details.sk)}/${at}`;
    try {
      await outcomes.publish({
        status: "FAILED",
        summary: `${message} A safe value stands in its place now: nothing is to be done unless it happens again.`,
        cause: { source: "/ringcx-automation/state-table", id, type: "ringcx.state" },
      });
    } catch (error) {
      // Whoever reads the item goes on: it was logged and counted.
      logger.error("outcome not published", { outcomeId: id, reason: String(error) });
    }
  };
}
