import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { standingOf } from "../../../functions/fail-over-services/report/standing.ts";
import type { InactiveReason, StoredActivation } from "../../../shared/records/account/activation.ts";
import { failoverAttributes } from "../../../shared/records/account/failover-memory.ts";
import { arnOf, type Fixture, startFixture } from "./fixture.ts";

// What a person reads at night: what the service is now, why, and what to type.

const since = "2026-03-01T01:00:00.000Z";
const until = "2026-03-01T09:00:00.000Z";
const now = Date.parse("2026-03-01T02:00:00.000Z");
const hold = { by: "ada", why: "migration", since };
const outage: InactiveReason = { kind: "OUTAGE", since, alarms: [], confirmedByProbe: false };

function recordOf(more: Partial<StoredActivation>, isActive?: boolean): StoredActivation {
  const state = isActive === undefined ? {} : { lastAppliedState: { isActive, at: since } };
  return { reasons: [], writerAttributes: {}, version: 1, ...state, ...more };
}

test.each<[what: string, record: StoredActivation, state: string, because: string, next: string | undefined]>([
  ["in service", recordOf({}, true), "active", "no reason keeps it inactive", undefined],
  ["never seen", recordOf({}), "as it is", "no reason keeps it inactive", undefined],
  [
    "an outage",
    recordOf({ reasons: [outage] }, false),
    "inactive",
    `outage since ${since}`,
    "It comes back when the outage is over, or now by the command override",
  ],
  [
    "an outage that waits for a person",
    recordOf(
      {
        reasons: [outage],
        writerAttributes: failoverAttributes({ memory: { requiresCommand: true } }),
      },
      false,
    ),
    "inactive",
    `outage since ${since}`,
    "It comes back by the command activate",
  ],
  [
    "flapping",
    recordOf({ reasons: [{ kind: "FLAPPING", since, until }] }, false),
    "inactive",
    `flapping, inactive until ${until}`,
    `It comes back when it has been quiet until ${until}, or by the command activate`,
  ],
  [
    "deactivate",
    recordOf({ reasons: [{ kind: "KEEP_INACTIVE", ...hold }] }, false),
    "inactive",
    "kept inactive by ada: migration",
    "It comes back by the command release",
  ],
  [
    "keep-inactive",
    recordOf({ reasons: [{ kind: "KEEP_INACTIVE", ...hold, until }] }, false),
    "inactive",
    "kept inactive by ada: migration",
    `It comes back at ${until}, or by the command release`,
  ],
  [
    "the admin page",
    recordOf({ reasons: [{ kind: "MANUAL", since }] }, false),
    "inactive",
    `deactivated in the admin page, seen ${since}`,
    "It comes back by the command activate, or in the admin page",
  ],
  [
    "its manifest",
    recordOf({ reasons: [{ kind: "NOT_WANTED", since }] }, false),
    "inactive",
    "its manifest says inactive",
    "It comes back by its manifest with isEnabled true, or by the command activate",
  ],
  [
    "no validation",
    recordOf({ reasons: [{ kind: "NOT_VALIDATED", since, because: "404" }] }, false),
    "inactive",
    "not validated (404)",
    "It comes back by its message, sent again, once its endpoint passes the validation",
  ],
  [
    "retired",
    recordOf({ reasons: [{ kind: "RETIRED", since }] }, false),
    "inactive",
    "retired",
    "It comes back no more: it is retired",
  ],
  [
    "two reasons",
    recordOf({ reasons: [outage, { kind: "KEEP_INACTIVE", ...hold }] }, false),
    "inactive",
    `outage since ${since}; kept inactive by ada: migration`,
    "It comes back when all have ended: when the outage is over, or now by the command override; by the command release",
  ],
  [
    "hands-off",
    recordOf({ handsOff: hold }, true),
    "active",
    "hands off by ada (migration)",
    "Nothing is changed in RingCX until the command release",
  ],
  [
    "hands-off in an outage",
    recordOf({ handsOff: { ...hold, until }, reasons: [outage] }, true),
    "active",
    `hands off by ada (migration); it would be inactive (outage since ${since})`,
    `Nothing is changed in RingCX until ${until} or the command release`,
  ],
  [
    "hands-off after an outage",
    recordOf({ handsOff: hold }, false),
    "inactive",
    "hands off by ada (migration); it would be active",
    "Nothing is changed in RingCX until the command release",
  ],
  [
    "override",
    recordOf({ override: hold, reasons: [outage] }, true),
    "active",
    `override by ada (migration), despite outage since ${since}`,
    "It stays active in an outage until the command release, or until an outage has ended",
  ],
])("how a service stands: %s", (_what, record, state, because, next) => {
  expect(standingOf(record, now, { health: {} })).toEqual({ state, because, ...(next !== undefined && { next }) });
});

