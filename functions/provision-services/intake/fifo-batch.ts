import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { forMessage } from "../../../shared/queues/for-message.ts";
import { DeferredError, type Delivery } from "../../../shared/queues/message.ts";
import type { ExtendVisibility } from "../../../shared/queues/visibility-timeout.ts";
import type { QueuedDelivery } from "./accept-message.ts";

/** How one message is processed, and how several are deferred. */
export interface BatchDependencies {
  /** Throws when the message is to come again: {@link DeferredError} says when. */
  process(delivery: QueuedDelivery): Promise<void>;
  extendVisibility: ExtendVisibility;
  /** Whether no other message is begun: a batch that is cut off in its middle begins at its first one again, and again. */
  isLate: () => boolean;
  /** Called for every message that is deferred. */
  onDeferred?: (delivery: Delivery, result: Deferral) => void;
}

/** When a message comes again, in milliseconds, and why. */
interface Deferral {
  waitMs: number;
  because: string;
}

/** How long a message waits when not even its failure could be written down: the table or the topic is out of reach. */
const errorMs = 30_000;

/** How long what there was no time for waits: as short as can be. */
const late: Deferral = { waitMs: 0, because: "there was no time left for it" };

/**
 * Processes a batch of a FIFO queue. Within a message group in order: when one has to wait, so do all after it, for
 * the same time, or the next delivery would bring them out of order. Groups do not wait for each other.
 */
export async function processBatch({ Records }: SQSEvent, dependencies: BatchDependencies): Promise<SQSBatchResponse> {
  const groups = Map.groupBy(Records, groupOf);
  const waiting = await Promise.all([...groups.values()].map((records) => processGroup(records, dependencies)));
  return { batchItemFailures: waiting.flat().map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

/** @returns those that are delivered again */
async function processGroup(
  records: readonly SQSRecord[],
  { process, extendVisibility, isLate, onDeferred }: BatchDependencies,
): Promise<readonly SQSRecord[]> {
  for (const [index, record] of records.entries()) {
    const hasEnded = await forMessage(record, async () => {
      const delivery = deliveryOf(record);
      // The first one always has its turn, however late: otherwise none would ever come.
      const result = index > 0 && isLate() ? late : await process(delivery).then(() => undefined, deferralOf);
      if (!result) return true;
      onDeferred?.(delivery, result);
      const handles = records.slice(index).map(({ messageId, receiptHandle }) => ({ messageId, receiptHandle }));
      // Those that cannot be deferred are delivered again when the queue's own time-out ends.
      await extendVisibility(handles, result.waitMs).catch((error: unknown) =>
        onDeferred?.(delivery, { ...result, because: `could not be deferred: ${errorName(error)}` }),
      );
      return false;
    });
    if (!hasEnded) return records.slice(index);
  }
  return [];
}

function deferralOf(error: unknown): Deferral {
  return error instanceof DeferredError
    ? { waitMs: error.waitMs, because: error.message }
    : { waitMs: errorMs, because: errorName(error) };
}

function deliveryOf(record: SQSRecord): QueuedDelivery {
  const { body, messageId, attributes } = record;
  const { SenderId: senderId, SequenceNumber = attributes.SentTimestamp } = attributes;
  // Numbers of different lengths sort as texts do.
  const sequence = SequenceNumber.padStart(24, "0");
  const sentAt = Number(attributes.SentTimestamp);
  return { body, messageId, messageGroupId: groupOf(record), senderId, sequence, sentAt };
}

function groupOf({ attributes }: SQSRecord): string {
  return attributes.MessageGroupId ?? "";
}

/** The message of an error that is not ours may quote anything. */
function errorName(error: unknown): string {
  return error instanceof Error ? error.name : "unknown";
}
