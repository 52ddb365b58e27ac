import { MetricUnit } from "@aws-lambda-powertools/metrics";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { createActivationStore } from "../../shared/activation/activation-store.ts";
import { createProbe } from "../../shared/probe/probe.ts";
import { createBaseDependencies } from "../../shared/runtime/dependencies.ts";
import { lambdaHandler } from "../../shared/runtime/lambda-handler.ts";
import { readSettings } from "../../shared/runtime/settings.ts";
import { createBlastRadius } from "./apply/blast-radius.ts";
import { createAlarmClients } from "./evidence/alarm-clients.ts";
import { createAskAlarms } from "./evidence/alarm-states.ts";
import { failOverSettings } from "./settings.ts";
import { processAlarms } from "./triggers/alarm-events.ts";
import { processCommands } from "./triggers/commands.ts";
import { sweep } from "./triggers/sweep.ts";
import { createFindAlarmTags } from "./watchlist/alarm-tags.ts";

/** The schedule's event. */
interface SweepEvent {
  source: "ringcx.sweep";
}

/** Alarms and commands from their queues, and the minute's sweep: services go out in an outage and come back. */
export const handler = lambdaHandler(
  (environment, tools) => {
    const settings = readSettings(failOverSettings, environment);
    const foundation = createBaseDependencies(settings, tools);
    const clients = createAlarmClients(settings.FAILOVER.alarmReadRoleArns);
    return {
      ...foundation,
      settings: settings.FAILOVER,
      activation: createActivationStore({ table: foundation.table, clock: tools.clock }),
      askAlarms: createAskAlarms(clients.cloudWatch),
      findAlarmTags: createFindAlarmTags(clients.tagging(settings.FAILOVER.alarmRegions)),
      blastRadius: createBlastRadius({
        table: foundation.table,
        clock: tools.clock,
        settings: settings.FAILOVER.guards.blastRadius,
      }),
      probe: createProbe({ settings: settings.PROBE, clock: tools.clock }),
      sqs: new SQSClient({}),
      onGuard: () => tools.metrics.addMetric("GuardStepped", MetricUnit.Count, 1),
      commandQueueUrl: settings.COMMAND_QUEUE_URL,
      rejectQueueUrl: settings.COMMAND_REJECT_QUEUE_URL,
      commandQueueName: new URL(settings.COMMAND_QUEUE_URL).pathname.split("/").at(-1) ?? "",
    };
  },
  async (event: SQSEvent | SweepEvent, parts, invocation): Promise<SQSBatchResponse | undefined> => {
    if ("Records" in event) {
      const queueArn = event.Records[0]?.eventSourceARN ?? "";
      const process = queueArn.endsWith(`:${parts.commandQueueName}`) ? processCommands : processAlarms;
      return process(parts, event, invocation);
    }
    const { errors, inactive, inactiveTooLong } = await sweep(parts, invocation);
    parts.metrics.addMetric("ServicesInactive", MetricUnit.Count, inactive);
    parts.metrics.addMetric("InactiveTooLong", MetricUnit.Count, inactiveTooLong);
    // The next sweep does the same again; thrown, so that errors in a row raise the function's alarm.
    if (errors.length > 0) throw new AggregateError(errors, errors.map(({ message }) => message).join("; "));
    return undefined;
  },
);
