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

/** Reports an item that could not be read and was replaced by a safe value: in the log, the metrics, and as an outcome. */
export function createUnreadableReporter({ outcomes, clock, logger, metrics }: UnreadableReportOptions): OnUnreadable {
  return async ({ message, code, details }) => {
    logger.error("item of the state table rebuilt", { code, ...details });
    metrics.addMetric("ItemsUnreadable", "Count", 1);
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
