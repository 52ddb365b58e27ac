// The rooms, each of which imports only those after it: triggers > reconcile > apply > report > outage (pure) >
// evidence > watchlist > settings. An alarm goes down them once: triggers/alarm-events is where to begin.
import { MetricUnit } from "@aws-lambda-powertools/metrics";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { lambdaHandler } from "../../shared/runtime/lambda-handler.ts";
import { createDependencies } from "./dependencies.ts";
import { processAlarms } from "./triggers/alarm-events.ts";
import { followTags } from "./triggers/follow-tags.ts";
import { startSweeps } from "./triggers/start-sweeps.ts";
import { sweepAccounts } from "./triggers/sweep-accounts.ts";

/** The schedule's event. */
interface TickEvent {
  source: "ringcx.sweep";
  /** When it was due, ISO 8601: the same where one tick comes twice. */
  time: string;
}

/**
 * Alarms and commands from their queues, the minute's tick, and the accounts' sweeps that it asks for: services go out in
 * an outage and come back.
 */
export const handler = lambdaHandler(
  createDependencies,
  async (event: SQSEvent | TickEvent, dependencies, invocation): Promise<SQSBatchResponse | undefined> => {
    const { metrics, queueNames } = dependencies;
    if ("Records" in event) {
      const name = event.Records[0]?.eventSourceARN.split(":").at(-1);
      if (name === queueNames.commands) {
        // What checks a command is loaded with the first one: an alarm that starts the function does not wait for it.
        const { processCommands } = await import("./triggers/commands.ts");
        return processCommands(dependencies, event, invocation);
      }
      if (name !== queueNames.sweeps) return processAlarms(dependencies, event, invocation);
      return sweepAccounts(dependencies, event, invocation, (swept) => {
        metrics.addMetric("ServicesInactive", MetricUnit.Count, swept.inactive);
        metrics.addMetric("InactiveTooLong", MetricUnit.Count, swept.inactiveTooLong);
        metrics.addMetric("EvidenceNotAsked", MetricUnit.Count, swept.notAsked);
        metrics.addMetric("ItemsUnreadable", MetricUnit.Count, swept.unreadable);
        metrics.addMetric("SweepErrors", MetricUnit.Count, swept.errors.length);
      });
    }
    const errors = await startSweeps(dependencies, event.time);
    const tags = await followTags(dependencies, invocation);
    metrics.addMetric("EvidenceNotAsked", MetricUnit.Count, tags.unread);
    // The next tick does the same again; thrown, so that errors in a row raise the function's alarm.
    errors.push(...tags.errors);
    if (errors.length > 0) throw new AggregateError(errors, errors.map(({ message }) => message).join("; "));
    return undefined;
  },
);
