import { afterEach, beforeEach, expect, test } from "vitest";
import { guardsSchema } from "../../../functions/fail-over-services/settings.ts";
import { arnOf, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const alarms = [arnOf("crm")];
const down = { passed: false, kind: "UNREACHABLE", because: "503" } as const;

const services = async (count: number, options?: { isProbed: boolean }) => {
  const all = [];
  for (let index = 0; index < count; index += 1) {
    all.push(await fixture.service(`lookup ${index}`, index < 10 ? { alarms } : {}, options));
  }
  await fixture.sweep(); // counts them
  fixture.takeOutcomes();
  fixture.setAlarm("crm", "ALARM", "All is down.");
  return all;
};
const inactive = (all: Awaited<ReturnType<typeof services>>) => all.filter((one) => one.isActive() === false).length;

test("10 of 20 alarmed, no probe to confirm it: four go out, six are reported once and stay", async () => {
  const all = await services(20, { isProbed: false });
  await Promise.all([fixture.events("crm"), fixture.events("crm"), fixture.sweep()]);
  expect(inactive(all)).toBe(4);
  await fixture.minutes(5);
  expect(inactive(all)).toBe(4);
  const published = fixture.takeOutcomes();
  expect(published.filter(({ status }) => status === "SUCCEEDED")).toHaveLength(4);
  const suppressed = published.filter(({ status }) => status === "NO_CHANGE");
  expect(new Set(suppressed.map(({ cause }) => cause.id.split("/")[2])).size).toBe(1);
  expect(new Set(suppressed.map(({ resources }) => resources?.[0]?.name)).size).toBe(6);
  expect(suppressed[0]?.summary).toMatch(/left active: .*20 % .*within 15 min.*no probe.*All is down.*command release/);
  expect(fixture.guards.triggered).toBeGreaterThanOrEqual(6);
});

test("the same with probes that fail: all ten go out", async () => {
  fixture.probe.result = down;
  const all = await services(20);
  await fixture.events("crm");
  expect(inactive(all)).toBe(10);
});

test("with probes that pass: four go out, because an alarm may know what a probe does not", async () => {
  const all = await services(20);
  await fixture.events("crm");
  expect(inactive(all)).toBe(4);
  // When a probe fails after all, there is no reason to wait.
  fixture.probe.result = down;
  await fixture.minutes(1);
  expect(inactive(all)).toBe(10);
});

test("what is confirmed later makes room for what cannot be", async () => {
  const all = await services(9);
  const unproven = await fixture.service("without a probe", { alarms: [arnOf("other")] }, { isProbed: false });
  await fixture.events("crm"); // one of nine goes out unconfirmed, and takes the only place
  expect(inactive(all)).toBe(1);
  fixture.setAlarm("other", "ALARM");
  await fixture.events("other");
  expect(unproven.isActive()).toBe(true);
  fixture.probe.result = down;
  await fixture.minutes(2);
  expect(unproven.isActive()).toBe(false);
});

test("a place is free again after fifteen minutes", async () => {
  const all = await services(10, { isProbed: false });
  await fixture.events("crm");
  expect(inactive(all)).toBe(2);
  await fixture.minutes(16);
  expect(inactive(all)).toBe(4);
});

test("probes that passed before do not count for the end of the outage that release begins", async () => {
  await fixture.stop();
  fixture = await startFixture({ recoverAfterSeconds: 60 });
  const all = [];
  for (const name of ["a", "b"]) all.push(await fixture.service(name, { alarms, watch: "probe" }));
  await fixture.minutes(4);
  fixture.setAlarm("crm", "ALARM");
  await fixture.events("crm");
  const left = all.find((one) => one.isActive());
  await fixture.command("release", left?.name.serviceDescription ?? "");
  expect(left?.isActive()).toBe(false);
  fixture.setAlarm("crm", "OK");
  await fixture.minutes(2);
  expect(left?.isActive()).toBe(false);
  await fixture.minutes(1);
  expect(left?.isActive()).toBe(true);
});

test("the command release takes out what is suppressed, and it recovers as any other", async () => {
  const all = await services(10, { isProbed: false });
  await fixture.events("crm");
  const suppressed = fixture.takeOutcomes().find(({ status }) => status === "NO_CHANGE")?.resources?.[0]?.name ?? "";
  await fixture.command("release", suppressed.slice("CRM/".length));
  expect(inactive(all)).toBe(3);
  fixture.setAlarm("crm", "OK");
  await fixture.minutes(7);
  expect(inactive(all)).toBe(0);
});

test("what is suppressed is forgotten when its alarm clears", async () => {
  const all = await services(10, { isProbed: false });
  await fixture.events("crm");
  fixture.setAlarm("crm", "OK");
  await fixture.minutes(20);
  fixture.takeOutcomes();
  fixture.setAlarm("crm", "ALARM");
  await fixture.events("crm");
  expect(inactive(all)).toBe(2);
  expect(fixture.takeOutcomes().filter(({ status }) => status === "NO_CHANGE")).toHaveLength(8);
});

test("what a person keeps active, or keeps us from, takes no place", async () => {
  const all = await services(10, { isProbed: false });
  for (const index of [0, 1, 2, 3, 4, 5, 6, 7]) {
    await fixture.command(index % 2 === 0 ? "hands-off" : "override", `lookup ${index}`);
  }
  fixture.takeOutcomes();
  await fixture.events("crm");
  expect(inactive(all)).toBe(2);
  const published = fixture.takeOutcomes();
  expect(published.filter(({ status }) => status === "PLANNED").map(({ summary }) => summary)).toEqual(
    Array(4).fill(expect.stringMatching(/would have been deactivated \(hands off by ada: test\)/)),
  );
  expect(published.filter(({ status }) => status === "NO_CHANGE").map(({ summary }) => summary)).toEqual(
    Array(4).fill(expect.stringMatching(/left active \(override by ada: test\)/)),
  );
});

test.each(["hands-off", "override"] as const)(
  "when the time of %s is over for 20 services, no more go out than the blast radius allows",
  async (command) => {
    const all = await services(20, { isProbed: false });
    const until = new Date(fixture.clock.now() + 5 * 60_000).toISOString();
    for (let index = 0; index < 20; index += 1) await fixture.command(command, `lookup ${index}`, { until });
    await fixture.events("crm");
    await fixture.minutes(4);
    expect(inactive(all)).toBe(0);
    fixture.takeOutcomes();
    await fixture.minutes(3);
    expect(inactive(all)).toBe(4);
    const left = fixture.takeOutcomes().filter(({ summary }) => summary.includes(" left active: "));
    expect(left).toHaveLength(6);
  },
);

test("observe reports as many as enforce would take, and takes no place from the others", async () => {
  await fixture.stop();
  fixture = await startFixture({ mode: "observe" });
  const all = await services(20, { isProbed: false });
  await fixture.events("crm");
  await fixture.minutes(3);
  expect(inactive(all)).toBe(0);
  const published = fixture.takeOutcomes();
  expect(published.filter(({ status }) => status === "PLANNED")).toHaveLength(4);
  const left = published.filter(({ summary }) => summary.includes("would have been left active (mode observe)"));
  expect(left).toHaveLength(6);
  fixture.dependencies.settings.mode = "enforce";
  await fixture.minutes(1);
  expect(inactive(all)).toBe(4);
});

test("a service that was deleted in RingCX gives its place back", async () => {
  const [gone, other] = await services(2, { isProbed: false });
  await fixture.table.update(
    { pk: "ACCOUNT#123456", sk: "SERVICE#CRM/lookup 0" },
    {
      serviceId: 999_999,
      manifest: { groupName: "CRM", serviceDescription: "deleted", health: { alarms: [arnOf("crm")] } },
    },
  );
  expect((await fixture.events("crm")).batchItemFailures).toHaveLength(1);
  await fixture.sweep();
  expect(gone?.isActive()).toBe(true);
  expect(other?.isActive()).toBe(false);
});

test("the share is a setting", async () => {
  await fixture.stop();
  fixture = await startFixture({ guards: guardsSchema.parse({ blastRadius: { share: 1 } }) });
  const all = await services(10, { isProbed: false });
  await fixture.events("crm");
  expect(inactive(all)).toBe(10);
});
