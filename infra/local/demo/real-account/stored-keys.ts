import { type AttributeValue, type DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { accountPartition } from "../../../../shared/records/service-name.ts";
import type { Key } from "../../../../shared/state/table.ts";

/** Where items of a kind are, of all accounts. @param kind how their `sk` begins */
export async function keysOfKind(
  dynamodb: Pick<DynamoDBClient, "send">,
  tableName: string,
  kind: string,
): Promise<readonly Key[]> {
  const keys: Key[] = [];
  let from: Record<string, AttributeValue> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await dynamodb.send(
      new ScanCommand({
        TableName: tableName,
        FilterExpression: "begins_with(pk, :account) AND begins_with(sk, :kind)",
        ExpressionAttributeValues: { ":account": { S: accountPartition("") }, ":kind": { S: kind } },
        ProjectionExpression: "pk, sk",
        ...(from && { ExclusiveStartKey: from }),
      }),
    );
    for (const { pk, sk } of Items) keys.push({ pk: String(pk?.S), sk: String(sk?.S) });
    from = LastEvaluatedKey;
  } while (from);
  return keys;
}
