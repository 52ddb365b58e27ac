import {
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Aws } from "./aws.ts";
import type { Call } from "./call.ts";

const key = (sk: string, pk = "a") => ({ pk: { S: pk }, sk: { S: sk } });

async function put({ dynamodb, table }: Aws, item: object, condition?: string, expected?: number) {
  await dynamodb.send(
    new PutItemCommand({
      TableName: table,
      Item: item as never,
      ...(condition !== undefined && { ConditionExpression: condition }),
      ...(expected !== undefined && {
        ExpressionAttributeNames: { "#version": "version" },
        ExpressionAttributeValues: { ":expected": { N: String(expected) } },
      }),
    }),
  );
  return "written";
}

async function get({ dynamodb, table }: Aws, sk: string) {
  return (await dynamodb.send(new GetItemCommand({ TableName: table, Key: key(sk), ConsistentRead: true }))).Item;
}

async function query({ dynamodb, table }: Aws, prefix: string, Limit = 10) {
  const { Items = [], LastEvaluatedKey } = await dynamodb.send(
    new QueryCommand({
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: "pk = :pk AND begins_with(sk, :sk)",
      ExpressionAttributeValues: { ":pk": { S: "q" }, ":sk": { S: prefix } },
      Limit,
    }),
  );
  return { found: Items.map(({ sk }) => sk?.S), next: LastEvaluatedKey?.sk?.S };
}

// Our code writes each item by itself, under a condition: transactions are not used.
export const dynamodbCalls: readonly Call[] = [
  {
    what: "an item that is not there is written where none is expected",
    does: (aws) => put(aws, { ...key("1"), version: { N: "1" } }, "attribute_not_exists(pk)"),
    answers: "written",
  },
  {
    what: "and not again",
    does: (aws) => put(aws, { ...key("1"), version: { N: "2" } }, "attribute_not_exists(pk)"),
    answers: "error ConditionalCheckFailedException",
  },
  {
    what: "a version that is expected is replaced",
    does: (aws) => put(aws, { ...key("1"), version: { N: "140737488355327" } }, "#version = :expected", 1),
    answers: "written",
  },
  {
    what: "another version is not",
    does: (aws) => put(aws, key("1"), "#version = :expected", 1),
    answers: "error ConditionalCheckFailedException",
  },
  {
    what: "a version of an item that is not there is not",
    does: (aws) => put(aws, key("none"), "#version = :expected", 1),
    answers: "error ConditionalCheckFailedException",
  },
  {
    what: "numbers and texts are read as they were written, empty texts too",
    does: async (aws) => {
      await put(aws, { ...key("2"), n: { N: "0.1" }, empty: { S: "" }, none: { NULL: true }, l: { L: [{ S: "語" }] } });
      return get(aws, "2");
    },
    answers: { ...key("2"), n: { N: "0.1" }, empty: { S: "" }, none: { NULL: true }, l: { L: [{ S: "語" }] } },
  },
  {
    what: "an update makes the item, counts from nothing, and gives all of it",
    does: async ({ dynamodb, table }) =>
      (
        await dynamodb.send(
          new UpdateItemCommand({
            TableName: table,
            Key: key("3"),
            UpdateExpression: "SET #a = :a REMOVE #b ADD #version :one",
            ExpressionAttributeNames: { "#a": "at", "#b": "gone", "#version": "version" },
            ExpressionAttributeValues: { ":a": { S: "x" }, ":one": { N: "1" } },
            ReturnValues: "ALL_NEW",
          }),
        )
      ).Attributes,
    answers: { ...key("3"), at: { S: "x" }, version: { N: "1" } },
  },
  {
    what: "what is not there is deleted without a word",
    does: async ({ dynamodb, table }) => {
      await dynamodb.send(new DeleteItemCommand({ TableName: table, Key: key("none") }));
      return "deleted";
    },
    answers: "deleted",
  },
  {
    what: "and not where it is expected",
    does: async ({ dynamodb, table }) =>
      dynamodb.send(
        new DeleteItemCommand({ TableName: table, Key: key("none"), ConditionExpression: "attribute_exists(pk)" }),
      ),
    answers: "error ConditionalCheckFailedException",
  },
  {
    what: "a query gives them by the bytes of their sort key, a page at a time",
    does: async (aws) => {
      for (const sk of ["x#é", "x#z", "x#Z", "x#10", "x#9", "y#1", "x#\u{1f600}", "x#\uffee"])
        await put(aws, key(sk, "q"));
      return [await query(aws, "x#"), await query(aws, "x#", 2)];
    },
    answers: [
      { found: ["x#10", "x#9", "x#Z", "x#z", "x#é", "x#\uffee", "x#\u{1f600}"], next: undefined },
      { found: ["x#10", "x#9"], next: "x#9" },
    ],
  },
  {
    what: "a page that is full has another one, though nothing is left",
    does: async (aws) => query(aws, "y#", 1),
    answers: { found: ["y#1"], next: "y#1" },
  },
  {
    what: "an empty sort key is refused",
    does: (aws) => put(aws, key("")),
    answers: "error ValidationException",
  },
  {
    what: "an item above 400 KB is refused",
    does: (aws) => put(aws, { ...key("4"), body: { S: "x".repeat(410 * 1024) } }),
    answers: "error ValidationException",
  },
  {
    what: "a sort key above 1,024 bytes is refused",
    does: (aws) => put(aws, key("語".repeat(342))),
    answers: "error ValidationException",
  },
  {
    what: "an item nested deeper than 32 levels is refused",
    does: (aws) =>
      put(aws, {
        ...key("5"),
        deep: Array.from({ length: 33 }).reduce((inner: object) => ({ L: [inner] }), { S: "x" }),
      }),
    answers: "error ValidationException",
  },
  {
    what: "a table that is not there is told",
    does: (aws) => get({ ...aws, table: "none-of-ours" }, "1"),
    answers: "error ResourceNotFoundException",
  },
];
