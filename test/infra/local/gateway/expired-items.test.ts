import { afterAll, beforeAll, expect, test } from "vitest";
import { type DynamoDb, startDynamoDb } from "../../../../infra/local/gateway/dynamodb.ts";
import { ExpiredItems } from "../../../../infra/local/gateway/expired-items.ts";

let dynamoDb: DynamoDb;
beforeAll(async () => {
  dynamoDb = await startDynamoDb("us-east-1");
});
afterAll(() => dynamoDb.close());

const now = Date.parse("2026-11-27T12:00:00Z");
const seconds = now / 1000;
const TableName = "State";

test("what has expired goes, what has not, or never does, stays", async () => {
  const key = (AttributeName: string) => ({ AttributeName });
  await dynamoDb.call("CreateTable", {
    TableName,
    KeySchema: [
      { ...key("pk"), KeyType: "HASH" },
      { ...key("sk"), KeyType: "RANGE" },
    ],
    AttributeDefinitions: ["pk", "sk"].map((name) => ({ ...key(name), AttributeType: "S" })),
    BillingMode: "PAY_PER_REQUEST",
  });
  const put = (sk: string, more: object) =>
    dynamoDb.call("PutItem", { TableName, Item: { pk: { S: "one" }, sk: { S: sk }, ...more } });
  // More than one page of a scan, each page with some of both.
  const long = { text: { S: "x".repeat(50_000) } };
  for (let number = 0; number < 60; number += 1) {
    await put(`old-${number}`, { ...long, expiresAt: { N: String(seconds - 1 - number) } });
  }
  await put("now", { expiresAt: { N: String(seconds) } });
  await put("later", { expiresAt: { N: String(seconds + 1) } });
  await put("never", {});

  const expired = new ExpiredItems(dynamoDb);
  expired.add(TableName, "expiresAt", ["pk", "sk"]);
  await expired.delete(now);
  const { Items } = (await dynamoDb.call("Scan", { TableName })) as { Items: { sk: { S: string } }[] };
  expect(Items.map(({ sk }) => sk.S).toSorted()).toEqual(["later", "never", "now"]);
});

test("an item that is written anew meanwhile stays", async () => {
  const Item = { pk: { S: "two" }, sk: { S: "renewed" } };
  await dynamoDb.call("PutItem", { TableName, Item: { ...Item, expiresAt: { N: String(seconds - 1) } } });
  const renewing: Pick<DynamoDb, "call"> = {
    async call(operation, input) {
      if (operation === "DeleteItem") await dynamoDb.call("PutItem", { TableName, Item });
      return dynamoDb.call(operation, input);
    },
  };
  const expired = new ExpiredItems(renewing);
  expired.add(TableName, "expiresAt", ["pk", "sk"]);
  await expired.delete(now);
  expect(await dynamoDb.call("GetItem", { TableName, Key: Item })).toEqual({ Item });
});
