import type { DynamoDb } from "./dynamodb.ts";

type Attributes = Readonly<Record<string, unknown>>;

/** How often it is looked for items that have expired, in milliseconds. */
const everyMs = 600_000;

/**
 * Deletes what has expired, as DynamoDB does by a table's time to live: some time later. Source: DynamoDB Developer Guide,
 * "Using time to live (TTL)".
 */
export class ExpiredItems {
  readonly #dynamoDb: Pick<DynamoDb, "call">;
  readonly #tables: { tableName: string; attribute: string; keys: readonly string[] }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(dynamoDb: Pick<DynamoDb, "call">) {
    this.#dynamoDb = dynamoDb;
  }

  /** @param attribute has the time, in epoch seconds @param keys attributes of the table's key */
  add(tableName: string, attribute: string, keys: readonly string[]): void {
    this.#tables.push({ tableName, attribute, keys });
  }

  /** Looks now, and then again and again. */
  start(): void {
    const look = () => {
      this.#running ??= this.delete(Date.now())
        .catch((error: unknown) => void process.stderr.write(`Expired items stay: ${String(error)}\n`))
        .finally(() => {
          this.#running = undefined;
        });
    };
    this.#timer = setInterval(look, everyMs).unref();
    look();
  }

  /** @param now epoch milliseconds */
  async delete(now: number): Promise<void> {
    const expired = { ":now": { N: String(Math.floor(now / 1000)) } };
    for (const { tableName: TableName, attribute, keys } of this.#tables) {
      const names = Object.fromEntries([attribute, ...keys].map((name, index) => [`#n${index}`, name]));
      const isExpired = { ExpressionAttributeValues: expired, TableName };
      let ExclusiveStartKey: Attributes | undefined;
      do {
        const page = (await this.#dynamoDb.call("Scan", {
          ...isExpired,
          FilterExpression: "#n0 < :now",
          ProjectionExpression: keys.map((_, index) => `#n${index + 1}`).join(", "),
          ExpressionAttributeNames: names,
          ...(ExclusiveStartKey && { ExclusiveStartKey }),
        })) as { Items?: Attributes[]; LastEvaluatedKey?: Attributes };
        for (const Key of page.Items ?? []) {
          const ConditionExpression = "#n0 < :now";
          await this.#dynamoDb
            .call("DeleteItem", {
              ...isExpired,
              Key,
              ConditionExpression,
              ExpressionAttributeNames: { "#n0": attribute },
            })
            .catch((error: unknown) => {
              // Somebody has written it anew meanwhile.
              if (!String(error).includes("ConditionalCheckFailedException")) throw error;
            });
        }
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running?.catch(() => undefined);
  }
}
