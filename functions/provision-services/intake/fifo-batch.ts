import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import type { Delivery } from "../../../shared/queues/message.ts";
import type { ExtendVisibility } from "../../../shared/queues/visibility-timeout.ts";
import type { Verdict } from "./process-message.ts";

/** How one message is processed, and how several are put off. */
export interface BatchParts {
  process(incoming: Delivery): Promise<Verdict>;
  defer: ExtendVisibility;
  /** Told of every message that comes again. */
  onWait?: (incoming: Delivery, verdict: Waiting) => void;
}

type Waiting = Extract<Verdict, { kind: "wait" }>;

/** How long a message waits when not even its failure could be noted: the table or the topic is out of reach. */
const troubleMs = 30_000;

/**
 * Processes a batch of a FIFO queue. Within a message group in order: when one has to wait, so do all after it, for
 * the same time, or the next delivery would bring them out of order. Groups do not wait for each other.
 */
export async function processBatch({ Records }: SQSEvent, parts: BatchParts): Promise<SQSBatchResponse> {
  const groups = Map.groupBy(Records, groupOf);
  const waiting = await Promise.all([...groups.values()].map((records) => processGroup(records, parts)));
  return { batchItemFailures: waiting.flat().map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

/** @returns those that come again */
async function processGroup(
  records: readonly SQSRecord[],
  { process, defer, onWait }: BatchParts,
): Promise<readonly SQSRecord[]> {
  for (const [index, record] of records.entries()) {
    const incoming = incomingOf(record);
    const verdict = await process(incoming).catch(
      (error: unknown): Waiting => ({ kind: "wait", waitMs: troubleMs, because: nameOf(error) }),
    );
    if (verdict.kind === "done") continue;
    onWait?.(incoming, verdict);
    const left = records.slice(index);
    const handles = left.map(({ messageId, receiptHandle }) => ({ messageId, receiptHandle }));
    // Those that cannot be put off come again when the queue's own time-out ends.
    await defer(handles, verdict.waitMs).catch((error: unknown) =>
      onWait?.(incoming, { ...verdict, because: `could not be put off: ${nameOf(error)}` }),
    );
    return left;
  }
  return [];
}

function incomingOf(record: SQSRecord): Delivery {
  const { body, messageId, attributes } = record;
  return { body, messageId, messageGroupId: groupOf(record), senderId: attributes.SenderId };
}

function groupOf({ attributes }: SQSRecord): string {
  return attributes.MessageGroupId ?? "";
}

/** The message of an error that is not ours may quote anything. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "unknown";
}
