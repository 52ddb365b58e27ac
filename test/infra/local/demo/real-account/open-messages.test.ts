import type { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { expect, test } from "vitest";
import { plain } from "../../../../../cli/view/paint.ts";
import {
  earlierLines,
  readEarlier,
  settleEarlier,
} from "../../../../../infra/local/demo/real-account/open-messages.ts";
import { keysOfKind } from "../../../../../infra/local/demo/real-account/stored-keys.ts";
import { startDynamoDb } from "../../../../../infra/local/gateway/dynamodb.ts";
import {
  openBodyItem,
  openMessageItem,
  openMessageKey,
  openMessagesOfAccount,
} from "../../../../../shared/records/account/open-message.ts";
import { outcomeKey } from "../../../../../shared/records/outcome.ts";
import { MemoryStateTable } from "../../../../../shared/state/memory-table.ts";
import type { Key } from "../../../../../shared/state/table.ts";

const footprint = { changes: [], needs: [], ends: [], makes: [], relies: [] };

test("messages that did not end are found in all accounts, whatever else the table has", async () => {
  const dynamoDb = await startDynamoDb("us-east-1");
  try {
    const key = (name: string, KeyType: string) => ({ AttributeName: name, KeyType });
    await dynamoDb.call("CreateTable", {
      TableName: "Table",
      KeySchema: [key("pk", "HASH"), key("sk", "RANGE")],
      AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      BillingMode: "PAY_PER_REQUEST",
    });
    const keys = [openMessageKey("700001", "1"), openMessageKey("700001", "2"), openMessageKey("700002", "3")];
    const items = keys.flatMap((one) => [
      openMessageItem(one, { messageId: "m", messageGroupId: "g", footprint, takenInAt: 0 }),
      openBodyItem(one, "{}", 0),
    ]);
    for (const { pk, sk } of [...items, { pk: "ACCOUNT#700003", sk: "SERVICE#OPEN#x" }]) {
      await dynamoDb.call("PutItem", { TableName: "Table", Item: { pk: { S: pk }, sk: { S: sk } } });
    }
    const send = (command: ScanCommand) => dynamoDb.call("Scan", { ...command.input, Limit: 2 });
    const found = await keysOfKind({ send } as unknown as DynamoDBClient, "Table", openMessagesOfAccount);
    expect(found.map(({ pk, sk }) => `${pk} ${sk}`).sort()).toEqual(keys.map(({ pk, sk }) => `${pk} ${sk}`));
  } finally {
    await dynamoDb.close();
  }
});

/** A table with a message that is open, of `/onboarding`, for each id, and one more without its text. */
async function tableWith(...ids: string[]) {
  const table = new MemoryStateTable();
  const keys: Key[] = [];
  for (const [index, id] of [...ids, "unreadable"].entries()) {
    const key = openMessageKey("700001", `0${index}`);
    keys.unshift(key);
    await table.put(openMessageItem(key, { messageId: `m-${id}`, messageGroupId: "g", footprint, takenInAt: 60_000 }));
    if (id !== "unreadable") await table.put(openBodyItem(key, JSON.stringify({ source: "/onboarding", id }), 0));
  }
  return { table, keys };
}

test("they are told by source and id, in their order, with what becomes of them", async () => {
  const { table, keys } = await tableWith("a", "b");
  const earlier = await readEarlier(table, keys);
  expect(earlierLines(earlier, ["700001"], 120_000)).toEqual([
    expect.stringMatching(/^3 messages of an earlier run have not ended for account 700001 \(what is done/),
    "  /onboarding/a, taken in 60 s ago",
    "  /onboarding/b, taken in 60 s ago",
    "  one that cannot be read (OPEN#02)",
  ]);
  expect(earlierLines(earlier.slice(0, 1), [], 120_000)[0]).toMatch(/^1 message .*give --account 700001, too/);
});

test("what became of each is told when it has ended, and the worst is the exit code", async () => {
  const { table, keys } = await tableWith("a", "b", "c");
  const earlier = (await readEarlier(table, keys)).slice(0, 3);
  const end = async (id: string, index: number, status: string, told = id) => {
    const data = { status, summary: `${id} is ${status}`, cause: { source: "/onboarding", id: told, type: "t" } };
    const outcome = { id: `o-${id}`, time: "2026-01-31T00:00:00.000Z", data };
    await table.put({ ...outcomeKey("/onboarding", told), outcome });
    await table.delete(openMessageKey("700001", `0${index}`));
  };
  let now = 0;
  const ends = [() => end("a", 0, "SUCCEEDED"), () => end("b", 1, "FAILED", "b#m-b"), () => end("c", 2, "NO_CHANGE")];
  const clock = {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
      await ends.shift()?.();
    },
  };
  const ended = new AbortController().signal;
  const told = await settleEarlier(earlier, { table, clock, ended, paint: plain });
  expect(told).toEqual({
    exitCode: 1,
    lines: [
      "/onboarding/a of an earlier run: SUCCEEDED: a is SUCCEEDED",
      "/onboarding/b of an earlier run: FAILED: b is FAILED",
      "/onboarding/c of an earlier run: NO_CHANGE: c is NO_CHANGE",
    ],
  });

  const stuck = await tableWith("d");
  const open = await readEarlier(stuck.table, stuck.keys.slice(1));
  expect(await settleEarlier(open, { table: stuck.table, clock, ended, paint: plain })).toEqual({
    exitCode: 3,
    lines: ["/onboarding/d of an earlier run is still open: the next run goes on."],
  });
});
