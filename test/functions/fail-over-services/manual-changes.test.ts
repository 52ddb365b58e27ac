import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { nothing } from "../../../shared/contract/footprint.ts";
import { openMessageItem, openMessageKey } from "../../../shared/records/account/open-message.ts";
import { arnOf, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const alarms = [arnOf("crm")];
const inMinutes = (minutes: number) => new Date(fixture.clock.now() + minutes * 60_000).toISOString();

describe("commands", () => {
  test("deactivate holds until activate, through any number of sweeps; each has its outcome", async () => {
    const service = await fixture.service("lookup", { alarms });
    fixture.setAlarm("crm", "OK");
    await fixture.command("deactivate", "lookup");
    await fixture.minutes(10);
    expect(service.isActive()).toBe(false);
    await fixture.command("activate", "lookup");
    expect(service.isActive()).toBe(true);
    expect(fixture.takeOutcomes()).toMatchObject([
      {
        status: "SUCCEEDED",
        summary: "CRM/lookup deactivated: deactivate by ada: test. It comes back by the command release.",
        cause: { source: "/ops" },
      },
      { status: "SUCCEEDED", summary: "CRM/lookup activated: activate by ada: test." },
    ]);
  });

  test("a command goes out at urgent priority with one request and no read", async () => {
    await fixture.service("lookup");
    await fixture.command("deactivate", "lookup");
    expect(fixture.takeRequests()).toEqual(["setHttpServiceIsActive"]);
  });

  test("activate does not win over an open outage, and says which reason keeps it inactive", async () => {
    const service = await fixture.service("lookup", { alarms });
    fixture.setAlarm("crm", "ALARM");
    await fixture.events("crm");
    fixture.takeOutcomes();
    await fixture.command("activate", "lookup");
    expect(service.isActive()).toBe(false);
    expect(fixture.takeOutcomes()).toMatchObject([
      { status: "NO_CHANGE", summary: expect.stringMatching(/outage since/) },
    ]);
  });

  test("keep-inactive ends by itself", async () => {
    const service = await fixture.service("lookup");
    await fixture.command("keep-inactive", "lookup", { until: inMinutes(5) });
    await fixture.minutes(4);
    expect(service.isActive()).toBe(false);
    await fixture.minutes(2);
    expect(service.isActive()).toBe(true);
  });

  test.each(["observe", "off"] as const)("a person's word holds in mode %s, and ends in time", async (mode) => {
    const service = await fixture.service("lookup", { mode });
    await fixture.command("keep-inactive", "lookup", { until: inMinutes(5) });
    expect(service.isActive()).toBe(false);
    await fixture.minutes(6);
    expect(service.isActive()).toBe(true);
  });

  test("hands-off leaves an outage alone until it ends", async () => {
    const service = await fixture.service("lookup", { alarms });
    await fixture.command("hands-off", "lookup", { until: inMinutes(5) });
    fixture.setAlarm("crm", "ALARM");
    await fixture.minutes(4);
    expect(service.isActive()).toBe(true);
    await fixture.minutes(2);
    expect(service.isActive()).toBe(false);
  });

  test("an override keeps it active in an outage until it ends; release takes it back at once", async () => {
    const service = await fixture.service("lookup", { alarms });
    await fixture.command("override", "lookup", { until: inMinutes(5) });
    fixture.setAlarm("crm", "ALARM");
    await fixture.minutes(4);
    expect(service.isActive()).toBe(true);
    await fixture.minutes(2);
    expect(service.isActive()).toBe(false);
    await fixture.command("override", "lookup");
    expect(service.isActive()).toBe(true);
    await fixture.command("release", "lookup");
    expect(service.isActive()).toBe(false);
  });

  test("a dry run says how things stand, and what the command would do, and does nothing", async () => {
    const service = await fixture.service("lookup");
    await fixture.command("deactivate", "lookup", { dryRun: true });
    expect(service.isActive()).toBe(true);
    expect(fixture.takeOutcomes()).toMatchObject([
      {
        status: "PLANNED",
        summary:
          "CRM/lookup is active now (no reason keeps it inactive). Nothing was done (dryRun): deactivate by ada: test " +
          "would deactivate it (kept inactive by ada: test). It comes back by the command release.",
      },
    ]);
    expect(fixture.takeRequests()).toEqual([]);
  });

  test("a command by the name that a service had before it was renamed is refused, and names the new one", async () => {
    const service = await fixture.service("lookup");
    await fixture.table.update({ pk: "ACCOUNT#123456", sk: "SERVICE#CRM/lookup" }, { formerNames: ["CRM/look it up"] });
    await fixture.command("deactivate", "LOOK it up");
    expect(service.isActive()).toBe(true);
    expect(fixture.takeOutcomes()).toMatchObject([
      {
        status: "REJECTED",
        summary: expect.stringMatching(/no service "CRM\/LOOK it up" any more: .*"CRM\/lookup" now/),
      },
    ]);
  });

  test("a service that no manifest made known is found by its name", async () => {
    const service = await fixture.service("lookup");
    await fixture.table.delete({ pk: "ACCOUNT#123456", sk: "SERVICE#CRM/lookup" });
    await fixture.command("deactivate", "lookup");
    expect(service.isActive()).toBe(false);
  });

  test.each<[string, unknown, RegExp]>([
    ["not JSON", "{", /not valid JSON/],
    ["an unknown command", { command: "explode" }, /data\.command.*activate/],
    ["keep-inactive without an end", { command: "keep-inactive" }, /data\.until: is missing: expected/],
    [
      "activate with an end",
      { command: "activate", until: "2030-01-01T00:00:00Z" },
      /data\.until: does not go with activate/,
    ],
    ["nobody who orders it", { by: undefined }, /data\.by: is missing/],
    ["an unknown field", { reason: "x" }, /data\.reason: is not a known field/],
    ["an end that is over", { command: "override", until: "2020-01-01T00:00:00Z" }, /data\.until: is over/],
    [
      "a credential",
      { why: "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJlLWhlcmU" },
      /data\.why: carries a/,
    ],
    ["an account that is none", { accountId: "__proto__" }, /data\.accountId: expected a string of digits/],
    [
      "a service that does not exist",
      { serviceDescription: "lokup" },
      /has no service "CRM\/lokup".*Did you mean "CRM\/lookup"/,
    ],
  ])("is rejected with its reason, kept, and not repeated: %s", async (_, wrong, reason) => {
    await fixture.service("lookup");
    const right = {
      command: "activate",
      accountId: "123456",
      groupName: "CRM",
      serviceDescription: "lookup",
      by: "a",
      why: "b",
    };
    const body =
      typeof wrong === "string"
        ? wrong
        : {
            specversion: "1.0",
            id: "1",
            source: "/ops",
            type: "ringcx.command.v1",
            time: new Date(fixture.clock.now()).toISOString(),
            data: { ...right, ...(wrong as object) },
          };
    expect(await fixture.commands(body)).toEqual({ batchItemFailures: [] });
    expect(fixture.rejected).toHaveLength(1);
    const [outcome, ...others] = fixture.takeOutcomes();
    expect(others).toEqual([]);
    expect(outcome).toMatchObject({ status: "REJECTED", summary: expect.stringMatching(reason) });
    // Found by its account, whatever it was refused for.
    const { accountId } = { ...right, ...(typeof wrong === "object" ? wrong : { accountId: undefined }) };
    expect(outcome?.accountId).toBe(accountId);
  });

  test("a command for a name that a message is about to give says so", async () => {
    await fixture.service("lookup");
    const key = openMessageKey("123456", "1");
    const changes = [JSON.stringify(["httpService", "crm", "look it up"])];
    const footprint = { ...nothing, changes };
    await fixture.table.put(
      openMessageItem(key, { messageId: "m", messageGroupId: "123456", footprint, takenInAt: 0 }),
    );
    await fixture.command("activate", "Look it up");
    expect(fixture.takeOutcomes()).toMatchObject([
      {
        status: "REJECTED",
        accountId: "123456",
        summary: expect.stringMatching(/a message about it is being worked on/),
        problems: [{ hint: expect.stringMatching(/^send the command again once that message has ended/) }],
      },
    ]);
  });

  test("a command that RingCX does not answer is retried, the others are done", async () => {
    const service = await fixture.service("lookup");
    fixture.simulator.faults.add({
      kind: "status",
      status: 503,
      times: "always",
      match: { operation: "setHttpServiceIsActive" },
    });
    expect((await fixture.command("deactivate", "lookup")).batchItemFailures).toHaveLength(1);
    expect(fixture.hidden).toEqual([10]); // its second delivery: not the queue's whole time-out
    fixture.simulator.faults.clear();
    await fixture.sweep();
    expect(service.isActive()).toBe(false); // the intent was written first, and nobody is at it any more
    expect(fixture.takeOutcomes()).toMatchObject([
      { summary: expect.stringMatching(/^CRM\/lookup deactivated: deactivate by ada: test\./) },
    ]);
  });
});

test("a command from the future is refused: every later one would count as older", async () => {
  const service = await fixture.service("lookup");
  const inMs = (ms: number) => new Date(fixture.clock.now() + ms).toISOString();
  await fixture.command("deactivate", "lookup", {}, inMs(6 * 60_000));
  expect(service.isActive()).toBe(true);
  expect(fixture.takeOutcomes()).toMatchObject([{ status: "REJECTED", problems: [{ path: "time" }] }]);
  await fixture.command("deactivate", "lookup", {}, inMs(4 * 60_000));
  expect(service.isActive()).toBe(false);
});

test("a command that comes again changes nothing more", async () => {
  const service = await fixture.service("lookup");
  const activate = {
    specversion: "1.0",
    id: "once",
    source: "/ops",
    type: "ringcx.command.v1",
    time: new Date(fixture.clock.now()).toISOString(),
    data: {
      command: "activate",
      accountId: "123456",
      groupName: "CRM",
      serviceDescription: "lookup",
      by: "ada",
      why: "test",
    },
  };
  await fixture.commands(activate);
  await service.setByHand(false);
  await fixture.minutes(6);
  expect(await service.reasons()).toEqual(["MANUAL"]);
  await fixture.commands(activate);
  expect(await service.reasons()).toEqual(["MANUAL"]);
  expect(service.isActive()).toBe(false);
  await fixture.commands({ ...activate, id: "twice", time: new Date(fixture.clock.now()).toISOString() });
  expect(service.isActive()).toBe(true);
});

test("a command that comes late does not undo a later one", async () => {
  const service = await fixture.service("lookup");
  const earlier = new Date(fixture.clock.now() - 60_000).toISOString();
  await fixture.command("activate", "lookup");
  fixture.takeOutcomes();
  await fixture.command("deactivate", "lookup", {}, earlier);
  expect(service.isActive()).toBe(true);
  expect(fixture.takeOutcomes()).toMatchObject([{ status: "SUPERSEDED" }]);
});

describe("the admin page", () => {
  test("a person deactivates: it is noticed within a minute, respected, and ends when seen active again", async () => {
    const service = await fixture.service("lookup", { alarms });
    fixture.setAlarm("crm", "OK");
    await fixture.minutes(1);
    await service.setByHand(false);
    await fixture.minutes(1);
    expect(await service.reasons()).toEqual(["MANUAL"]);
    expect(service.isActive()).toBe(false);
    expect(fixture.takeOutcomes()).toMatchObject([
      { summary: expect.stringMatching(/was deactivated in the admin page/) },
    ]);
    await service.setByHand(true);
    await fixture.minutes(6);
    expect(await service.reasons()).toEqual([]);
    expect(service.isActive()).toBe(true);
  });

  test("a person activates during an outage: it stays active until the outage ends, and the next one counts again", async () => {
    const service = await fixture.service("lookup", { alarms });
    fixture.setAlarm("crm", "ALARM");
    await fixture.events("crm");
    await fixture.minutes(1);
    await service.setByHand(true);
    await fixture.minutes(10);
    expect(service.isActive()).toBe(true);
    fixture.setAlarm("crm", "OK");
    await fixture.minutes(7);
    fixture.setAlarm("crm", "ALARM");
    await fixture.events("crm");
    expect(service.isActive()).toBe(false);
  });

  test("with nothing to do: one tree read in a minute for an account, and nothing else", async () => {
    await fixture.service("lookup", { alarms });
    fixture.setAlarm("crm", "OK");
    await fixture.minutes(1);
    fixture.takeRequests();
    await fixture.minutes(5);
    expect(fixture.takeRequests()).toEqual(Array(5).fill("getHttpServiceGroupListWithChildren"));
    expect(fixture.takeOutcomes()).toEqual([]);
  });

  test("a person deactivates two minutes before an outage: its end activates nothing", async () => {
    const service = await fixture.service("lookup", { alarms });
    fixture.setAlarm("crm", "OK");
    await fixture.minutes(1);
    await service.setByHand(false);
    await fixture.minutes(2);
    fixture.setAlarm("crm", "ALARM");
    await fixture.events("crm");
    fixture.setAlarm("crm", "OK");
    await fixture.minutes(10);
    expect(await service.reasons()).toEqual(["MANUAL"]);
    expect(service.isActive()).toBe(false);
  });

  test("a sweep that reads between our PUT and its note sees no person", async () => {
    const service = await fixture.service("lookup", { alarms });
    await fixture.sweep();
    const { publish } = fixture.dependencies.outcomes;
    let isSwept = false;
    fixture.dependencies.outcomes.publish = async (data, time) => {
      if (!isSwept) {
        isSwept = true;
        await fixture.sweep();
      }
      return publish(data, time);
    };
    fixture.setAlarm("crm", "ALARM");
    await fixture.events("crm");
    expect(isSwept).toBe(true);
    await fixture.minutes(3);
    expect(await service.reasons()).toEqual(["OUTAGE"]);
    expect((await fixture.dependencies.activation.get(service.name)).override).toBeUndefined();
    expect(service.isActive()).toBe(false);
  });

  test("a person's override with an end keeps it, whatever the admin page shows meanwhile", async () => {
    const service = await fixture.service("lookup", { alarms });
    fixture.setAlarm("crm", "ALARM");
    await fixture.events("crm");
    await fixture.command("override", "lookup", { until: inMinutes(5) });
    await fixture.minutes(4);
    expect(service.isActive()).toBe(true);
    await fixture.minutes(2);
    expect(service.isActive()).toBe(false);
  });

  test.each(["an outage that ends", "an outage that begins"])(
    "a person activates what they deactivated: it is believed when it is seen again, whatever %s between",
    async (what) => {
      const service = await fixture.service("lookup", { alarms, recoverAfterSeconds: 60 }, { isProbed: false });
      fixture.setAlarm("crm", "OK");
      await fixture.minutes(1);
      await service.setByHand(false);
      await fixture.minutes(1);
      const isEnding = what === "an outage that ends";
      if (isEnding) {
        fixture.setAlarm("crm", "ALARM");
        await fixture.minutes(1);
        fixture.setAlarm("crm", "OK");
      }
      await service.setByHand(true);
      await fixture.minutes(1);
      if (!isEnding) fixture.setAlarm("crm", "ALARM");
      await fixture.minutes(1);
      expect(await service.reasons()).toEqual(isEnding ? [] : ["OUTAGE"]);
      // The click is older than an outage that begins after it.
      expect(service.isActive()).toBe(isEnding);
    },
  );

  test("a person activates against a command: told once, whatever outages come and go", async () => {
    const service = await fixture.service("lookup", { alarms, recoverAfterSeconds: 60 }, { isProbed: false });
    fixture.setAlarm("crm", "OK");
    await fixture.command("deactivate", "lookup");
    await service.setByHand(true);
    await fixture.minutes(3);
    fixture.setAlarm("crm", "ALARM");
    await fixture.minutes(3);
    fixture.setAlarm("crm", "OK");
    await fixture.minutes(6);
    const told = () => fixture.takeOutcomes().filter(({ summary }) => /was activated in the admin page/.test(summary));
    expect(told()).toHaveLength(1);
    await service.setByHand(false);
    await fixture.minutes(2);
    await service.setByHand(true);
    await fixture.minutes(3);
    expect(told()).toHaveLength(1); // another time
  });
});

test("RingCX fails for one service: what a person does with another one is seen without waiting for that", async () => {
  const failing = await fixture.service("failing", { alarms: [arnOf("crm")] }, { isProbed: false });
  const other = await fixture.service("other");
  await fixture.minutes(1); // no read is as old as the services' own creation
  await other.setByHand(false);
  const match = { operation: "setHttpServiceIsActive" };
  fixture.simulator.faults.add({ kind: "status", status: 503, times: "always", match });
  fixture.setAlarm("crm", "ALARM");
  fixture.takeOutcomes();
  const startedAt = fixture.clock.now();
  let waitedMs = 0;
  const { publish } = fixture.dependencies.outcomes;
  fixture.dependencies.outcomes.publish = (data, time) => {
    if (data.summary.includes("in the admin page")) waitedMs = fixture.clock.now() - startedAt;
    return publish(data, time);
  };
  await fixture.sweep();
  expect(await other.reasons()).toEqual(["MANUAL"]);
  expect(waitedMs).toBeLessThan(5_000);
  // The other is tried for longer after that; so long that its account counts as slow, and is given more time the next time.
  expect(fixture.clock.now() - startedAt).toBeGreaterThan(5_000);
  fixture.simulator.faults.clear();
  await fixture.sweep();
  expect(failing.isActive()).toBe(false);
});
