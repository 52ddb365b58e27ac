import type { SQSRecord } from "aws-lambda";

let sequence = 0;

/** A message as SQS delivers it. */
export function recordOf(body: string, messageId: string, groupId: string): SQSRecord {
  sequence += 1;
  return {
    messageId,
    receiptHandle: messageId,
    body,
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: "0",
      SenderId: "sender",
      ApproximateFirstReceiveTimestamp: "0",
      MessageGroupId: groupId,
      SequenceNumber: String(sequence).padStart(20, "0"),
    },
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:eu-central-1:000000000000:Queue",
    awsRegion: "eu-central-1",
  };
}
