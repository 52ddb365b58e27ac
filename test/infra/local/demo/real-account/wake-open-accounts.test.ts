import type { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { expect, test } from "vitest";
import { wakeOpenAccounts } from "../../../../../infra/local/demo/real-account/wake-open-accounts.ts";
import { startDynamoDb } from "../../../../../infra/local/gateway/dynamodb.ts";
import { openBodyItem, openMessageItem, openMessageKey } from "../../../../../shared/records/account/open-message.ts";

test("accounts with open messages are woken, whatever else the table has", async () => {
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
    const woken: string[] = [];
    const send = (command: ScanCommand) => dynamoDb.call("Scan", { ...command.input, Limit: 2 });
    const open = await wakeOpenAccounts({
      dynamodb: { send } as unknown as DynamoDBClient,
      tableName: "Table",
      wakes: { wake: async (accountId) => void woken.push(accountId) },
    });
    expect(woken.sort()).toEqual(["700001", "700002"]);
    expect(open.get("700001")).toBe(2);
  } finally {
    await dynamoDb.close();
  }
});
