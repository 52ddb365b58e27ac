import { afterEach, beforeEach, expect, test } from "vitest";
import { guardsSchema } from "../../../functions/fail-over-services/settings.ts";
import { arnOf, type Stage, startStage } from "./fixture.ts";

let stage: Stage;
beforeEach(async () => {
  stage = await startStage();
});
afterEach(() => stage.stop());

const alarms = [arnOf("crm")];
const down = { passed: false, kind: "UNREACHABLE", because: "503" } as const;

const services = async (count: number, options?: { isProbed: boolean }) => {
  const all = [];
  for (let index = 0; index < count; index += 1) {
    all.push(await stage.service(`lookup ${index}`, index < 10 ? { alarms } : {}, options));
  }
  await stage.sweep(); // counts them
  stage.takeOutcomes();
  stage.setAlarm("crm", "ALARM", "All is down.");
  return all;
};
const inactive = (all: Awaited<ReturnType<typeof services>>) => all.filter((one) => one.isActive() === false).length;

test("10 of 20 alarmed, no probe to confirm it: four go out, six are reported once and stay", async () => {
  const all = await services(20, { isProbed: false });
  await Promise.all([stage.events("crm"), stage.events("crm"), stage.sweep()]);
  expect(inactive(all)).toBe(4);
  await stage.minutes(5);
  expect(inactive(all)).toBe(4);
  const published = stage.takeOutcomes();
  expect(published.filter(({ status }) => status === "SUCCEEDED")).toHaveLength(4);
  const suppressed = published.filter(({ status }) => status === "NO_CHANGE");
  expect(new Set(suppressed.map(({ cause }) => cause.id.split("/")[2])).size).toBe(1);
  expect(new Set(suppressed.map(({ resources }) => resources?.[0]?.name)).size).toBe(6);
  expect(suppressed[0]?.summary).toMatch(/left active: .*20 % .*within 15 min.*no probe.*All is down.*command release/);
  expect(stage.guards.triggered).toBeGreaterThanOrEqual(6);
});

test("the same with probes that fail: all ten go out", async () => {
  stage.probe.result = down;
  const all = await services(20);
  await stage.events("crm");
  expect(inactive(all)).toBe(10);
});

test("with probes that pass: four go out, because an alarm may know what a probe does not", async () => {
  const all = await services(20);
  await stage.events("crm");
  expect(inactive(all)).toBe(4);
  // When a probe fails after all, there is no reason to wait.
  stage.probe.result = down;
  await stage.minutes(1);
  expect(inactive(all)).toBe(10);
});

test("what is confirmed later makes room for what cannot be", async () => {
  const all = await services(9);
  const unproven = await stage.service("without a probe", { alarms: [arnOf("other")] }, { isProbed: false });
  await stage.events("crm"); // one of nine goes out unconfirmed, and takes the only place
  expect(inactive(all)).toBe(1);
  stage.setAlarm("other", "ALARM");
  await stage.events("other");
  expect(unproven.isActive()).toBe(true);
  stage.probe.result = down;
  await stage.minutes(2);
  expect(unproven.isActive()).toBe(false);
});

test("a place is free again after fifteen minutes", async () => {
  const all = await services(10, { isProbed: false });
  await stage.events("crm");
  expect(inactive(all)).toBe(2);
  await stage.minutes(16);
  expect(inactive(all)).toBe(4);
});

test("the command release takes out what is suppressed, and it recovers as any other", async () => {
  const all = await services(10, { isProbed: false });
  await stage.events("crm");
  const suppressed = stage.takeOutcomes().find(({ status }) => status === "NO_CHANGE")?.resources?.[0]?.name ?? "";
  await stage.command("release", suppressed.slice("CRM/".length));
  expect(inactive(all)).toBe(3);
  stage.setAlarm("crm", "OK");
  await stage.minutes(7);
  expect(inactive(all)).toBe(0);
});

test("what is suppressed is forgotten when its alarm clears", async () => {
  const all = await services(10, { isProbed: false });
  await stage.events("crm");
  stage.setAlarm("crm", "OK");
  await stage.minutes(20);
  stage.takeOutcomes();
  stage.setAlarm("crm", "ALARM");
  await stage.events("crm");
  expect(inactive(all)).toBe(2);
  expect(stage.takeOutcomes().filter(({ status }) => status === "NO_CHANGE")).toHaveLength(8);
});

test("what a person keeps active, or keeps us from, takes no place", async () => {
  const all = await services(10, { isProbed: false });
  for (const index of [0, 1, 2, 3, 4, 5, 6, 7]) {
    await stage.command(index % 2 === 0 ? "hands-off" : "override", `lookup ${index}`);
  }
  stage.takeOutcomes();
  await stage.events("crm");
  expect(inactive(all)).toBe(2);
  const published = stage.takeOutcomes();
  expect(published.filter(({ status }) => status === "PLANNED").map(({ summary }) => summary)).toEqual(
    Array(4).fill(expect.stringMatching(/would have been deactivated \(hands off by ada: test\)/)),
  );
  expect(published.filter(({ status }) => status === "NO_CHANGE").map(({ summary }) => summary)).toEqual(
    Array(4).fill(expect.stringMatching(/left active \(override by ada: test\)/)),
  );
});

test("the share is a setting", async () => {
  await stage.stop();
  stage = await startStage({ guards: guardsSchema.parse({ blastRadius: { share: 1 } }) });
  const all = await services(10, { isProbed: false });
  await stage.events("crm");
  expect(inactive(all)).toBe(10);
});
