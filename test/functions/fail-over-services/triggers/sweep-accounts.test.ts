import type { SQSEvent, SQSRecord } from "aws-lambda";
import { expect, test } from "vitest";
import type { ReadAlarmStates } from "../../../../functions/fail-over-services/evidence/alarm-states.ts";
import { gatherAlarmReads } from "../../../../functions/fail-over-services/evidence/gather-alarm-reads.ts";
import { type SweptAccount, sweepAccounts } from "../../../../functions/fail-over-services/triggers/sweep-accounts.ts";
import { createSweepQueue } from "../../../../shared/queues/sweep-queue.ts";
import { SweepSimulation } from "../../../simulation/sweep-simulation.ts";
import { VirtualTime } from "../../../support/virtual-time.ts";

const arnIn = (region: string, name: string) => `arn:aws:cloudwatch:${region}:000000000000:alarm:${name}`;

async function swept(world: SweepSimulation, bodies: readonly unknown[], sentAgoMs = 0): Promise<SweptAccount[]> {
  const all: SweptAccount[] = [];
  const attributes = { SentTimestamp: String(world.time.now - sentAgoMs) };
  const Records = bodies.map((body) => ({ body: JSON.stringify(body), messageId: "m", attributes }) as SQSRecord);
  const event: SQSEvent = { Records };
  const working = sweepAccounts(world.dependencies, event, { deadline: world.time.now + 50_000 }, (one) => {
    all.push(one);
  });
  expect(await world.time.run(working)).toEqual({ batchItemFailures: [] });
  return all;
}

test("two messages of an account in a batch are one sweep, and what is no message is none", async () => {
  const world = new SweepSimulation(2);
  const [one = "", other = ""] = world.accountIds;
  const ticks = [one, other, one].map((accountId) => ({ accountId, isTreeRead: true }));
  const all = await swept(world, [...ticks, { hello: "world" }]);
  expect(all.map(({ accountId }) => accountId).sort()).toEqual([one, other]);
});

test("a message that waited for over a minute is left to the next one, and that is counted", async () => {
  const world = new SweepSimulation(1);
  const [accountId = ""] = world.accountIds;
  await world.time.run(world.service(accountId, "crm", { watch: "probe" }));
  const [late] = await swept(world, [{ accountId, isTreeRead: true }], 61_000);
  expect(late?.errors.map(({ message }) => message)).toEqual([expect.stringMatching(/waited for over a minute/)]);
  expect(world.probes).toEqual([]);
});

test("an account whose alarms are in a place that does not answer keeps no other of its batch waiting", async () => {
  const time = new VirtualTime();
  const asked: string[][] = [];
  const readAlarmStates: ReadAlarmStates = async (arns) => {
    asked.push([...arns]);
    await time.sleep(arns.some((arn) => arn.includes("us-east-1")) ? 20_000 : 100);
    return new Map(arns.map((arn) => [arn, { state: "MISSING" as const }]));
  };
  const read = gatherAlarmReads({ clock: time.clock(), readAlarmStates }, 3);
  const begun = time.now;
  const took = async (arns: string[]) => {
    const states = await read(arns);
    expect([...states.keys()]).toEqual(arns);
    return time.now - begun;
  };
  const near = arnIn("eu-central-1", "a");
  const times = await time.run(
    Promise.all([took([near]), took([arnIn("eu-central-1", "b")]), took([arnIn("us-east-1", "c"), near])]),
  );
  expect(times).toEqual([200, 200, 20_100]);
  expect(asked).toHaveLength(2); // one question a place
});

test("ten messages a request; what cannot be sent names its account, and the rest is sent", async () => {
  const sent: unknown[] = [];
  let requests = 0;
  const sqs = {
    send: async ({ input }: { input: { Entries: { Id: string; MessageDeduplicationId: string }[] } }) => {
      requests += 1;
      if (requests === 2) throw new Error("SQS is unavailable");
      sent.push(...input.Entries.map((entry) => entry.MessageDeduplicationId));
      return { Failed: requests === 1 ? [{ Id: "3", Code: "InternalError", Message: "again" }] : [] };
    },
  };
  const queue = createSweepQueue({ sqs: sqs as never, queueUrl: "http://127.0.0.1/sweeps.fifo" });
  const tick = { isTreeRead: true, wasSlow: false, isPatient: false };
  const ticks = Array.from({ length: 25 }, (_, index) => ({ ...tick, accountId: `a${index}` }));
  const unsent = await queue.send(ticks, "2030-01-01T00:00:00Z");
  expect(sent[0]).toBe("a0/2030-01-01T00:00:00Z");
  const failed = Array.from({ length: 10 }, (_, index) => `a${10 + index}`);
  expect(unsent.map(({ accountId }) => accountId)).toEqual(["a3", ...failed]);
});
