import { type AttributeValue, DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { createWakeQueue, type WakeQueue } from "../../../../shared/queues/wake-queue.ts";
import { openMessagesOfAccount } from "../../../../shared/records/account/open-message.ts";
import { accountPartition } from "../../../../shared/records/service-name.ts";
import type { LocalHost } from "../../host.ts";

/** What it takes to wake accounts. */
export interface WakeOpenDependencies {
  dynamodb: Pick<DynamoDBClient, "send">;
  tableName: string;
  wakes: WakeQueue;
}

/**
 * Wakes the accounts of which an earlier run took messages in and did not end them: the table stays from one run to the next, the
 * queues do not, and what nobody wakes nobody works on.
 *
 * @returns how many open messages each account has
 */
export async function wakeOpenAccounts({
  dynamodb,
  tableName,
  wakes,
}: WakeOpenDependencies): Promise<ReadonlyMap<string, number>> {
  const open = new Map<string, number>();
  let from: Record<string, AttributeValue> | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await dynamodb.send(
      new ScanCommand({
        TableName: tableName,
        FilterExpression: "begins_with(pk, :account) AND begins_with(sk, :open)",
        ExpressionAttributeValues: { ":account": { S: accountPartition("") }, ":open": { S: openMessagesOfAccount } },
        ProjectionExpression: "pk",
        ...(from && { ExclusiveStartKey: from }),
      }),
    );
    for (const { pk } of Items) {
      const accountId = String(pk?.S).slice(accountPartition("").length);
      open.set(accountId, (open.get(accountId) ?? 0) + 1);
    }
    from = LastEvaluatedKey;
  } while (from);
  for (const accountId of open.keys()) await wakes.wake(accountId, 0);
  return open;
}

/** Does so on a local host. @returns a line for each account that was woken */
export async function wakeOpenOn({ clientConfig, outputs }: LocalHost, served: readonly string[]): Promise<string[]> {
  const dynamodb = new DynamoDBClient(clientConfig);
  const sqs = new SQSClient(clientConfig);
  try {
    const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
    // It is the automation's own, so no output names it.
    const queueUrl = QueueUrls.find((url) => /WakeQueue/.test(url)) ?? "";
    const wakes = createWakeQueue({ sqs, queueUrl });
    const open = await wakeOpenAccounts({ dynamodb, tableName: outputs.TableName ?? "", wakes });
    return [...open].map(([accountId, count]) => {
      const messages = count === 1 ? "One message" : `Each of ${count} messages`;
      const what = served.includes(accountId)
        ? "worked on again"
        : `rejected five minutes after it was sent: give --account ${accountId}, too, to have them carried out`;
      return `${messages} of an earlier run for account ${accountId}: ${what}`;
    });
  } finally {
    dynamodb.destroy();
    sqs.destroy();
  }
}
