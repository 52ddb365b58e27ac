import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Health } from "../../../shared/contract/fields/health.ts";
import { blastRadiusFromItem, blastRadiusKey } from "../../../shared/records/account/blast-radius.ts";
import { failoverMemoryOf } from "../../../shared/records/account/failover-memory.ts";
import { accountId, arnOf, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const alarms = [arnOf("crm"), arnOf("erp")];
const match = { operation: "setHttpServiceIsActive" };
const failing = { kind: "status", status: 503, times: "always", match } as const;

/** What was told, each once: when, and what. */
function recordOutcomes() {
  const told = new Map<string, { time: number; status: string; summary: string }>();
  const { publish } = fixture.dependencies.outcomes;
  fixture.dependencies.outcomes.publish = async (data, time) => {
    const outcome = await publish(data, time);
    const { status, summary } = data;
    told.set(`${data.cause.source}/${data.cause.id}`, { time: Date.parse(outcome.time), status, summary });
    return outcome;
  };
  return {
    summaries: () => [...told.values()].map(({ summary }) => summary),
    of: (status: string) => [...told.values()].filter((one) => one.status === status),
  };
}

/** A service whose last change by us is longer ago than the blast radius looks. */
async function outage(isProbed = false) {
  const service = await fixture.service("lookup", { alarms }, { isProbed });
  fixture.setAlarm("erp", "OK");
  await fixture.clock.sleep(16 * 60_000);
  fixture.setAlarm("crm", "ALARM", "The health check failed.");
  return service;
}

const notCarriedOut =
  /^CRM\/lookup left active: The health check failed; not carried out, because RingCX had not done it when this came after it: no alarm fires any more\.$/;

describe("whoever began it died before RingCX had done it", () => {
  /** Its function is killed within the call, with kill -9. */
  async function killed(health: Health) {
    const service = await fixture.service("lookup", health);
    await fixture.minutes(1);
    await fixture.clock.sleep(16 * 60_000);
    const outcomes = recordOutcomes();
    const { ringcxFor } = fixture.dependencies;
    fixture.dependencies.ringcxFor = () => {
      throw new Error("it died");
    };
    const { activation } = fixture.dependencies;
    const { changeIf } = activation;
    // What is dead releases nothing.
    activation.changeIf = async (name, before, change) =>
      change.carrier === null ? undefined : changeIf.call(activation, name, before, change);
    if (health.alarms) {
      fixture.setAlarm("crm", "ALARM", "The health check failed.");
      await fixture.events("crm").catch(() => {});
    } else {
      fixture.probe.result = { passed: false, kind: "DIFFERENT", because: "status 503" };
      await fixture.minutes(3);
    }
    fixture.dependencies.ringcxFor = ringcxFor;
    activation.changeIf = changeIf;
    expect((await activation.get(service.name)).intents).toHaveLength(1);
    expect(service.isActive()).toBe(true);
    await fixture.clock.sleep(60_000);
    return { service, outcomes };
  }

  test("an outage by its probe, which passes by then: nothing goes out", async () => {
    const { service, outcomes } = await killed({ watch: "probe" });
    fixture.probe.result = { passed: true, ms: 1 };
    fixture.takeRequests();
    await fixture.minutes(2);
    expect(fixture.takeRequests()).not.toContain("setHttpServiceIsActive");
    expect(service.isActive()).toBe(true);
    expect(await service.reasons()).toEqual([]);
    expect(outcomes.summaries()).toEqual([expect.stringMatching(/^CRM\/lookup left active: .* its probe passes\.$/)]);
  });

  test.each<[string, Health]>([
    ["its probe, which still fails", { watch: "probe" }],
    ["its alarm, which still fires", { alarms: [arnOf("crm")] }],
  ])("an outage by %s: it goes out, and is told with the time at which it did", async (_, health) => {
    const { service, outcomes } = await killed(health);
    const now = fixture.clock.now();
    await fixture.sweep();
    expect(service.isActive()).toBe(false);
    const [told, ...others] = outcomes.of("SUCCEEDED");
    expect(others).toEqual([]);
    expect(told?.time).toBeGreaterThanOrEqual(now);
  });
});

describe("an outage that RingCX did not carry out, and whose alarm fires no more", () => {
  const triggers = {
    "its event that comes again": () => fixture.events("crm"),
    "the sweep": () => fixture.sweep(),
  };

  test.each(["OK", "INSUFFICIENT_DATA"] as const)("%s: nothing goes out, whoever comes by", async (state) => {
    for (const trigger of Object.values(triggers)) {
      await fixture.stop();
      fixture = await startFixture();
      const service = await outage();
      const outcomes = recordOutcomes();
      fixture.simulator.faults.add(failing);
      await fixture.events("crm");
      fixture.setAlarm("crm", state);
      fixture.simulator.faults.clear();
      fixture.takeRequests();
      await trigger();
      expect(fixture.takeRequests()).not.toContain("setHttpServiceIsActive");
      await fixture.minutes(3);
      expect(service.isActive()).toBe(true);
      expect(await service.reasons()).toEqual([]);
      expect(outcomes.summaries()).toEqual([expect.stringMatching(notCarriedOut)]);
      expect(outcomes.of("SUPERSEDED")).toHaveLength(1);
      const { places } = blastRadiusFromItem(await fixture.table.get(blastRadiusKey(accountId)));
      expect(places).toEqual({});
      const record = await fixture.dependencies.activation.get(service.name);
      expect(failoverMemoryOf(record).recentOutages).toBeUndefined();
    }
  });

  test("it is asked between one attempt and the next of the same event, too", async () => {
    const service = await outage();
    const outcomes = recordOutcomes();
    const { readAlarmStates } = fixture.dependencies;
    let asked = 0;
    fixture.dependencies.readAlarmStates = async (...args) => {
      asked += 1;
      if (asked === 2) fixture.setAlarm("crm", "OK");
      return readAlarmStates(...args);
    };
    fixture.simulator.faults.add({ ...failing, times: 8 });
    await fixture.events("crm");
    // Whether it went out a read tells once none can be older than the attempt.
    await fixture.minutes(1);
    expect(service.isActive()).toBe(true);
    expect(await service.reasons()).toEqual([]);
    expect(outcomes.summaries()).toEqual([expect.stringMatching(notCarriedOut)]);
  });

  test("whoever tries for longer asks it again: it is no new outage", async () => {
    const service = await outage();
    const outcomes = recordOutcomes();
    const { readAlarmStates } = fixture.dependencies;
    let asked = 0;
    fixture.dependencies.readAlarmStates = async (...args) => {
      asked += 1;
      if (asked === 2) fixture.setAlarm("crm", "OK");
      return readAlarmStates(...args);
    };
    // Long enough for the first trial of three seconds to end.
    fixture.simulator.faults.add({ kind: "status", status: 503, times: 11 });
    await fixture.events("crm");
    // Whether it went out a read tells once none can be older than the attempt.
    await fixture.minutes(1);
    expect(service.isActive()).toBe(true);
    expect(await service.reasons()).toEqual([]);
    expect(outcomes.summaries()).toEqual([expect.stringMatching(notCarriedOut)]);
  });

  test("RingCX had done it, and its answer was lost: told, and it comes back as after any other outage", async () => {
    const service = await outage(true);
    const outcomes = recordOutcomes();
    fixture.simulator.faults.add({ kind: "lost-answer", times: "always", match });
    await fixture.events("crm");
    expect(service.isActive()).toBe(false);
    fixture.setAlarm("crm", "OK");
    fixture.simulator.faults.clear();
    await fixture.events("crm");
    const told = [expect.stringMatching(/^CRM\/lookup deactivated: The health check failed\./)];
    expect(outcomes.summaries()).toEqual(told);
    await fixture.minutes(4);
    expect(service.isActive()).toBe(false);
    await fixture.minutes(2);
    expect(service.isActive()).toBe(true);
    expect(outcomes.summaries()).toEqual([
      ...told,
      expect.stringMatching(/activated: no alarm fires and its probe passes, for 300 s\.$/),
    ]);
  });

  test("whoever took it out died before that was noted: one probe that passes does not end it", async () => {
    const service = await outage(true);
    fixture.probe.result = { passed: false, kind: "UNREACHABLE", because: "503" };
    fixture.simulator.faults.add(failing);
    await fixture.events("crm");
    await fixture.minutes(2);
    fixture.simulator.faults.clear();
    fixture.simulator.faults.add({ kind: "lost-answer", times: "always", match });
    await fixture.minutes(1);
    expect(service.isActive()).toBe(false);
    fixture.simulator.faults.clear();
    fixture.setAlarm("crm", "OK");
    fixture.probe.result = { passed: true, ms: 1 };
    await fixture.minutes(3);
    expect(service.isActive()).toBe(false);
    await fixture.minutes(4);
    expect(service.isActive()).toBe(true);
  });

  test.each<[string, () => void]>([
    ["it cannot be asked", () => fixture.setAlarm("crm", "UNKNOWN")],
    ["it was deleted", () => fixture.deleteAlarm("crm")],
    ["it was muted", () => fixture.setAlarm("crm", "ALARM", "The health check failed.", "its actions are disabled")],
    [
      "another one fires by now",
      () => {
        fixture.setAlarm("crm", "OK");
        fixture.setAlarm("erp", "ALARM");
      },
    ],
  ])("%s: that is no end, it goes out", async (_, become) => {
    const service = await outage();
    fixture.simulator.faults.add(failing);
    await fixture.events("crm");
    become();
    fixture.simulator.faults.clear();
    await fixture.sweep();
    expect(service.isActive()).toBe(false);
  });

  test("its probe fails: it goes out", async () => {
    const service = await outage(true);
    fixture.simulator.faults.add(failing);
    await fixture.events("crm");
    fixture.setAlarm("crm", "OK");
    fixture.probe.result = { passed: false, kind: "UNREACHABLE", because: "503" };
    fixture.simulator.faults.clear();
    await fixture.sweep();
    expect(service.isActive()).toBe(false);
  });

  test("its probe failed once, and passes by now: nothing speaks for the outage, and nothing goes out", async () => {
    const service = await outage(true);
    const outcomes = recordOutcomes();
    fixture.simulator.faults.add(failing);
    await fixture.events("crm");
    const { result } = fixture.probe;
    fixture.probe.result = { passed: false, kind: "UNREACHABLE", because: "503" };
    await fixture.minutes(2);
    fixture.setAlarm("crm", "OK");
    fixture.probe.result = result;
    await fixture.clock.sleep(60_000);
    fixture.simulator.faults.clear();
    await fixture.sweep();
    await fixture.minutes(3);
    expect(service.isActive()).toBe(true);
    expect(await service.reasons()).toEqual([]);
    expect(outcomes.of("SUPERSEDED")).toHaveLength(1);
    expect(outcomes.summaries()).not.toContainEqual(expect.stringMatching(/deactivated/));
  });
});

test.each(["activate", "release"])(
  "%s while RingCX has not carried an outage out: it changes nothing, takes nothing out, and says what is to come",
  async (command) => {
    const service = await outage();
    fixture.simulator.faults.add(failing);
    await fixture.events("crm");
    const outcomes = recordOutcomes();
    fixture.simulator.faults.clear();
    fixture.takeRequests();
    await fixture.command(command, "lookup");
    expect(fixture.takeRequests()).toEqual([]); // what passes the guards is for the sweep to ask
    await fixture.sweep();
    expect(service.isActive()).toBe(false);
    expect(outcomes.summaries()).toEqual([
      expect.stringMatching(
        new RegExp(
          `^CRM/lookup is about to be deactivated: ${command} by ada: test changes nothing about it; outage since .*\\. It comes back when the outage is over, or now by the command override\\.$`,
        ),
      ),
      expect.stringMatching(/^CRM\/lookup deactivated: The health check failed\./),
    ]);
  },
);

describe("what RingCX did later than it was noted is told with the time at which it was done", () => {
  test.each(["the outage", "its end", "a command"])("%s", async (what) => {
    await outage();
    if (what === "a command") fixture.setAlarm("crm", "OK");
    if (what === "its end") {
      await fixture.events("crm");
      fixture.setAlarm("crm", "OK");
      await fixture.minutes(5);
    }
    const outcomes = recordOutcomes();
    fixture.simulator.faults.add(failing);
    if (what === "the outage") await fixture.events("crm");
    else if (what === "its end") await fixture.minutes(1);
    else await fixture.command("deactivate", "lookup");
    await fixture.clock.sleep(40_000);
    fixture.simulator.faults.clear();
    const before = fixture.clock.now();
    await fixture.sweep();
    const [change, ...others] = outcomes.of("SUCCEEDED");
    expect(others).toEqual([]);
    expect(change?.time).toBeGreaterThanOrEqual(before);
  });

  test("the process dies before it could tell: the same time, without another PUT", async () => {
    await outage();
    fixture.simulator.faults.add(failing);
    await fixture.events("crm");
    await fixture.clock.sleep(40_000);
    fixture.simulator.faults.clear();
    const { publish } = fixture.dependencies.outcomes;
    const times: (string | undefined)[] = [];
    fixture.dependencies.outcomes.publish = async (data, time) => {
      times.push(time);
      const outcome = await publish(data, time);
      if (times.length === 1) throw new Error("died");
      return outcome;
    };
    fixture.takeRequests();
    await fixture.sweep();
    await fixture.clock.sleep(60_000);
    await fixture.sweep();
    expect(times).toHaveLength(2);
    expect(times[0]).toBe(times[1]);
    expect(fixture.takeRequests().filter((one) => one === "setHttpServiceIsActive")).toHaveLength(1);
  });
});
