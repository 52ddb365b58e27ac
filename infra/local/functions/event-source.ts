import { setTimeout as delay } from "node:timers/promises";
import * as z from "zod";
import type { Messaging } from "../gateway/messaging.ts";
import { failedItems } from "./batch-response.ts";
import type { Invocable } from "./local-function.ts";

/** A queue, the function that works it off, and in which batches. */
export interface EventSourceOptions {
  queue: { url: string; arn: string; region: string };
  target: Invocable;
  batchSize: number;
  /** How long to wait for a full batch once a message is there, in milliseconds. */
  batchingWindowMs: number;
  /** Batches that run at the same time. */
  maximumConcurrency: number;
  reportsItemFailures: boolean;
}

const attributeSchema = z.looseObject({
  DataType: z.string(),
  StringValue: z.string().optional(),
  BinaryValue: z.string().optional(),
});
const receivedSchema = z.object({
  Messages: z
    .array(
      z.looseObject({
        MessageId: z.string(),
        ReceiptHandle: z.string(),
        Body: z.string(),
        MD5OfBody: z.string(),
        Attributes: z.record(z.string(), z.string()).default({}),
        MessageAttributes: z.record(z.string(), attributeSchema).default({}),
      }),
    )
    .default([]),
});
type Message = z.output<typeof receivedSchema>["Messages"][number];

/**
 * An SQS event source mapping: polls the queue, hands batches to the function, deletes what succeeded. What
 * failed stays invisible until the queue's visibility time-out (or the function's own change of it) ends.
 *
 * On a FIFO queue fauxqs hands out one message per message group in a receive, so a batch here holds one per
 * group, while AWS may put several in order. That several are handled in order is for the function's own tests.
 */
export class EventSource {
  readonly #options: EventSourceOptions;
  readonly #messaging: Messaging;
  readonly #running = new Set<Promise<void>>();
  #isStopped = false;
  #polling: Promise<void> | undefined;

  constructor(messaging: Messaging, options: EventSourceOptions) {
    this.#messaging = messaging;
    this.#options = options;
  }

  start(): void {
    this.#polling = this.#poll();
  }

  get queueName(): string {
    return this.#options.queue.arn.split(":").at(-1) ?? "";
  }

  async #poll(): Promise<void> {
    while (!this.#isStopped) {
      try {
        const batch = await this.#nextBatch();
        if (batch.length === 0 || this.#isStopped) continue;
        const processing = this.#process(batch).finally(() => this.#running.delete(processing));
        this.#running.add(processing);
        if (this.#running.size >= this.#options.maximumConcurrency) await Promise.race(this.#running);
      } catch (error) {
        if (this.#isStopped) return;
        process.stderr.write(`Polling ${this.queueName} failed: ${String(error)}\n`);
        await delay(1_000);
      }
    }
  }

  async #nextBatch(): Promise<Message[]> {
    const { batchSize, batchingWindowMs } = this.#options;
    const batch = await this.#receive(batchSize, 20);
    const end = Date.now() + batchingWindowMs;
    while (batch.length > 0 && batch.length < batchSize && Date.now() < end && !this.#isStopped) {
      batch.push(...(await this.#receive(batchSize - batch.length, 0)));
      await delay(Math.min(20, batchingWindowMs));
    }
    return batch;
  }

  async #receive(count: number, waitSeconds: number): Promise<Message[]> {
    const received = await this.#messaging.sqs("ReceiveMessage", {
      QueueUrl: this.#options.queue.url,
      MaxNumberOfMessages: Math.min(10, count),
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ["All"],
      MessageAttributeNames: ["All"],
    });
    return receivedSchema.parse(received).Messages;
  }

  async #process(batch: readonly Message[]): Promise<void> {
    const { target, queue, reportsItemFailures } = this.#options;
    const { outcome } = await target.invoke({ Records: batch.map((message) => this.#record(message)) }, "sqs");
    const ids = batch.map(({ MessageId }) => MessageId);
    if (outcome.status === "failed" || this.#isStopped) return;
    const failed = reportsItemFailures ? failedItems(outcome.result, ids) : new Set<string>();
    for (const { MessageId, ReceiptHandle } of batch) {
      if (failed.has(MessageId)) continue;
      await this.#messaging.sqs("DeleteMessage", { QueueUrl: queue.url, ReceiptHandle });
    }
  }

  #record({ MessageId, ReceiptHandle, Body, MD5OfBody, Attributes, MessageAttributes }: Message) {
    const messageAttributes = Object.entries(MessageAttributes).map(([name, attribute]) => [
      name,
      {
        ...(attribute.StringValue !== undefined && { stringValue: attribute.StringValue }),
        ...(attribute.BinaryValue !== undefined && { binaryValue: attribute.BinaryValue }),
        stringListValues: [],
        binaryListValues: [],
        dataType: attribute.DataType,
      },
    ]);
    return {
      messageId: MessageId,
      receiptHandle: ReceiptHandle,
      body: Body,
      attributes: Attributes,
      messageAttributes: Object.fromEntries(messageAttributes) as Record<string, unknown>,
      md5OfBody: MD5OfBody,
      eventSource: "aws:sqs",
      eventSourceARN: this.#options.queue.arn,
      awsRegion: this.#options.queue.region,
    };
  }

  /** Stops polling. The messaging has to be closed for a poll that waits to come back. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#polling;
    await Promise.all(this.#running);
  }
}
