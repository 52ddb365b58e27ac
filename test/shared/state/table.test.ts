import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { failureReason } from "../../../shared/outcomes/failure-reason.ts";
import { DynamoStateTable } from "../../../shared/state/dynamo-table.ts";
import { MemoryStateTable } from "../../../shared/state/memory-table.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { type SharedTable, startSharedTable, tableClient } from "../../real-time/shared-table.ts";

let shared: SharedTable;
beforeAll(async () => {
  shared = await startSharedTable();
});
afterAll(() => shared.stop());

// What simulations trust in memory must be what DynamoDB does.
describe.each<[string, () => StateTable]>([
  ["memory", () => new MemoryStateTable()],
  ["DynamoDB", () => new DynamoStateTable(tableClient(shared.endpoint), shared.tableName)],
])("%s", (_, open) => {
  let table: StateTable;
  let count = 0;
  const newKey = () => {
    count += 1;
    return { pk: `P${count}`, sk: "S" };
  };
  beforeAll(() => {
    table = open();
  });

  test("what was put is read back, without what is undefined", async () => {
    const key = newKey();
    const version = await table.put({ ...key, list: [1, 2], nested: { a: "ä", gone: undefined }, gone: undefined });
    expect(await table.get(key)).toEqual({ ...key, list: [1, 2], nested: { a: "ä" }, version });
  });

  test("an item that is not there is undefined", async () => {
    expect(await table.get(newKey())).toBeUndefined();
  });

  test("a write that expects another version writes nothing", async () => {
    const key = newKey();
    const first = await table.put({ ...key, value: 1 }, "absent");
    expect(await table.put({ ...key, value: 2 }, "absent")).toBe(false);
    const second = await table.put({ ...key, value: 3 }, Number(first));
    expect(await table.put({ ...key, value: 4 }, Number(first))).toBe(false);
    expect(await table.get(key)).toMatchObject({ value: 3, version: second });
  });

  test("every write changes the version, also one without an expectation", async () => {
    const key = newKey();
    const first = await table.put({ ...key, value: 1 });
    await table.put({ ...key, value: 1 });
    expect(await table.put({ ...key, value: 2 }, Number(first))).toBe(false);
    const { version } = await table.update(key, { value: 3 });
    await table.update(key, {});
    expect(await table.put({ ...key, value: 4 }, version)).toBe(false);
  });

  test("an item that was deleted and made again does not have a version that somebody still holds", async () => {
    const key = newKey();
    const held = await table.put({ ...key, value: 1 }, "absent");
    expect(await table.delete(key, Number(held))).toBe(true);
    await table.put({ ...key, value: 2 }, "absent");
    expect(await table.put({ ...key, value: 3 }, Number(held))).toBe(false);
    expect(await table.delete(key, Number(held))).toBe(false);
  });

  test("an update touches only what it names, creates what is not there, and returns the whole item", async () => {
    const key = newKey();
    await table.update(key, { OUTAGE: { since: "now" }, MANUAL: { since: "then" } });
    const item = await table.update(key, { OUTAGE: undefined, handsOff: { by: "ada" } });
    expect(item).toEqual({
      ...key,
      MANUAL: { since: "then" },
      handsOff: { by: "ada" },
      version: expect.any(Number),
    });
    expect(await table.get(key)).toEqual(item);
  });

  test("twenty writers of one item: each succeeds exactly once, nothing is lost", async () => {
    const key = newKey();
    await table.put({ ...key, total: 0 });
    const add = async () => {
      for (;;) {
        const item = await table.get(key);
        if (!item) throw new Error("the item is gone");
        const { version, ...rest } = item;
        if (await table.put({ ...rest, ...key, total: Number(rest.total) + 1 }, version)) return;
      }
    };
    await Promise.all(Array.from({ length: 20 }, add));
    expect(await table.get(key)).toMatchObject({ total: 20 });
  });

  test("a query returns a partition's items by prefix and in order, however many pages they take", async () => {
    const { pk } = newKey();
    const large = "x".repeat(300_000);
    for (const sk of ["SERVICE#c", "LEASE", "SERVICE#a", "SERVICE#b", "SERVICE#d"]) await table.put({ pk, sk, large });
    expect((await table.query(pk, "SERVICE#")).map(({ sk }) => sk)).toEqual([
      "SERVICE#a",
      "SERVICE#b",
      "SERVICE#c",
      "SERVICE#d",
    ]);
    expect(await table.query(pk)).toHaveLength(5);
    expect(await table.query(`${pk}-none`)).toEqual([]);
  });
});

describe("when the answer of a write is lost and the SDK sends it again", () => {
  const open = () => {
    const client = tableClient(shared.endpoint);
    let lost = 0;
    // Below the retries: the request was served, and nobody hears of it.
    client.middlewareStack.add(
      (next) => async (args) => {
        const answer = await next(args);
        if (lost === 0) return answer;
        lost -= 1;
        await meanwhile();
        throw Object.assign(new Error("socket hang up"), { name: "TimeoutError" });
      },
      { step: "deserialize", priority: "high" },
    );
    let meanwhile = async () => {};
    return {
      table: new DynamoStateTable(client, shared.tableName),
      loseAnswer: (then = async () => {}) => {
        lost = 1;
        meanwhile = then;
      },
    };
  };
  const others = () => new DynamoStateTable(tableClient(shared.endpoint), shared.tableName);
  const key = { pk: "LOST", sk: "S" };

  test("a put that was done is known as one's own", async () => {
    const { table, loseAnswer } = open();
    loseAnswer();
    const first = await table.put({ ...key, value: 1 }, "absent");
    expect(first).toEqual(expect.any(Number));
    loseAnswer();
    const second = await table.put({ ...key, value: 2 }, Number(first));
    expect(await table.get(key)).toEqual({ ...key, value: 2, version: second });
  });

  test("a put that another writer has replaced meanwhile is not", async () => {
    const { table, loseAnswer } = open();
    const first = await table.put({ ...key, value: 1 });
    loseAnswer(async () => {
      await others().update(key, { value: 3 });
    });
    expect(await table.put({ ...key, value: 2 }, Number(first))).toBe(false);
  });

  test("a deletion that was done has been done", async () => {
    const { table, loseAnswer } = open();
    const first = await table.put({ ...key, value: 1 });
    loseAnswer();
    expect(await table.delete(key, Number(first))).toBe(true);
    expect(await table.get(key)).toBeUndefined();
  });

  test("a deletion of an item that was made again meanwhile has not", async () => {
    const { table, loseAnswer } = open();
    const first = await table.put({ ...key, value: 1 });
    loseAnswer(async () => {
      await others().put({ ...key, value: 2 });
    });
    expect(await table.delete(key, Number(first))).toBe(false);
  });
});

test("whatever call of the table fails, the error's reason names it, the table and the cause", async () => {
  const client = tableClient(shared.endpoint);
  client.middlewareStack.add(() => () => Promise.reject(Object.assign(new Error(), { name: "AccessDeniedException" })));
  const table = new DynamoStateTable(client, shared.tableName);
  const key = { pk: "a", sk: "b" };
  const calls = {
    GetItem: () => table.get(key),
    PutItem: () => table.put(key),
    UpdateItem: () => table.update(key, { a: 1 }),
    DeleteItem: () => table.delete(key),
    Query: () => table.query("a"),
  };
  for (const [operation, call] of Object.entries(calls)) {
    const { message } = failureReason(await call().catch((error: unknown) => error));
    expect(message).toContain(`DynamoDB's ${operation} of the table ${shared.tableName}: AccessDeniedException`);
  }
});
