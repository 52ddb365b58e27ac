import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from "@aws-sdk/client-dynamodb";

/** A DynamoDB table that several processes reach. */
export interface SharedTable {
  endpoint: string;
  tableName: string;
  stop(): Promise<void>;
}

export const localCredentials = { accessKeyId: "local", secretAccessKey: "local" };

/** How a process reaches the table. */
export function tableClient(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({ endpoint, region: "us-east-1", credentials: localCredentials });
}

/** dynalite in a thread of its own. */
export async function startSharedTable(): Promise<SharedTable> {
  const worker = new Worker(new URL("../../infra/local/gateway/dynamodb-worker.ts", import.meta.url), { execArgv: [] });
  const [port] = (await once(worker, "message")) as [number];
  const endpoint = `http://127.0.0.1:${port}`;
  const tableName = "state";
  const client = tableClient(endpoint);
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "sk", AttributeType: "S" },
      ],
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 1 }, { TableName: tableName });
  client.destroy();
  return {
    endpoint,
    tableName,
    async stop() {
      await worker.terminate();
    },
  };
}
