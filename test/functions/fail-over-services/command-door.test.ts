import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { commandChange, isKnownCommand } from "../../../functions/fail-over-services/outage/command-change.ts";
import { type Command, commandNames } from "../../../shared/contract/command.ts";
import { changedAttributes, fromItem } from "../../../shared/records/account/activation-item.ts";
import { commandMemoryOf } from "../../../shared/records/account/failover-memory.ts";
import { serviceRecordKey } from "../../../shared/records/account/service.ts";
import { eventClaimItem } from "../../../shared/records/event-claim.ts";
import { accountId, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const inMs = (ms: number) => new Date(fixture.clock.now() + ms).toISOString();

function commandOf(id: string, command: Command["data"]["command"], more: Partial<Command["data"]> = {}): Command {
  return {
    specversion: "1.0",
    id,
    source: "/ops",
    type: "ringcx.command.v1",
    time: inMs(0),
    data: { command, accountId, groupName: "CRM", serviceDescription: "lookup", by: "ada", why: "test", ...more },
  };
}

describe("commandSenders", () => {
  const sendBy = (senderId: string | undefined, command: unknown) => fixture.commandsBy(senderId, command);

  beforeEach(() => {
    fixture.dependencies.commandSenders = [
      { senderId: "AROA1", accountIds: [accountId] },
      { senderId: "AIDA1", accountIds: ["999"] },
    ];
  });

  test.each(["AROA1", "AROA1:ada", "AROA1:any:name"])("binds a role by its whole id: %s may", async (senderId) => {
    const service = await fixture.service("lookup");
    await sendBy(senderId, commandOf("1", "deactivate"));
    expect(service.isActive()).toBe(false);
    expect(fixture.rejected).toEqual([]);
  });

  test.each(["AROA10", "AROA1x:ada", "AROA", "aroa1", "x:AROA1", "AIDA1", "", undefined])(
    "%j may not: it is rejected with the reason, and kept",
    async (senderId) => {
      const service = await fixture.service("lookup");
      const command = commandOf("1", "deactivate");
      expect(await sendBy(senderId, command)).toEqual({ batchItemFailures: [] });
      expect(service.isActive()).toBe(true);
      expect(fixture.takeRequests()).toEqual([]);
      expect(fixture.rejected).toEqual([JSON.stringify(command)]);
      expect(fixture.takeOutcomes()).toMatchObject([
        {
          status: "REJECTED",
          cause: { source: "/ops", id: "1" },
          problems: [
            { path: "data.accountId", message: `the sender ${senderId ?? "(unknown)"} may not change account 123456` },
          ],
        },
      ]);
    },
  );

  test("what else is wrong with a command is told to whoever may send it, and to nobody else", async () => {
    const wrong = {
      ...commandOf("1", "deactivate"),
      data: { ...commandOf("1", "deactivate").data, command: "explode" },
    };
    await sendBy("AROA2:eve", wrong);
    await sendBy("AROA1:ada", wrong);
    const [stranger, ours] = fixture.takeOutcomes();
    expect(stranger?.problems).toMatchObject([
      { path: "data.accountId", hint: expect.stringMatching(/add AROA2 to failover\.commandSenders/) },
    ]);
    expect(ours?.problems).toMatchObject([{ path: "data.command" }]);
  });
});

test("a command may spell the names in another way: it is about the service that is known", async () => {
  const service = await fixture.service("lookup");
  await fixture.commands(commandOf("1", "deactivate", { groupName: "crm", serviceDescription: "LOOKUP" }));
  expect(service.isActive()).toBe(false);
  expect(await service.reasons()).toHaveLength(1);
  await fixture.commands(commandOf("2", "release"));
  expect(service.isActive()).toBe(true);
});

test("a command by the name that a person gave a known service in RingCX is about that service", async () => {
  const service = await fixture.service("lookup");
  fixture.simulator.editService({ accountId, ...service }, { serviceDescription: "LookUp2" });
  await fixture.commands(commandOf("1", "deactivate", { serviceDescription: "lookup2" }));
  expect(service.isActive()).toBe(false);
  expect(await service.reasons()).toHaveLength(1);
});

test("a command about a service that only RingCX knows goes by RingCX's spelling", async () => {
  const service = await fixture.undeclared("Lookup ");
  await fixture.commands(commandOf("1", "deactivate", { serviceDescription: "lookup" }));
  expect(service.isActive()).toBe(false);
  expect(await fixture.dependencies.activation.get(service.name)).toMatchObject({
    lastAppliedState: { isActive: false },
  });
});

describe("a command that comes again", () => {
  test.each(["override", "keep-inactive", "hands-off"] as const)(
    "does not set %s anew, also after it was released, whatever its time says",
    async (command) => {
      const service = await fixture.service("lookup");
      const first = commandOf("once", command, { until: inMs(3_600_000) });
      await fixture.commands(first);
      await fixture.commands(commandOf("then", "release"));
      const released = await fixture.dependencies.activation.get(service.name);
      for (const time of [inMs(0), inMs(60_000), first.time]) await fixture.commands({ ...first, time });
      const { reasons, handsOff, override } = await fixture.dependencies.activation.get(service.name);
      expect({ reasons, handsOff, override }).toEqual({ reasons: released.reasons });
      expect(service.isActive()).toBe(true);
      expect(fixture.takeOutcomes().at(-1)).toMatchObject({
        status: "NO_CHANGE",
        summary: expect.stringContaining("taken in before"),
      });
    },
  );

  test("at the same second as a later one is not carried out again", async () => {
    const service = await fixture.service("lookup");
    const [first, second] = [commandOf("1", "deactivate"), commandOf("2", "activate")];
    await fixture.commands(first, second, first);
    expect(service.isActive()).toBe(true);
  });

  test("in the same moment is carried out once", async () => {
    const service = await fixture.service("lookup");
    const first = commandOf("1", "keep-inactive", { until: inMs(3_600_000) });
    await Promise.all([fixture.commands(first), fixture.commands(first)]);
    await fixture.commands(commandOf("2", "release"), first);
    expect(await service.reasons()).toEqual([]);
  });

  test("is known as the last one of a release that kept no digests", async () => {
    const service = await fixture.service("lookup");
    await fixture.dependencies.activation.change(service.name, {
      writerAttributes: { commandTime: inMs(0), commandId: "/ops/before" },
    });
    await fixture.commands(commandOf("later", "activate"), commandOf("before", "deactivate"));
    expect(service.isActive()).toBe(true);
  });
});

test("whatever commands come, and again: the record is what the first of each made of it", () => {
  const ids = fc.array(fc.record({ id: fc.integer({ min: 0, max: 8 }), minute: fc.integer({ min: 0, max: 3 }) }), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(ids, (deliveries) => {
      const commandWith = (id: number, minute: number): Command => {
        const command = commandNames[id % commandNames.length] ?? "release";
        return { ...commandOf(`${id}`, command), time: new Date(minute * 60_000).toISOString() };
      };
      const run = (commands: readonly Command[]) =>
        commands.reduce((before, command) => {
          if (isKnownCommand(command, commandMemoryOf(before))) return before;
          const item = { pk: "p", sk: "s", version: 1, ...before.writerAttributes };
          const holds = {
            ...(before.handsOff && { handsOff: before.handsOff }),
            ...(before.override && { override: before.override }),
          };
          const reasons = Object.fromEntries(before.reasons.map((reason) => [reason.kind, reason]));
          const changed = changedAttributes(commandChange(command, before, 0), before, 0);
          return fromItem(JSON.parse(JSON.stringify({ ...item, ...holds, ...reasons, ...changed })));
        }, fromItem(undefined));
      const all = deliveries.map(({ id, minute }) => commandWith(id, minute));
      const firsts = all.filter(({ id }, index) => all.findIndex((one) => one.id === id) === index);
      expect(run(all)).toEqual(run(firsts));
    }),
  );
});

describe("the id of a command", () => {
  test("names one command: another content under it is refused, kept, and replaces no outcome", async () => {
    const service = await fixture.service("lookup");
    await fixture.commands(commandOf("1", "deactivate"));
    expect(service.isActive()).toBe(false);
    fixture.takeOutcomes();
    const other = commandOf("1", "activate");
    await fixture.commands(other);
    expect(service.isActive()).toBe(false);
    expect(fixture.rejected).toEqual([JSON.stringify(other)]);
    expect(fixture.takeOutcomes()).toMatchObject([
      {
        status: "REJECTED",
        cause: { source: "/ops", id: expect.stringMatching(/^1#/) },
        problems: [{ path: "id", hint: expect.stringContaining("an id of its own") }],
      },
    ]);
  });

  test("may come again with the same content", async () => {
    const service = await fixture.service("lookup");
    const command = commandOf("1", "deactivate");
    await fixture.commands(command);
    await fixture.commands(command);
    expect(service.isActive()).toBe(false);
    expect(fixture.rejected).toEqual([]);
  });

  test("is taken by a message of the same source, too", async () => {
    const service = await fixture.service("lookup");
    const claim = { content: "another", messageId: "m", accountId, sequence: "1" };
    await fixture.table.put(eventClaimItem({ source: "/ops", id: "1" }, claim, fixture.clock.now()));
    await fixture.commands(commandOf("1", "deactivate"));
    expect(service.isActive()).toBe(true);
    expect(fixture.takeOutcomes()).toMatchObject([{ status: "REJECTED", problems: [{ path: "id" }] }]);
  });
});

test("a dry run of a command that is refused has its answer, and is not kept", async () => {
  await fixture.service("lookup");
  const unknown = commandOf("1", "deactivate", { serviceDescription: "nobody", dryRun: true });
  await fixture.commandsBy("AROA1", unknown);
  expect(fixture.takeOutcomes()).toMatchObject([{ status: "REJECTED", details: { dryRun: true } }]);
  expect(fixture.rejected).toEqual([]);
  await fixture.commandsBy("AROA1", { ...unknown, id: "2", data: { ...unknown.data, dryRun: false } });
  expect(fixture.rejected).toHaveLength(1);
});

test("a command by the name that a service had before it was renamed is refused with the new one", async () => {
  const service = await fixture.service("lookup, renamed");
  const named = { accountId, groupName: "CRM", serviceDescription: "lookup, renamed" };
  await fixture.table.update(serviceRecordKey(named), { formerNames: ["CRM/lookup"] });
  await fixture.commandsBy("AROA1", commandOf("1", "deactivate"));
  expect(service.isActive()).toBe(true);
  const renamed = {
    message: expect.stringContaining('it is called "CRM/lookup, renamed" now'),
    hint: 'send the command for "CRM/lookup, renamed"',
  };
  expect(fixture.takeOutcomes()).toMatchObject([{ status: "REJECTED", problems: [renamed] }]);
});
