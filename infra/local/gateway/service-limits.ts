import { longestPartitionKey, longestSortKey } from "../../../shared/state/bounded-key.ts";
import { type AwsRequest, AwsServiceError } from "./aws-request.ts";

// What the services in memory take and AWS refuses, so that what passes here passes there. Sources: DynamoDB Developer
// Guide, "Quotas and limits"; SQS API Reference, "SendMessage"; SNS API Reference, "Publish".

const largestItem = 400 * 1024;
const deepestItem = 32;
const largestSqsMessage = 1024 * 1024;
const largestSnsMessage = 256 * 1024;
const longestDelay = 900;

/** XML 1.0's characters, which are all that SQS and SNS take. */
const refusedCharacter = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** @throws {AwsServiceError} as AWS would for a request that is beyond one of its limits */
export function refuseBeyondLimits({
  service,
  operation,
  input,
}: Pick<AwsRequest, "service" | "operation" | "input">): void {
  if (service === "dynamodb") refuseItem(operation, input);
  if (service === "sqs" && operation === "SendMessage") refuseMessage(input);
  if (service === "sqs" && operation === "SendMessageBatch") {
    const entries = Array.isArray(input.Entries) ? (input.Entries as Record<string, unknown>[]) : [];
    for (const entry of entries) refuseMessage(entry);
    const total = entries.reduce((sum, entry) => sum + sizeOf(entry.MessageBody) + sizeOf(entry.MessageAttributes), 0);
    if (total > largestSqsMessage) throw refusal("BatchRequestTooLong", "The batch is longer than 1,048,576 bytes.");
  }
  if (service === "sns" && operation === "Publish") {
    if (sizeOf(input.Message) > largestSnsMessage)
      throw refusal("InvalidParameter", "Invalid parameter: Message too long");
    if (refusedCharacter.test(String(input.Message))) throw refusal("InvalidParameter", "Invalid parameter: Message");
  }
}

function refuseMessage({ MessageBody, MessageAttributes, DelaySeconds = 0 }: Readonly<Record<string, unknown>>): void {
  if (sizeOf(MessageBody) + sizeOf(MessageAttributes) > largestSqsMessage) {
    throw refusal(
      "InvalidParameterValue",
      "One or more parameters are invalid. Reason: Message must be shorter than 1048576 bytes.",
    );
  }
  const texts = Object.values((MessageAttributes ?? {}) as Record<string, { StringValue?: string }>);
  if (
    [String(MessageBody), ...texts.map(({ StringValue = "" }) => StringValue)].some((text) =>
      refusedCharacter.test(text),
    )
  ) {
    throw refusal(
      "InvalidMessageContents",
      "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF and more.",
    );
  }
  if (Number(DelaySeconds) > longestDelay) throw refusal("InvalidParameterValue", "DelaySeconds must be at most 900.");
}

function refuseItem(operation: string, { Key, Item }: Readonly<Record<string, unknown>>): void {
  const { pk, sk } = (Item ?? Key ?? {}) as Record<string, { S?: string } | undefined>;
  for (const [what, key, most] of [
    ["hashkey", pk, longestPartitionKey],
    ["rangekey", sk, longestSortKey],
  ] as const) {
    const bytes = Buffer.byteLength(key?.S ?? "");
    if (bytes <= most) continue;
    const message = `One or more parameter values were invalid: Size of ${what} has exceeded the maximum size limit of ${most} bytes`;
    throw refusal("ValidationException", message);
  }
  if (operation !== "PutItem") return;
  if (sizeOf(Item) > largestItem)
    throw refusal("ValidationException", "Item size has exceeded the maximum allowed size");
  if (depthOf(Item) > deepestItem)
    throw refusal("ValidationException", "Nesting Levels have exceeded supported limits");
}

/** Bytes of a text, or of a value as it is written; of an item a little more than DynamoDB counts. */
function sizeOf(value: unknown): number {
  if (value === undefined) return 0;
  return Buffer.byteLength(typeof value === "string" ? value : JSON.stringify(value));
}

/** Maps and lists within each other; each is an object with one member (`M`, `L`) that holds it. */
function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const inner = Math.max(0, ...Object.values(value).map(depthOf));
  return "M" in value || "L" in value ? inner + 1 : inner;
}

function refusal(code: string, message: string): AwsServiceError {
  return new AwsServiceError(code, message, 400);
}
