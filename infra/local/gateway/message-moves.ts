import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import * as z from "zod";
import { parseJson } from "../../../shared/primitives/json.ts";
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
  Status: "RUNNING" | "COMPLETED" | "CANCELLING" | "CANCELLED" | "FAILED";
  FailureReason?: string;
  ApproximateNumberOfMessagesMoved: number;
  ApproximateNumberOfMessagesToMove: number;
  StartedTimestamp: number;
}

/** Operations on move tasks: what each must be given. */
const required = {
  StartMessageMoveTask: "SourceArn",
  ListMessageMoveTasks: "SourceArn",
  CancelMessageMoveTask: "TaskHandle",
} as const;

/** What a handle says, as SQS writes it: JSON in Base64. */
const handleSchema = z.object({ taskId: z.string(), sourceArn: z.string() });

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
const notFound = (message: string) => new AwsServiceError("ResourceNotFoundException", message, 404);

/** @throws {AwsServiceError} for a number outside of the bounds */
function checkNumber(parameter: string, value: unknown, most: number): void {
  if (value === undefined || (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most)) return;
  throw invalid(
    `Value for parameter ${parameter} is invalid. Reason: You must enter a number that's between 1 and ${most}.`,
  );
}

/** The queue whose task a handle is; `undefined` for what is no handle. */
export function sourceOfHandle(handle: unknown): string | undefined {
  const text = typeof handle === "string" ? Buffer.from(handle, "base64").toString() : "";
  return handleSchema.safeParse(parseJson(text)?.value).data?.sourceArn;
}

/**
 * Moves messages out of dead-letter queues, as SQS does: by a task that runs on its own, in order, as new messages. A
 * message that was sent to the dead-letter queue goes nowhere unless the task has a destination. Sources: SQS API
 * Reference, "StartMessageMoveTask"; SQS Developer Guide, "Learn how to configure a dead-letter queue redrive" and
 * "Troubleshooting DLQ redrive"; the errors are those that LocalStack's tests have recorded of SQS. Which code refuses a
 * destination of another type is not documented; that a task which has ended is one that does not exist, others have seen.
 */
export class MessageMoves {
  readonly #queues: MovingQueues;
  /** Latest first. */
  readonly #tasks: MoveTask[] = [];
  /** Ends the pause of a task that keeps to a rate. */
  readonly #cancelled = new WeakMap<MoveTask, AbortController>();

  constructor(queues: MovingQueues) {
    this.#queues = queues;
  }

  /** The answer to an operation on move tasks; `undefined` for one that is about something else. */
  async answer(operation: string, input: Readonly<Record<string, unknown>>): Promise<object | undefined> {
    if (!Object.hasOwn(required, operation)) return undefined;
    const parameter = required[operation as keyof typeof required];
    if (input[parameter] === undefined) {
      throw new AwsServiceError("MissingParameter", `The request must contain the parameter ${parameter}.`);
    }
    if (operation === "StartMessageMoveTask") return this.#start(input);
    return operation === "ListMessageMoveTasks" ? this.#list(input) : this.#cancel(input);
  }

  /** Tasks that run. */
  get busy(): number {
    return this.#tasks.filter(isActive).length;
  }

