import { randomUUID } from "node:crypto";
import * as z from "zod";
import { AwsServiceError } from "./aws-request.ts";

/** What moving messages needs of SQS. */
export interface MovingQueues {
  /** @throws {Error} for a call that SQS refuses */
  sqs(operation: string, input: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
  /** Attributes of a queue by its name; `undefined` for one that is not there. */
  attributes(queueName: string): Promise<Readonly<Record<string, string>> | undefined>;
  /** Queue to which a message was sent, by the message's id. */
  sentTo(messageId: string): string | undefined;
}

interface MoveTask {
  TaskHandle: string;
  SourceArn: string;
  DestinationArn?: string | undefined;
  MaxNumberOfMessagesPerSecond?: number | undefined;
  Status: "RUNNING" | "COMPLETED" | "FAILED";
  FailureReason?: string;
  ApproximateNumberOfMessagesMoved: number;
  StartedTimestamp: number;
}

const startSchema = z.object({
  SourceArn: z.string(),
  DestinationArn: z.string().optional(),
  MaxNumberOfMessagesPerSecond: z.int().min(1).max(500).optional(),
});

const receivedSchema = z.object({
  Messages: z
    .array(
      z.object({
        MessageId: z.string(),
        ReceiptHandle: z.string(),
        Body: z.string(),
        MessageAttributes: z.record(z.string(), z.unknown()).optional(),
        Attributes: z.object({ MessageGroupId: z.string().optional(), MessageDeduplicationId: z.string().optional() }),
      }),
    )
    .default([]),
});

/** So many tasks are known; SQS lists the last ten of a queue. */
const maxTasks = 100;

const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf(":") + 1);
const invalid = (message: string) => new AwsServiceError("InvalidParameterValue", message);

/**
 * Moves messages out of dead-letter queues, as SQS does: by a task that runs on its own, in order, as new messages. A
 * message that was sent to the dead-letter queue goes nowhere unless the task has a destination. Sources: SQS API
 * Reference, "StartMessageMoveTask"; SQS Developer Guide, "Learn how to configure a dead-letter queue redrive" and
 * "Troubleshooting DLQ redrive". Which code refuses a destination of another type is not documented.
 */
export class MessageMoves {
  readonly #queues: MovingQueues;
  /** Latest first. */
  readonly #tasks: MoveTask[] = [];

  constructor(queues: MovingQueues) {
    this.#queues = queues;
  }

  /** The answer to an operation on move tasks; `undefined` for one that is about something else. */
  async answer(operation: string, input: Readonly<Record<string, unknown>>): Promise<object | undefined> {
    if (operation === "ListMessageMoveTasks") return this.#list(input);
    return operation === "StartMessageMoveTask" ? this.#start(input) : undefined;
  }

  /** Tasks that run. */
  get busy(): number {
    return this.#tasks.filter(({ Status }) => Status === "RUNNING").length;
  }

