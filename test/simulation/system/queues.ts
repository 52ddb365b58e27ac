import type { SQSBatchResponse, SQSRecord } from "aws-lambda";
import type { VirtualTime } from "../../support/virtual-time.ts";
import { recordOf } from "../../support/world/record-of.ts";

/** A queue as SQS has them: at least once, and again after its time-out. */
export interface QueueOptions {
  time: VirtualTime;
  /** Of its messages, for the trace. */
  name: string;
  visibilityMs: number;
  /** After so many deliveries a message goes to the rejects. */
  maxReceiveCount: number;
  deliver(records: SQSRecord[]): Promise<SQSBatchResponse>;
  note(line: string): void;
}

/** Most messages of a batch. */
const batchSize = 10;

/** Messages by group: within one in order, and one batch at a time. A standard queue is one with a group for each message. */
export class Queue {
  readonly #options: QueueOptions;
  readonly #groups = new Map<string, SQSRecord[]>();
  readonly #putOff = new Map<string, number>();
  readonly #sent = new Set<string>();
  #messages = 0;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** Messages that were not acknowledged yet. */
  get open(): number {
    return [...this.#groups.values()].reduce((sum, records) => sum + records.length, 0);
  }

  /** @param group none: a standard queue's message @param once what was sent with the same is not sent again */
  send(body: string, { group, delayMs = 0, once }: { group?: string; delayMs?: number; once?: string } = {}): void {
    if (once !== undefined && this.#sent.has(once)) return;
    if (once !== undefined) this.#sent.add(once);
    this.#messages += 1;
    const messageId = `${this.#options.name}-${this.#messages}`;
    const record = recordOf(body, messageId, group ?? "");
    record.attributes.ApproximateReceiveCount = "0";
    record.attributes.SentTimestamp = String(this.#options.time.now);
    const waiting = this.#groups.get(group ?? messageId);
    if (waiting) waiting.push(record);
    else {
      this.#groups.set(group ?? messageId, [record]);
      void this.#work(group ?? messageId, delayMs);
    }
  }

  /** A message is visible again in so many milliseconds. */
  putOff(receiptHandle: string, inMs: number): void {
    this.#putOff.set(receiptHandle, inMs);
  }

  async #work(group: string, delayMs: number): Promise<void> {
    const { time, visibilityMs, maxReceiveCount, deliver, note } = this.#options;
    await time.sleep(delayMs);
    for (;;) {
      const waiting = this.#groups.get(group) ?? [];
      if (waiting.length === 0) break;
      const batch = waiting.slice(0, batchSize);
      for (const record of batch) {
        const { attributes } = record;
        attributes.ApproximateReceiveCount = String(Number(attributes.ApproximateReceiveCount) + 1);
      }
      const begunAt = time.now;
      const failed = await deliver(batch).then(
        ({ batchItemFailures }) => new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)),
        () => new Set(batch.map(({ messageId }) => messageId)),
      );
      const isLeft = ({ messageId, attributes }: SQSRecord) => {
        if (!failed.has(messageId)) return false;
        if (Number(attributes.ApproximateReceiveCount) < maxReceiveCount) return true;
        note(`${messageId} goes to the rejects`);
        return false;
      };
      const gone = new Set(batch.filter((record) => !isLeft(record)));
      this.#groups.set(
        group,
        waiting.filter((record) => !gone.has(record)),
      );
      const [first] = batch.filter((record) => !gone.has(record));
      if (!first) continue;
      const putOffMs = this.#putOff.get(first.receiptHandle);
      this.#putOff.delete(first.receiptHandle);
      // The time-out counts from the delivery, what was put off from then on.
      await time.sleep(putOffMs ?? Math.max(0, begunAt + visibilityMs - time.now));
    }
    this.#groups.delete(group);
  }
}
