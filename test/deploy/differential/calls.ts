import type { Call } from "./call.ts";
import { dynamodbCalls } from "./dynamodb-calls.ts";
import { messagingCalls } from "./messaging-calls.ts";
import { otherCalls } from "./other-calls.ts";
import { secretCalls } from "./secret-calls.ts";

/** What we ask of AWS, and what it answers. */
export const calls: Readonly<Record<string, readonly Call[]>> = {
  DynamoDB: dynamodbCalls,
  "SQS and SNS": messagingCalls,
  "Secrets Manager": secretCalls,
  "CloudWatch and Systems Manager": otherCalls,
};
