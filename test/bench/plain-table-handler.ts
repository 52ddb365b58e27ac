import { DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import { type AlarmMessages, alarmsOf, takeOut } from "./plain-function.ts";

const client = new DynamoDBClient({});

/** The work written plainly: which services depend on an alarm is asked of the table. */
export async function handler(event: AlarmMessages): Promise<void> {
  for (const arn of alarmsOf(event)) {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: process.env.TABLE_NAME,
        KeyConditionExpression: "pk = :pk",
        ExpressionAttributeValues: { ":pk": { S: `ALARM#${arn}` } },
      }),
    );
    const text = (item: (typeof Items)[number], field: string) => item[field]?.S ?? "";
    await takeOut(
      Items.map((item) => ({
        accountId: text(item, "accountId"),
        groupName: text(item, "groupName"),
        serviceDescription: text(item, "serviceDescription"),
      })),
    );
  }
}
