import type { SQSRecord } from "aws-lambda";
import { expect, test } from "vitest";
import { processBatch } from "../../../../functions/provision-services/intake/fifo-batch.ts";
import { DeferredError } from "../../../../shared/queues/message.ts";

const record = (messageId: string, MessageGroupId: string): SQSRecord => ({
  messageId,
  receiptHandle: `handle of ${messageId}`,
  body: "{}",
  attributes: {
    ApproximateReceiveCount: "1",
    SentTimestamp: "0",
    SenderId: "sender",
    ApproximateFirstReceiveTimestamp: "0",
    SequenceNumber: messageId.replace(/\D/g, ""),
    MessageGroupId,
  },
  messageAttributes: {},
  md5OfBody: "",
  eventSource: "aws:sqs",
  eventSourceARN: "arn:aws:sqs:eu-central-1:000000000000:queue",
  awsRegion: "eu-central-1",
});
const Records = [record("a1", "a"), record("b1", "b"), record("a2", "a"), record("b2", "b"), record("a3", "a")];

/** Processes the batch; `lateAfter` messages there is no time left. */
async function batch({ lateAfter = 99, fails = "" }: { lateAfter?: number; fails?: string }) {
  const processed: string[] = [];
  const deferred: [string[], number][] = [];
  const { batchItemFailures } = await processBatch(
    { Records },
    {
      isLate: () => processed.length >= lateAfter,
      process: async ({ messageId }) => {
        processed.push(messageId);
        if (messageId === fails) throw new DeferredError("of the test", 7_000);
      },
      extendVisibility: async (messages, waitMs) =>
        void deferred.push([messages.map(({ messageId }) => messageId), waitMs]),
    },
  );
  return { processed, deferred, again: batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).sort() };
}

test("when one has to wait, so do those after it in its group, for as long, and no others", async () => {
  const { deferred, again } = await batch({ fails: "a2" });
  expect(again).toEqual(["a2", "a3"]);
  expect(deferred).toEqual([[["a2", "a3"], 7_000]]);
});

test.each([
  [0, ["a1", "b1"], ["a2", "a3", "b2"]],
  [2, ["a1", "b1"], ["a2", "a3", "b2"]],
  [3, ["a1", "a2", "b1"], ["a3", "b2"]],
  [99, ["a1", "a2", "a3", "b1", "b2"], []],
])(
  "with time for %i messages each group's first is taken in all the same, and what is left comes again at once",
  async (lateAfter, done, again) => {
    const result = await batch({ lateAfter });
    expect(result.processed.toSorted()).toEqual(done);
    expect(result.again).toEqual(again);
    expect(result.deferred.map(([, waitMs]) => waitMs).every((waitMs) => waitMs === 0)).toBe(true);
  },
);
