import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { processCommands } from "../../../functions/fail-over-services/triggers/commands.ts";
import type { Outcome } from "../../../shared/contract/outcome.ts";
import { createOutcomes, type Topics } from "../../../shared/outcomes/outcome-publisher.ts";
import { recordOf } from "../../support/world/record-of.ts";
import { accountId, arnOf, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
/** What subscribers heard. */
const heard: Outcome[] = [];
/** What becomes of what is published next. */
let topic: "works" | "refuses" | "answer lost" = "works";

beforeEach(async () => {
  fixture = await startFixture();
  heard.length = 0;
  topic = "works";
  const { table, clock } = fixture.dependencies;
  const topics: Topics = {
    async publish({ message }) {
      if (topic !== "refuses") heard.push(JSON.parse(message) as Outcome);
      if (topic !== "works") throw new Error("SNS");
    },
  };
  fixture.dependencies.outcomes = createOutcomes({ table, clock, topics, topicArn: "topic", environment: "test" });
});
afterEach(() => fixture.stop());

const cases: readonly [status: string, command: string, more: object, name: string][] = [
  ["SUCCEEDED", "deactivate", {}, "lookup"],
  ["NO_CHANGE", "activate", {}, "lookup"],
  ["PLANNED", "deactivate", { dryRun: true }, "lookup"],
  ["SUPERSEDED", "deactivate", {}, "lookup"],
  ["REJECTED", "deactivate", {}, "nobody"],
];

test.each(cases.flatMap((one) => (["refuses", "answer lost"] as const).map((how) => [how, ...one] as const)))(
  "where the topic %s, a command that is %s is told when it comes again, and as it was",
  async (how, status, command, more, name) => {
    await fixture.service("lookup");
    const time = new Date(fixture.clock.now()).toISOString();
    if (status === "SUPERSEDED") {
      await fixture.clock.sleep(1_000);
      await fixture.command("release", "lookup");
      heard.length = 0;
    }
    const data = { command, accountId, groupName: "CRM", serviceDescription: name, by: "ada", why: "test", ...more };
    const event = { specversion: "1.0", id: "1", source: "/ops", type: "ringcx.command.v1", time, data };
    const deliver = () =>
      processCommands(
        fixture.dependencies,
        { Records: [recordOf(JSON.stringify(event), "m-1", "")] },
        { deadline: fixture.clock.now() + 50_000 },
      );
    topic = how;
    expect((await deliver()).batchItemFailures).toHaveLength(1);
    topic = "works";
    await fixture.clock.sleep(60_000);
    expect((await deliver()).batchItemFailures).toEqual([]);
    // Twice is once: subscribers drop what has the same id.
    for (const outcome of heard) expect(outcome).toEqual(heard[0]);
    expect(heard[0]).toMatchObject({ id: "/ops/1", data: { status } });
  },
);

test.each([
  ["whose service is not there yet", { ahead: 0, name: "late", mend: () => fixture.service("late") }],
  [
    "that the door refuses, as it comes from the future,",
    {
      ahead: 6 * 60_000,
      name: "lookup",
      async mend() {
        const service = await fixture.service("lookup");
        await fixture.clock.sleep(5 * 60_000);
        return service;
      },
    },
  ],
])(
  "a command %s stays rejected when SQS delivers it twice, or a copy sent before, whatever has come to be; moved back, it is carried out",
  async (_, { ahead, name, mend }) => {
    const sentAt = fixture.clock.now();
    const command = {
      specversion: "1.0",
      id: "c1",
      source: "/ops",
      type: "ringcx.command.v1",
      time: new Date(sentAt + ahead).toISOString(),
      data: { command: "deactivate", accountId, groupName: "CRM", serviceDescription: name, by: "ada", why: "test" },
    };
    const deliver = (messageId: string, sent = sentAt) => {
      const record = recordOf(JSON.stringify(command), messageId, "");
      record.attributes.SentTimestamp = String(sent);
      const deadline = fixture.clock.now() + 50_000;
      return processCommands(fixture.dependencies, { Records: [record] }, { deadline });
    };
    await deliver("m1");
    const service = await mend();
    await fixture.clock.sleep(1_000);
    await deliver("m1");
    await deliver("a copy");
    expect(service.isActive()).toBe(true);
    expect(heard.map(({ data, time }) => [data.status, time])).toEqual(
      Array.from({ length: 3 }, () => ["REJECTED", heard[0]?.time]),
    );
    // From the queue of rejects it comes as another message.
    await deliver("m2", fixture.clock.now());
    expect(service.isActive()).toBe(false);
    expect(heard.at(-1)?.data.status).toBe("SUCCEEDED");
  },
);

describe("a command that was rejected and is moved back", () => {
  const order = (command = "deactivate") => ({
    specversion: "1.0",
    id: "moved-back",
    source: "/ops",
    type: "ringcx.command.v1",
    time: new Date(fixture.clock.now()).toISOString(),
    data: { command, accountId, groupName: "CRM", serviceDescription: "late", by: "ada", why: "test" },
  });
  const deliver = async (event: object, messageId: string) => {
    const record = recordOf(JSON.stringify(event), messageId, "");
    record.attributes.SentTimestamp = String(fixture.clock.now());
    // What becomes of it is later than its sending.
    await fixture.clock.sleep(1_000);
    await processCommands(fixture.dependencies, { Records: [record] }, { deadline: fixture.clock.now() + 50_000 });
    await fixture.clock.sleep(1_000);
    return record;
  };
  const kept = () => fixture.rejected.length;

  test.each([
    ["whose service is not there", () => order()],
    ["that the door refuses", () => ({ ...order(), data: { ...order().data, command: "dance" } })],
  ])("%s is kept and told anew, and each delivery of it once", async (_, make) => {
    const command = make();
    await deliver(command, "m1");
    expect(kept()).toBe(1);
    const record = await deliver(command, "m2");
    expect(kept()).toBe(2);
    await processCommands(fixture.dependencies, { Records: [record] }, { deadline: fixture.clock.now() + 50_000 });
    expect(kept()).toBe(2);
    expect(heard.map(({ data }) => data.status)).toEqual(["REJECTED", "REJECTED", "REJECTED"]);
    expect(heard[2]?.time).toBe(heard[1]?.time);
    expect(heard[1]?.time).not.toBe(heard[0]?.time);
  });

  test("after a later command was carried out is superseded, not told as rejected", async () => {
    const command = order();
    await deliver(command, "m1");
    const service = await fixture.service("late");
    await fixture.command("release", "late");
    heard.length = 0;
    await deliver(command, "m2");
    expect(heard.map(({ data }) => data.status)).toEqual(["SUPERSEDED"]);
    expect(service.isActive()).toBe(true);
  });

  test("and whose process dies before anything is told is told once it comes again", async () => {
    const command = order();
    await deliver(command, "m1");
    topic = "refuses";
    const record = await deliver(command, "m2");
    topic = "works";
    heard.length = 0;
    await processCommands(fixture.dependencies, { Records: [record] }, { deadline: fixture.clock.now() + 50_000 });
    expect(heard.map(({ data }) => data.status)).toEqual(["REJECTED"]);
    expect(kept()).toBe(2);
  });
});

test("a command whose time is over when its message comes again was in time when it came first: it is not rejected", async () => {
  const service = await fixture.service("lookup");
  const until = new Date(fixture.clock.now() + 30_000).toISOString();
  const command = {
    specversion: "1.0",
    id: "c1",
    source: "/ops",
    type: "ringcx.command.v1",
    time: new Date(fixture.clock.now()).toISOString(),
    data: {
      ...{
        command: "keep-inactive",
        accountId,
        groupName: "CRM",
        serviceDescription: "lookup",
        by: "ada",
        why: "test",
      },
      until,
    },
  };
  const deliver = (messageId: string) =>
    processCommands(
      fixture.dependencies,
      { Records: [recordOf(JSON.stringify(command), messageId, "")] },
      { deadline: fixture.clock.now() + 50_000 },
    );
  await deliver("m1");
  expect(service.isActive()).toBe(false);
  await fixture.clock.sleep(60_000);
  await deliver("m1");
  // Sent twice, it is the same.
  await deliver("m2");
  expect(new Set(heard.map(({ data }) => data.status))).toEqual(new Set(["SUCCEEDED"]));
  await fixture.minutes(2);
  expect(service.isActive()).toBe(true);
});

test("whoever took a service out dies once its outcome is stored, a person switches it on, and the alarm is OK: both are told", async () => {
  const service = await fixture.service("lookup", { alarms: [arnOf("crm")] }, { isProbed: false });
  const { activation } = fixture.dependencies;
  let isGone = false;
  fixture.dependencies.activation = {
    ...activation,
    get: (...args) => (isGone ? Promise.reject(new Error("gone")) : activation.get(...args)),
    changeIf: (...args) => (isGone ? Promise.reject(new Error("gone")) : activation.changeIf(...args)),
  };
  const { outcomes } = fixture.dependencies;
  fixture.dependencies.outcomes = {
    ...outcomes,
    publish(data, time) {
      topic = "refuses";
      isGone = data.summary.includes("deactivated");
      return outcomes.publish(data, time);
    },
  };
  fixture.setAlarm("crm", "ALARM");
  await fixture.events("crm");
  expect([service.isActive(), heard]).toEqual([false, []]);
  await service.setByHand(true);
  fixture.dependencies.outcomes = outcomes;
  topic = "works";
  isGone = false;
  fixture.setAlarm("crm", "OK");
  await fixture.minutes(3);
  expect(heard.map(({ data }) => data.summary)).toEqual([
    expect.stringMatching(/^CRM\/lookup deactivated/),
    expect.stringMatching(/^CRM\/lookup .*admin page/),
  ]);
  expect(service.isActive()).toBe(true);
});
