import type { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { expect, test } from "vitest";
import { countOpenMessages } from "../../../../../infra/local/demo/real-account/open-messages.ts";
import { startDynamoDb } from "../../../../../infra/local/gateway/dynamodb.ts";
import { openBodyItem, openMessageItem, openMessageKey } from "../../../../../shared/records/account/open-message.ts";

test("messages that did not end are counted for each account, whatever else the table has", async () => {
  const dynamoDb = await startDynamoDb("us-east-1");
  try {
    const key = (name: string, KeyType: string) => ({ AttributeName: name, KeyType });
    await dynamoDb.call("CreateTable", {
      TableName: "Table",
      KeySchema: [key("pk", "HASH"), key("sk", "RANGE")],
      AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      BillingMode: "PAY_PER_REQUEST",
    });
    const footprint = { changes: [], needs: [], ends: [], makes: [], relies: [] };
    const keys = [openMessageKey("700001", "1"), openMessageKey("700001", "2"), openMessageKey("700002", "3")];
    const items = keys.flatMap((one) => [
      openMessageItem(one, { messageId: "m", messageGroupId: "g", footprint, takenInAt: 0 }),
      openBodyItem(one, "{}", 0),
    ]);
    for (const { pk, sk } of [...items, { pk: "ACCOUNT#700003", sk: "SERVICE#OPEN#x" }]) {
      await dynamoDb.call("PutItem", { TableName: "Table", Item: { pk: { S: pk }, sk: { S: sk } } });
    }
    const send = (command: ScanCommand) => dynamoDb.call("Scan", { ...command.input, Limit: 2 });
    const open = await countOpenMessages({ send } as unknown as DynamoDBClient, "Table");
    expect([...open].sort()).toEqual([
      ["700001", 2],
      ["700002", 1],
    ]);
  } finally {
    await dynamoDb.close();
  }
});
