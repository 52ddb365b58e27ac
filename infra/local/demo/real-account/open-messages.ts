import { type AttributeValue, DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import type { Clock } from "../../../../shared/primitives/clock.ts";
import { createWakeQueue } from "../../../../shared/queues/wake-queue.ts";
import { openMessagesOfAccount } from "../../../../shared/records/account/open-message.ts";
import { accountPartition } from "../../../../shared/records/service-name.ts";
import type { LocalHost } from "../../host.ts";

/** Longest that a run waits for the messages of an earlier one, in milliseconds: twice the lease of one that was killed. */
const settleMs = 240_000;

/** The messages that an earlier run took in and did not end: the table stays from one run to the next, the queues do not. */
export interface EarlierMessages {
  /** What there is of each account, in a sentence each. */
  readonly lines: readonly string[];
  /** Has them worked on: what nobody wakes nobody works on. */
  wake(): Promise<void>;
  /**
   * Waits for the end of those of the accounts that this run serves, no longer than a killed run can hold an account.
   *
   * @returns what is still open, in a sentence each
   */
  settle(clock: Pick<Clock, "now" | "sleep">, ended: AbortSignal): Promise<readonly string[]>;
  close(): void;
}

/** What an earlier run has left on a local host. */
export async function earlierMessages(
  { clientConfig, outputs }: LocalHost,
  served: readonly string[],
): Promise<EarlierMessages> {
  const dynamodb = new DynamoDBClient(clientConfig);
  const sqs = new SQSClient(clientConfig);
  const count = () => countOpenMessages(dynamodb, outputs.TableName ?? "");
  const earlier = await count();
  return {
    lines: [...earlier].map(([accountId, many]) => {
      const what = served.includes(accountId)
        ? "it is worked on again; a run that was killed holds the account for up to two minutes"
        : `it is rejected five minutes after it was sent: give --account ${accountId}, too, to have them carried out`;
      return `${messages(many)} of an earlier run for account ${accountId}: ${what}`;
    }),
    async wake() {
      const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
      // It is the automation's own, so no output names it.
      const queueUrl = QueueUrls.find((url) => /WakeQueue/.test(url)) ?? "";
      const wakes = createWakeQueue({ sqs, queueUrl });
      for (const accountId of earlier.keys()) await wakes.wake(accountId, 0);
    },
    async settle(clock, ended) {
      const waited = served.filter((accountId) => earlier.has(accountId));
      if (waited.length === 0) return [];
      for (const end = clock.now() + settleMs; ; ) {
        const open = [...(await count())].filter(([accountId]) => waited.includes(accountId));
        if (open.length === 0) return [];
        if (ended.aborted || clock.now() >= end) {
          return open.map(
            ([accountId, many]) => `${messages(many)} for account ${accountId} is still open: the next run goes on.`,
          );
        }
        await clock.sleep(500, ended);
      }
    },
    close() {
      dynamodb.destroy();
      sqs.destroy();
    },
  };
}

/** How many messages each account has that were taken in and did not end. */
export async function countOpenMessages(
  dynamodb: Pick<DynamoDBClient, "send">,
  tableName: string,
): Promise<ReadonlyMap<string, number>> {
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
  return open;
}

function messages(count: number): string {
  return count === 1 ? "One message" : `Each of ${count} messages`;
}