  async #list({ SourceArn, MaxResults }: Readonly<Record<string, unknown>>): Promise<object> {
    checkNumber("MaxResults", MaxResults, 10);
    await this.#isFifo(String(SourceArn), "SourceArn");
    const tasks = this.#tasks.filter((task) => task.SourceArn === SourceArn).slice(0, Number(MaxResults ?? 1));
    // The handle is there to cancel a task with, as long as it runs.
    return {
      Results: tasks.map((task) => ({ ...task, TaskHandle: task.Status === "RUNNING" ? task.TaskHandle : undefined })),
    };
  }

  async #cancel({ TaskHandle }: Readonly<Record<string, unknown>>): Promise<object> {
    const source = sourceOfHandle(TaskHandle);
    if (source === undefined) throw invalid("Value for parameter TaskHandle is invalid.");
    await this.#isFifo(source, "SourceArn");
    const task = this.#tasks.find((one) => one.TaskHandle === TaskHandle && one.Status === "RUNNING");
    if (!task) throw notFound("Task does not exist.");
    // What has been moved stays there. The rest stays where it is, once the message that is just moved has arrived.
    task.Status = "CANCELLING";
    this.#cancelled.get(task)?.abort();
    return { ApproximateNumberOfMessagesMoved: task.ApproximateNumberOfMessagesMoved };
  }

  async #start(input: Readonly<Record<string, unknown>>): Promise<object> {
    const { MaxNumberOfMessagesPerSecond } = input;
    checkNumber("MaxNumberOfMessagesPerSecond", MaxNumberOfMessagesPerSecond, 500);
    const SourceArn = String(input.SourceArn);
    const DestinationArn = input.DestinationArn === undefined ? undefined : String(input.DestinationArn);
    const isFifo = await this.#isFifo(SourceArn, "SourceArn");
    if (!(await this.#isDeadLetterQueue(SourceArn))) {
      throw invalid("Source queue must be configured as a Dead Letter Queue.");
    }
    if (DestinationArn === SourceArn) throw invalid("Source queue arn and destination queue arn cannot be the same.");
    if (DestinationArn !== undefined && (await this.#isFifo(DestinationArn, "DestinationArn")) !== isFifo) {
      throw new AwsServiceError("UnsupportedOperation", "Source and destination queue must be of the same type.");
    }
    const toMove = await this.#waiting(SourceArn);
    if (this.#tasks.some((task) => task.SourceArn === SourceArn && isActive(task))) {
      throw invalid(
        "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
      );
    }
    const handle = JSON.stringify({ taskId: randomUUID(), sourceArn: SourceArn });
    const task: MoveTask = {
      TaskHandle: Buffer.from(handle).toString("base64"),
      SourceArn,
      DestinationArn,
      MaxNumberOfMessagesPerSecond: MaxNumberOfMessagesPerSecond as number | undefined,
      Status: "RUNNING",
      ApproximateNumberOfMessagesMoved: 0,
      ApproximateNumberOfMessagesToMove: toMove,
      StartedTimestamp: Date.now(),
    };
    this.#tasks.unshift(task);
    this.#tasks.splice(maxTasks);
    void this.#run(task);
    return { TaskHandle: task.TaskHandle };
  }

  async #run(task: MoveTask): Promise<void> {
    const cancelled = new AbortController();
    this.#cancelled.set(task, cancelled);
    const { MaxNumberOfMessagesPerSecond: rate } = task;
    try {
      while (task.Status === "RUNNING" && (await this.#moveSome(task))) {
        const options = { signal: cancelled.signal, ref: false };
        if (rate !== undefined) await delay(1_000 / rate, undefined, options).catch(() => undefined);
      }
      task.Status = task.Status === "RUNNING" ? "COMPLETED" : "CANCELLED";
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
    throw notFound(`The resource that you specified for the ${parameter} parameter doesn't exist.`);
  }

  /** Messages of a queue that nobody is just looking at. */
  async #waiting(arn: string): Promise<number> {
    const AttributeNames = ["ApproximateNumberOfMessages"];
    const { Attributes } = await this.#queues.sqs("GetQueueAttributes", { QueueUrl: urlOf(arn), AttributeNames });
    return Number((Attributes as Record<string, string> | undefined)?.ApproximateNumberOfMessages ?? 0);
  }

  async #isDeadLetterQueue(arn: string): Promise<boolean> {
    const { QueueUrls = [] } = (await this.#queues.sqs("ListQueues", {})) as { QueueUrls?: string[] };
    const policies = QueueUrls.map(
      async (url) => (await this.#queues.attributes(url.slice(url.lastIndexOf("/") + 1)))?.RedrivePolicy,
    );
    return (await Promise.all(policies)).some((policy) => policy?.includes(`"${arn}"`));
  }
}

function isActive({ Status }: MoveTask): boolean {
  return Status === "RUNNING" || Status === "CANCELLING";
}

/** Queues are found by the last part of an address. */
function urlOf(arn: string): string {
  return `http://localhost/${nameOf(arn)}`;
}
