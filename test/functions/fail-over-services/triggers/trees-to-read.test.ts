import { expect, test } from "vitest";
import { noteTreeTurn, treesToRead } from "../../../../functions/fail-over-services/triggers/trees-to-read.ts";
import { accountSweepKey } from "../../../../shared/records/sweep-progress.ts";
import { connectionsSchema } from "../../../../shared/ringcx/session/connection.ts";
import { MemoryStateTable } from "../../../../shared/state/memory-table.ts";
import { testClock } from "../../../support/client-fakes.ts";

const ids = Array.from({ length: 30 }, (_, index) => `${1_000 + index}`);

function sweeps(scope: "account" | "connection", accountIds = ids) {
  const clock = testClock();
  const table = new MemoryStateTable();
  const rebuilt: string[] = [];
  const connections = connectionsSchema.parse([
    {
      name: "main",
      accountIds,
      ringcxUrl: "https://ringcx.example.com",
      platformUrl: "https://platform.example.com",
      secretId: "main",
      quota: { scope },
    },
  ]);
  const onUnreadable = (error: Error) => void rebuilt.push(error.message);
  return {
    clock,
    table,
    rebuilt,
    async next(inOutage: readonly string[] = []) {
      await clock.sleep(60_000);
      const dependencies = { clock, table, connections, random: () => 0.5, onUnreadable };
      for (const id of accountIds) await noteTreeTurn(dependencies, id, { hasOutage: inOutage.includes(id) });
      return [...(await treesToRead(dependencies))].sort();
    },
  };
}

test("each sweep reads each account's tree", async () => {
  const { next } = sweeps("account");
  expect(await next()).toEqual(ids);
  expect(await next()).toEqual(ids);
  expect(await sweeps("connection", ids.slice(0, 12)).next()).toHaveLength(12);
});

test("where the quota counts a connection, twelve a minute in turn, those with an open outage each minute", async () => {
  const { next } = sweeps("connection");
  const last = ids.at(-1) ?? "";
  const read = [await next([last]), await next([last]), await next([last])];
  for (const one of read) {
    expect(one).toHaveLength(12);
    expect(one).toContain(last);
  }
  expect(new Set(read.flat())).toEqual(new Set(ids));
});

test.each([
  ["is no number", () => "yesterday"],
  ["is to come", (now: number) => now + 365 * 24 * 3_600_000],
])("when an account's tree was last read %s: it has its turn all the same, and that is told", async (_, treeReadAt) => {
  const { next, table, clock, rebuilt } = sweeps("connection");
  for (let sweep = 0; sweep < 3; sweep += 1) await next();
  await table.put({ ...accountSweepKey("1029"), treeReadAt: treeReadAt(clock.now()) });
  expect(await next()).toContain("1029");
  expect(rebuilt).toEqual([expect.stringMatching(/SWEEP.*treeReadAt/)]);
});