  #list({ SourceArn, MaxResults = 1 }: Readonly<Record<string, unknown>>): object {
    const tasks = this.#tasks.filter((task) => task.SourceArn === SourceArn).slice(0, Number(MaxResults));
    // The handle is there to cancel a task with, as long as it runs.
    return {
      Results: tasks.map((task) => ({ ...task, TaskHandle: task.Status === "RUNNING" ? task.TaskHandle : undefined })),
    };
  }

  async #start(input: Readonly<Record<string, unknown>>): Promise<object> {
    if (input.SourceArn === undefined) {
      throw new AwsServiceError("MissingParameter", "The request must contain the parameter SourceArn.");
    }
    const parsed = startSchema.safeParse(input);
    if (!parsed.success) throw invalid(z.prettifyError(parsed.error));
    const { SourceArn, DestinationArn } = parsed.data;
    const isFifo = await this.#isFifo(SourceArn, "SourceArn");
    if (!(await this.#isDeadLetterQueue(SourceArn))) {
      throw invalid("Source queue must be configured as a Dead Letter Queue.");
    }
    if (DestinationArn === SourceArn) throw invalid("Source queue arn and destination queue arn cannot be the same.");
    if (DestinationArn !== undefined && (await this.#isFifo(DestinationArn, "DestinationArn")) !== isFifo) {
      throw new AwsServiceError("UnsupportedOperation", "Source and destination queue must be of the same type.");
    }
    if (this.#tasks.some((task) => task.SourceArn === SourceArn && task.Status === "RUNNING")) {
      throw invalid(
        "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
      );
    }
    const task: MoveTask = {
      ...parsed.data,
      TaskHandle: randomUUID(),
      Status: "RUNNING",
      ApproximateNumberOfMessagesMoved: 0,
      StartedTimestamp: Date.now(),
    };
    this.#tasks.unshift(task);
    this.#tasks.splice(maxTasks);
    void this.#run(task);
    return { TaskHandle: task.TaskHandle };
  }

  async #run(task: MoveTask): Promise<void> {
    try {
      while (await this.#moveSome(task));
      task.Status = "COMPLETED";
    } catch (error) {
      task.Status = "FAILED";
      task.FailureReason = error instanceof Error ? error.message : String(error);
    }
  }

  /** @returns whether there was anything left to move */
  async #moveSome(task: MoveTask): Promise<boolean> {
    const QueueUrl = urlOf(task.SourceArn);
    const all = { MessageAttributeNames: ["All"], MessageSystemAttributeNames: ["All"] };
    const { Messages } = receivedSchema.parse(
      await this.#queues.sqs("ReceiveMessage", { QueueUrl, MaxNumberOfMessages: 1, WaitTimeSeconds: 0, ...all }),
    );
    for (const { MessageId, ReceiptHandle, Body: MessageBody, MessageAttributes, Attributes } of Messages) {
      const sentTo = this.#queues.sentTo(MessageId);
      const isMovedBySqs = sentTo !== undefined && sentTo !== nameOf(task.SourceArn);
      const destination = task.DestinationArn ?? (isMovedBySqs ? sentTo : undefined);
      if (destination === undefined) {
        await this.#queues.sqs("ChangeMessageVisibility", { QueueUrl, ReceiptHandle, VisibilityTimeout: 0 });
        throw new Error("CouldNotDetermineMessageSource");
      }
      const { MessageGroupId, MessageDeduplicationId } = Attributes;
      // What SQS moves to a FIFO dead-letter queue has its own id as its deduplication id from then on.
      const fifo = MessageGroupId !== undefined && {
        MessageGroupId,
        MessageDeduplicationId: isMovedBySqs ? MessageId : MessageDeduplicationId,
      };
      const moved = { MessageBody, ...(MessageAttributes && { MessageAttributes }), ...fifo };
      await this.#queues.sqs("SendMessage", { QueueUrl: urlOf(destination), ...moved });
      await this.#queues.sqs("DeleteMessage", { QueueUrl, ReceiptHandle });
      task.ApproximateNumberOfMessagesMoved += 1;
    }
    return Messages.length > 0;
  }

  /** @throws {AwsServiceError} for a queue that is not there */
  async #isFifo(arn: string, parameter: string): Promise<boolean> {
    const attributes = await this.#queues.attributes(nameOf(arn));
    if (attributes) return attributes.FifoQueue === "true";
    const message = `The resource that you specified for the ${parameter} parameter doesn't exist.`;
    throw new AwsServiceError("ResourceNotFoundException", message);
  }

  async #isDeadLetterQueue(arn: string): Promise<boolean> {
    const { QueueUrls = [] } = (await this.#queues.sqs("ListQueues", {})) as { QueueUrls?: string[] };
    const policies = QueueUrls.map(
      async (url) => (await this.#queues.attributes(url.slice(url.lastIndexOf("/") + 1)))?.RedrivePolicy,
    );
    return (await Promise.all(policies)).some((policy) => policy?.includes(`"${arn}"`));
  }
}

/** Queues are found by the last part of an address. */
function urlOf(arn: string): string {
  return `http://localhost/${nameOf(arn)}`;
}
