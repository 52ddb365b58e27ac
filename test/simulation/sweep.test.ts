import { beforeAll, describe, expect, test } from "vitest";
import { serviceRecordKey } from "../../shared/records/account/service.ts";
import { SweepSimulation } from "./sweep-simulation.ts";

const arnOf = (name: string) => `arn:aws:cloudwatch:eu-central-1:000000000000:alarm:${name}`;
const minuteMs = 60_000;

// One thing goes wrong in an account each; nobody else may feel it.
const [hanging, unavailable, unreadable] = ["100003", "100005", "100007"] as const;
const [urgent, together] = ["100777", "100778"] as const;
/** Alarms of the account for which RingCX answers 503. */
const stuck = Array.from({ length: 60 }, (_, index) => arnOf(`stuck-${index}`));

describe("a minute in which 1,000 accounts are swept, an endpoint hangs, RingCX answers 503 and a record cannot be read", () => {
  const world = new SweepSimulation(1_000);
  let begun = 0;
  /** How long after its event a service was out, in milliseconds, by account. */
  const actedAfterMs = new Map<string, number>();

  beforeAll(async () => {
    for (const accountId of world.accountIds) {
      // Each is probed each minute, so that its sweep takes as long as it may.
      await world.service(accountId, `crm-${accountId}`, { alarms: [arnOf(accountId)], watch: "probe" });
    }
    for (const [index, arn] of stuck.entries()) {
      await world.service(unavailable, `stuck-${index}`, { alarms: [arn], watch: "probe" });
    }
    // A minute before, when all was well.
    await world.time.run(world.tick().then(() => world.time.sleep(minuteMs)));
    world.forget();
    const { pk, sk } = serviceRecordKey({ accountId: unreadable, groupName: "CRM", serviceDescription: "crm-100007" });
    await world.table.put({ pk, sk, serviceGroupId: 1, serviceId: 1, manifest: { health: 7 } });
    world.hanging.add(`crm-${hanging}.example.com`);
    world.unavailable.add(unavailable);
    await world.time.run(minute());
  });

  async function minute(): Promise<void> {
    begun = world.time.now;
    // EventBridge Scheduler delivers at least once.
    const ticks = Promise.all([world.tick(), world.tick()]);
    const alarm = (name: string) => {
      world.fire(name);
      world.event(name);
    };
    const firedAt = new Map<string, number>([[together, world.time.now]]);
    stuck.slice(5).forEach(alarm);
    // In a batch with some of them.
    stuck.slice(0, 5).forEach(alarm);
    alarm(arnOf(together));
    await world.time.sleep(1_000);
    firedAt.set(urgent, world.time.now);
    alarm(arnOf(urgent));
    await ticks;
    await world.time.sleep(begun + minuteMs - world.time.now);
    for (const [accountId, at] of firedAt) {
      actedAfterMs.set(accountId, (world.takenOut.get(accountId) ?? Number.POSITIVE_INFINITY) - at);
    }
  }

  test("each account is swept once within the minute", () => {
    const swept = world.swept.filter(({ at }) => at < begun + minuteMs).map(({ accountId }) => accountId);
    expect(swept.sort()).toEqual([...world.accountIds].sort());
  });

  test("only what is wrong is told, in its own account", () => {
    const failed = world.swept.flatMap(({ accountId, errors }) => (errors.length > 0 ? [accountId] : []));
    expect(failed.sort()).toEqual([unavailable, unreadable]);
    expect(world.swept.flatMap(({ accountId, unreadable: items }) => (items > 0 ? [accountId] : []))).toEqual([
      unreadable,
    ]);
  });

  test.each([
    ["in a batch of its own", urgent],
    ["in a batch with five of them", together],
  ])("an alarm is acted upon within five seconds while RingCX is tried for sixty others: %s", (_, accountId) => {
    expect(actedAfterMs.get(accountId)).toBeLessThan(5_000);
  });

  test("each endpoint is asked once", () => {
    const asked = world.probes.filter((host) => host.startsWith("crm-"));
    expect(asked).toHaveLength(world.accountIds.length - 1); // less the one that nothing is known of
    expect(new Set(asked).size).toBe(asked.length);
  });

  test("CloudWatch is asked for the accounts of a batch at once: it takes nine questions a second", () => {
    expect(world.questions.length).toBeLessThan(world.accountIds.length / 2);
    const inSecondAfter = (at: number) => world.questions.filter((other) => other >= at && other < at + 1_000).length;
    // Behind the first seconds, in which alarms fire besides.
    const ofSweeps = world.questions.filter((at) => at > begun + 5_000);
    expect(ofSweeps.length).toBeGreaterThan(60);
    expect(Math.max(...ofSweeps.map(inSecondAfter))).toBeLessThanOrEqual(9);
  });
});

test("an account that is slow is waited for where others are, not where it is alone", async () => {
  const world = new SweepSimulation(1);
  await world.service("100000", "crm", { watch: "probe" });
  world.hanging.add("crm.example.com");
  await world.time.run(world.tick().then(() => world.time.sleep(minuteMs)));
  world.forget();
  const begun = world.time.now;
  await world.time.run(world.tick().then(() => world.time.sleep(minuteMs)));
  const [first] = world.swept;
  const [longest = 0] = world.invocations;
  expect(longest).toBeGreaterThan(5_000);
  // The queue takes some milliseconds.
  expect((first?.at ?? 0) - begun - longest).toBeLessThan(500);
});