describe("told", () => {
  let fixture: Fixture;
  beforeAll(async () => (await startFixture()).stop());
  beforeEach(async () => {
    fixture = await startFixture();
  });
  afterEach(() => fixture.stop());

  const alarms = [arnOf("crm")];
  const lookup = () => fixture.service("lookup", { alarms }, { isProbed: false });
  const told = () => fixture.takeOutcomes().map(({ status, summary }) => `${status} ${summary}`);
  const down = async () => {
    fixture.setAlarm("crm", "ALARM", "Down.");
    await fixture.events("crm");
  };
  const over = async () => {
    fixture.takeOutcomes();
    fixture.setAlarm("crm", "OK");
    await fixture.minutes(12);
  };
  const isOver = "its outage is over (no alarm fires (it has no probe to ask), for 300 s)";

  test.each<[command: string, state: boolean, outcome: string]>([
    [
      "deactivate",
      false,
      `NO_CHANGE CRM/lookup stays inactive: ${isOver}. What holds it: kept inactive by ada: test. ` +
        "It comes back by the command release.",
    ],
    [
      "hands-off",
      false,
      `PLANNED CRM/lookup stays inactive: ${isOver}. What holds it: hands off by ada (test); it would be active. ` +
        "Nothing is changed in RingCX until the command release.",
    ],
    ["override", true, `NO_CHANGE CRM/lookup stays active: ${isOver}. The override by ada has ended with it.`],
  ])("the end of an outage behind %s, once, with what to type", async (command, isActive, outcome) => {
    const service = await lookup();
    await down();
    await fixture.command(command, "lookup");
    await over();
    expect(service.isActive()).toBe(isActive);
    expect(told()).toEqual([outcome]);
    await fixture.command("release", "lookup");
    expect(service.isActive()).toBe(true);
  });

  test("an outage and its end while hands are off a service that stayed active", async () => {
    await lookup();
    await fixture.command("hands-off", "lookup");
    fixture.takeOutcomes();
    await down();
    expect(told()).toEqual([
      "PLANNED CRM/lookup would have been deactivated (hands off by ada: test): Down. " +
        "Nothing is changed in RingCX until the command release.",
    ]);
    await over();
    expect(told()).toEqual([
      `NO_CHANGE CRM/lookup stays active: ${isOver}. What holds it: hands off by ada (test). ` +
        "Nothing is changed in RingCX until the command release.",
    ]);
  });

  test("what a person did in the admin page meanwhile holds, too", async () => {
    const service = await lookup();
    fixture.setAlarm("crm", "OK");
    await service.setByHand(false);
    await fixture.minutes(6);
    await down();
    await over();
    expect(service.isActive()).toBe(false);
    expect(told()).toEqual([
      expect.stringMatching(
        /^NO_CHANGE CRM\/lookup stays inactive: its outage is over .*\. What holds it: deactivated in the admin page, seen \S+\. It comes back by the command activate, or in the admin page\.$/,
      ),
    ]);
  });

  test("each command says what the service is now, why, and what comes next", async () => {
    await lookup();
    const sent = async (command: string, more: Record<string, unknown> = {}) => {
      await fixture.command(command, "lookup", more);
      return told();
    };
    expect(await sent("release")).toEqual([
      "NO_CHANGE CRM/lookup stays active: release by ada: test; no reason keeps it inactive.",
    ]);
    expect(await sent("hands-off")).toEqual([
      "NO_CHANGE CRM/lookup stays active: hands-off by ada: test; hands off by ada (test). " +
        "Nothing is changed in RingCX until the command release.",
    ]);
    expect(await sent("deactivate")).toEqual([
      "NO_CHANGE CRM/lookup stays active: deactivate by ada: test; hands off by ada (test); " +
        "it would be inactive (kept inactive by ada: test). Nothing is changed in RingCX until the command release.",
    ]);
    expect(await sent("release")).toEqual([
      "NO_CHANGE CRM/lookup stays active: release by ada: test; no reason keeps it inactive.",
    ]);
    expect(await sent("deactivate")).toEqual([
      "SUCCEEDED CRM/lookup deactivated: deactivate by ada: test. It comes back by the command release.",
    ]);
    expect(await sent("activate")).toEqual(["SUCCEEDED CRM/lookup activated: activate by ada: test."]);
    await down();
    told();
    expect(await sent("activate")).toEqual([
      expect.stringMatching(
        /^NO_CHANGE CRM\/lookup stays inactive: activate by ada: test; outage since \S+\. It comes back when the outage is over, or now by the command override\.$/,
      ),
    ]);
    expect(await sent("override")).toEqual([
      "SUCCEEDED CRM/lookup activated: override by ada: test. " +
        "It stays active in an outage until the command release, or until an outage has ended.",
    ]);
    expect(await sent("release")).toEqual([
      "SUCCEEDED CRM/lookup deactivated: release by ada: test. " +
        "It comes back when the outage is over, or now by the command override.",
    ]);
  });
});
