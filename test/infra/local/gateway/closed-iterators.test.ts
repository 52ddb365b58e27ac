import { once } from "node:events";
import type { AddressInfo } from "node:net";
import {
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { expect, onTestFinished, test } from "vitest";
import { closeIterators } from "../../../../infra/local/gateway/closed-iterators.ts";

test("no Query leaves an iterator open, which would keep the table as it was then", async () => {
  let open = 0;
  let made = 0;
  for (const { prototype } of closeIterators()) {
    for (const name of ["keys", "values"] as const) {
      const make = prototype[name];
      prototype[name] = function (this: typeof prototype, options) {
        const iterator = make.call(this, options);
        const close = iterator.close.bind(iterator);
        made += 1;
        open += 1;
        iterator.close = async () => {
          await close();
          open -= 1;
        };
        return iterator;
      };
      onTestFinished(() => {
        prototype[name] = make;
      });
    }
  }
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: "eu-central-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  await client.send(
    new CreateTableCommand({
      TableName: "table",
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" as const })),
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  for (const sk of ["a", "b", "c"]) {
    await client.send(new PutItemCommand({ TableName: "table", Item: { pk: { S: "p" }, sk: { S: sk } } }));
  }
  for (const Limit of [1, 2, 10]) {
    const { Items } = await client.send(
      new QueryCommand({
        TableName: "table",
        KeyConditionExpression: "pk = :p",
        ExpressionAttributeValues: { ":p": { S: "p" } },
        Limit,
      }),
    );
    expect(Items).toHaveLength(Math.min(3, Limit));
    await client.send(new ScanCommand({ TableName: "table", Limit }));
  }
  expect(made).toBeGreaterThanOrEqual(6);
  await expect.poll(() => open).toBe(0);
});
