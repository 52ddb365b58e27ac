import * as z from "zod";
import { EventSource } from "../functions/event-source.ts";
import { resourceKind } from "./resource-kind.ts";

const eventSourceSchema = z.strictObject({
  EventSourceArn: z.string().startsWith("arn:aws:sqs:", "the local host polls SQS queues only"),
  FunctionName: z.string(),
  BatchSize: z.coerce.number().default(10),
  MaximumBatchingWindowInSeconds: z.coerce.number().default(0),
  Enabled: z.boolean().default(true),
  FunctionResponseTypes: z.array(z.string()).default([]),
  ScalingConfig: z.object({ MaximumConcurrency: z.coerce.number().optional() }).optional(),
  Tags: z.unknown().optional(),
});

export const eventSourceMapping = resourceKind(eventSourceSchema, async (properties, logicalId, host) => {
  const target = host.functions.get(properties.FunctionName);
  const queueName = properties.EventSourceArn.split(":")[5] ?? "";
  const { VisibilityTimeout } = await host.messaging.attributes(queueName);
  if (Number(VisibilityTimeout) * 1000 < target.timeoutMs) {
    throw new Error(`The queue's visibility time-out (${VisibilityTimeout} s) is shorter than the function's time-out`);
  }
  const principal = host.roles.principalOf(target.name);
  // Lambda polls with the function's own role, and refuses a mapping whose role could not.
  for (const action of ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]) {
    if (principal) host.access.check(principal, { action, resource: properties.EventSourceArn, context: {} });
  }
  const source = new EventSource(host.messaging, {
    queue: {
      url: `${host.endpoint}/${host.account}/${queueName}`,
      arn: properties.EventSourceArn,
      region: host.region,
    },
    target,
    batchSize: properties.BatchSize,
    batchingWindowMs: properties.MaximumBatchingWindowInSeconds * 1000,
    maximumConcurrency: properties.ScalingConfig?.MaximumConcurrency ?? 5,
    reportsItemFailures: properties.FunctionResponseTypes.includes("ReportBatchItemFailures"),
  });
  if (properties.Enabled) host.eventSources.push(source);
  return { ref: logicalId };
});

const destinationSchema = z.strictObject({ Destination: z.string().startsWith("arn:aws:sqs:") }).optional();

const eventInvokeSchema = z.strictObject({
  FunctionName: z.string(),
  Qualifier: z.literal("$LATEST"),
  MaximumRetryAttempts: z.coerce.number().optional(),
  MaximumEventAgeInSeconds: z.unknown().optional(),
  DestinationConfig: z.strictObject({ OnFailure: destinationSchema }).optional(),
});

/** How often a failed asynchronous event is tried again, and the queue where it goes then. */
export const eventInvokeConfig = resourceKind(eventInvokeSchema, (properties, logicalId, host) => {
  const { FunctionName, MaximumRetryAttempts, DestinationConfig } = properties;
  const target = host.functions.get(FunctionName);
  const queueArn = DestinationConfig?.OnFailure?.Destination;
  host.asyncInvocations.configure(target.name, {
    ...(MaximumRetryAttempts !== undefined && { retries: MaximumRetryAttempts }),
    ...(queueArn !== undefined && {
      async onExhausted({ event, outcome, requestId }) {
        const principal = host.roles.principalOf(target.name);
        const access = { action: "sqs:SendMessage", resource: queueArn, context: {} };
        if (principal) host.access.check(principal, access);
        const requestContext = { requestId, functionArn: `${target.arn}:$LATEST`, condition: "RetriesExhausted" };
        const record = { version: "1.0", requestContext, requestPayload: event, responsePayload: outcome };
        await host.messaging.sqs("SendMessage", {
          QueueUrl: `${host.endpoint}/${host.account}/${queueArn.split(":")[5]}`,
          MessageBody: JSON.stringify(record),
        });
      },
    }),
  });
  return { ref: logicalId };
});
