import { describe, expect, test } from "vitest";
import { refuseBeyondLimits } from "../../../../infra/local/gateway/service-limits.ts";

const item = (pk: string, sk: string, more: object = {}) => ({ Item: { pk: { S: pk }, sk: { S: sk }, ...more } });
const nested = (levels: number): object => (levels === 0 ? { S: "x" } : { M: { inner: nested(levels - 1) } });

describe("what AWS takes is taken", () => {
  test.each<[what: string, service: string, operation: string, input: Record<string, unknown>]>([
    ["keys of just the length", "dynamodb", "PutItem", item("p".repeat(2_048), "s".repeat(1_024))],
    ["an item of 390 KB", "dynamodb", "PutItem", item("p", "s", { body: { S: "x".repeat(390 * 1024) } })],
    ["a look-up", "dynamodb", "GetItem", { Key: { pk: { S: "p" }, sk: { S: "s" } } }],
    ["nesting of 31 levels", "dynamodb", "PutItem", item("p", "s", { body: nested(31) })],
    ["a message of 1 MiB", "sqs", "SendMessage", { MessageBody: "x".repeat(1_048_576) }],
    ["any script, tabs and line breaks", "sqs", "SendMessage", { MessageBody: "語\t😀\r\n" }],
    ["a delay of a quarter of an hour", "sqs", "SendMessage", { MessageBody: "x", DelaySeconds: 900 }],
    ["an outcome of 256 KB", "sns", "Publish", { Message: "x".repeat(262_144) }],
  ])("%s", (_what, service, operation, input) => {
    expect(() => refuseBeyondLimits({ service, operation, input })).not.toThrow();
  });
});

describe("what AWS refuses is refused, by its own code", () => {
  test.each<[what: string, service: string, operation: string, input: Record<string, unknown>, code: string]>([
    ["a sort key in bytes", "dynamodb", "PutItem", item("p", "語".repeat(342)), "ValidationException"],
    ["a partition key", "dynamodb", "PutItem", item("p".repeat(2_049), "s"), "ValidationException"],
    [
      "a key that is looked up",
      "dynamodb",
      "GetItem",
      { Key: { pk: { S: "p" }, sk: { S: "s".repeat(1_025) } } },
      "ValidationException",
    ],
    [
      "an item of 401 KB",
      "dynamodb",
      "PutItem",
      item("p", "s", { body: { S: "x".repeat(401 * 1024) } }),
      "ValidationException",
    ],
    ["nesting of 33 levels", "dynamodb", "PutItem", item("p", "s", { body: nested(33) }), "ValidationException"],
    ["a message above 1 MiB", "sqs", "SendMessage", { MessageBody: "x".repeat(1_048_577) }, "InvalidParameterValue"],
    ["a control character", "sqs", "SendMessage", { MessageBody: "a\u0000" }, "InvalidMessageContents"],
    [
      "one in an attribute",
      "sqs",
      "SendMessage",
      { MessageBody: "a", MessageAttributes: { why: { StringValue: "\u0001" } } },
      "InvalidMessageContents",
    ],
    ["a lone surrogate", "sqs", "SendMessage", { MessageBody: "\ud800" }, "InvalidMessageContents"],
    ["a longer delay", "sqs", "SendMessage", { MessageBody: "x", DelaySeconds: 901 }, "InvalidParameterValue"],
    [
      "a batch above 1 MiB",
      "sqs",
      "SendMessageBatch",
      { Entries: [{ MessageBody: "x".repeat(600_000) }, { MessageBody: "x".repeat(600_000) }] },
      "BatchRequestTooLong",
    ],
    ["an outcome above 256 KB", "sns", "Publish", { Message: "x".repeat(262_145) }, "InvalidParameter"],
    ["a control character in it", "sns", "Publish", { Message: "\u0000" }, "InvalidParameter"],
  ])("%s", (_what, service, operation, input, code) => {
    expect(() => refuseBeyondLimits({ service, operation, input })).toThrow(expect.objectContaining({ code }));
  });
});
