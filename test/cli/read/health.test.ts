import { describe, expect, test } from "vitest";
import type { Environment } from "../../../cli/environment/environment.ts";
import { readQueueDepths, readWaiting } from "../../../cli/read/health.ts";
import { plain } from "../../../cli/view/paint.ts";
import { needsPerson, type Status, statusText } from "../../../cli/view/status.ts";
import { accountLeaseKey } from "../../../shared/records/account/account-lease.ts";
import { openMessageItem, openMessageKey } from "../../../shared/records/account/open-message.ts";
import { MemoryStateTable } from "../../../shared/state/memory-table.ts";

const now = Date.parse("2026-03-01T12:00:00Z");
const accountId = "123456";
const footprint = { changes: [], needs: [], ends: [], makes: [], relies: [] };
const minutes = (count: number) => count * 60_000;

test("messages in flight are counted like those that wait", async () => {
  const asked: unknown[] = [];
  const sqs = {
    send: async ({ input }: { input: unknown }) => {
      asked.push(input);
      return { Attributes: { ApproximateNumberOfMessages: "2", ApproximateNumberOfMessagesNotVisible: "3" } };
    },
  };
  const depths = await readQueueDepths({ sqs, outputs: {} } as unknown as Environment);
  expect(depths).toMatchObject({ Provisioning: 5, Reject: 5 });
  expect(asked[0]).toMatchObject({ AttributeNames: expect.arrayContaining(["ApproximateNumberOfMessagesNotVisible"]) });
});

describe("open messages", () => {
  test.each<[what: string, takenInAt: number, more: object, leaseUntil: number | undefined, isAsleep: boolean]>([
    ["that nobody has looked at for an hour", now - minutes(60), {}, undefined, true],
    ["just taken in", now - minutes(1), {}, undefined, false],
    ["of an account that somebody is at", now - minutes(60), {}, now + minutes(1), false],
    ["whose worker died long ago", now - minutes(60), {}, now - minutes(40), true],
    ["that have just had a turn", now - minutes(60), { workedAt: now - minutes(2) }, undefined, false],
    ["that wait for a time to come", now - minutes(60), { notBefore: now + minutes(5) }, undefined, false],
  ])("%s", async (_what, takenInAt, more, leaseUntil, isAsleep) => {
    const table = new MemoryStateTable();
    const key = openMessageKey(accountId, "1");
    await table.put({
      ...openMessageItem(key, { messageId: "m", messageGroupId: accountId, footprint, takenInAt }),
      ...more,
    });
    if (leaseUntil !== undefined) await table.put({ ...accountLeaseKey(accountId), holder: "h", until: leaseUntil });
    const waiting = await readWaiting({ table } as unknown as Environment, accountId, now);
    const since = new Date(takenInAt).toISOString();
    expect(waiting).toEqual({ accountId, messages: 1, since, ...(isAsleep && { isAsleep }) });
    const told = needsPerson(statusOf(waiting));
    expect(told).toEqual(
      isAsleep
        ? [expect.stringMatching(`^123456: nobody works at 1 open message, the oldest taken in ${since} → apply FILE`)]
        : [],
    );
    expect(statusText(statusOf(waiting), plain)).toContain(
      `account 123456 ${isAsleep ? "has open, and nobody works at," : "works at"} 1 message, the oldest taken in`,
    );
  });
});

function statusOf(waiting: Status["waiting"][number]): Status {
  return {
    environment: "test",
    at: new Date(now).toISOString(),
    accounts: [],
    unreadable: [],
    ownFaults: [],
    queues: { Provisioning: 0, Reject: 0, Command: 0, CommandReject: 0, Alarm: 0 },
    waiting: [waiting],
    quota: [],
    rotations: undefined,
    underWay: [],
    unfinished: [],
    outcomes: [],
  };
}
