// The rooms, each of which imports only those after it: triggers > reconcile > apply > report > outage (pure) >
// evidence > watchlist > settings. An alarm goes down them once: triggers/alarm-events is where to begin.
import { MetricUnit } from "@aws-lambda-powertools/metrics";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { lambdaHandler } from "../../shared/runtime/lambda-handler.ts";
import { createDependencies } from "./dependencies.ts";
import { processAlarms } from "./triggers/alarm-events.ts";
import { processCommands } from "./triggers/commands.ts";
import { sweep } from "./triggers/sweep.ts";

/** The schedule's event. */
interface SweepEvent {
  source: "ringcx.sweep";
}

/** Alarms and commands from their queues, and the minute's sweep: services go out in an outage and come back. */
export const handler = lambdaHandler(
  createDependencies,
  async (event: SQSEvent | SweepEvent, dependencies, invocation): Promise<SQSBatchResponse | undefined> => {
    if ("Records" in event) {
      const queueArn = event.Records[0]?.eventSourceARN ?? "";
      const process = queueArn.endsWith(`:${dependencies.commandQueueName}`) ? processCommands : processAlarms;
      return process(dependencies, event, invocation);
    }
    const { errors, inactive, inactiveTooLong, notAsked, unreadable } = await sweep(dependencies, invocation);
    dependencies.metrics.addMetric("ServicesInactive", MetricUnit.Count, inactive);
    dependencies.metrics.addMetric("InactiveTooLong", MetricUnit.Count, inactiveTooLong);
    dependencies.metrics.addMetric("EvidenceNotAsked", MetricUnit.Count, notAsked);
    dependencies.metrics.addMetric("ItemsUnreadable", MetricUnit.Count, unreadable);
    // The next sweep does the same again; thrown, so that errors in a row raise the function's alarm.
    if (errors.length > 0) throw new AggregateError(errors, errors.map(({ message }) => message).join("; "));
    return undefined;
  },
);
