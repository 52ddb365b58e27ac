import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import { ChangeMessageVisibilityCommand, SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { cloudEventSchema } from "../../../shared/contract/cloud-event.ts";
import { type Command, commandSchema } from "../../../shared/contract/command.ts";
import { messageProblems } from "../../../shared/contract/message-problems.ts";
import type { Problem } from "../../../shared/contract/outcome.ts";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import { carryOutCommand, ServiceUnknownError } from "../reconcile/execute-command.ts";
import type { TriggerDependencies } from "./sweep-account.ts";

export interface CommandDependencies extends TriggerDependencies {
  sqs: Pick<SQSClient, "send">;
  commandQueueUrl: string;
  rejectQueueUrl: string;
}

/** Carries out the commands of a batch. One that cannot be right is rejected with its reason; the others go on. */
export async function processCommands(
  parts: CommandDependencies,
  event: SQSEvent,
  { deadline }: { deadline: number },
): Promise<SQSBatchResponse> {
  return processPartialResponse(event, (record: SQSRecord) => processCommand(parts, record, deadline), processor(), {
    throwOnFullBatchFailure: false,
    context: {} as Context,
  });
}

/** One for each batch: it keeps the batch's state. */
function processor(): BatchProcessor {
  return new BatchProcessor(EventType.SQS);
}

async function processCommand(parts: CommandDependencies, record: SQSRecord, deadline: number): Promise<void> {
  const { body, messageId } = record;
  const message = jsonIn(body);
  const result = commandSchema.safeParse(message);
  if (!result.success) {
    // Answered by its own id as far as it has one: its sender waits for that.
    const { data = { source: "command-queue", id: messageId } } = cloudEventSchema
      .pick({ source: true, id: true })
      .safeParse(message);
    await reject(parts, body, data, messageProblems(result.error, commandSchema, message));
    return;
  }
  const command = result.data;
  try {
    await carryOutCommand(parts, command, deadline);
  } catch (error) {
    const problem = rejection(error);
    if (!problem) {
      parts.logger.warn("command failed and comes again", { messageId, reason: String(error) });
      await comeAgainSoon(parts, record);
      throw error;
    }
    await reject(parts, body, command, [problem]);
  }
}

/** Somebody waits for it: after 5 s, 10 s, 20 s, ... and not after the queue's whole time-out. */
async function comeAgainSoon({ sqs, commandQueueUrl }: CommandDependencies, record: SQSRecord): Promise<void> {
  const deliveries = Number(record.attributes.ApproximateReceiveCount);
  await sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: commandQueueUrl,
      ReceiptHandle: record.receiptHandle,
      VisibilityTimeout: Math.min(300, 5 * 2 ** (deliveries - 1)),
    }),
  );
}

/** Why the same command could never succeed; `undefined` when it may. */
function rejection(error: unknown): Problem | undefined {
  if (error instanceof ServiceUnknownError) return { path: "data.serviceDescription", message: error.message };
  if (error instanceof AutomationError && !error.retryable) return { path: "data", message: error.message };
  return undefined;
}

async function reject(
  { sqs, rejectQueueUrl, outcomes }: CommandDependencies,
  body: string,
  { source, id }: Pick<Command, "source" | "id">,
  problems: readonly Problem[],
): Promise<void> {
  const summary = `Command rejected: ${problems.map(({ path, message }) => `${path} ${message}`).join("; ")}`;
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: rejectQueueUrl,
      MessageBody: body,
      MessageAttributes: { reason: { DataType: "String", StringValue: summary.slice(0, 1_000) } },
    }),
  );
  await outcomes.publish({
    status: "REJECTED",
    summary: summary.slice(0, 1_000),
    cause: { source, id, type: "ringcx.command.v1" },
    problems: [...problems],
  });
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
