import { afterEach, beforeEach, expect, test } from "vitest";
import { eventTrialKey, eventTrialToItem } from "../../../../shared/records/account/event-trial.ts";
import { accountId, arnOf, type Fixture, startFixture } from "../fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

async function outage() {
  const service = await fixture.service("lookup", { alarms: [arnOf("crm")] });
  fixture.setAlarm("crm", "ALARM");
  return service;
}

test("while RingCX is tried for another alarm of the account an event comes again within seconds, and asks RingCX nothing", async () => {
  const service = await outage();
  await fixture.table.put(eventTrialToItem(accountId, fixture.clock.now()));
  expect((await fixture.events("crm")).batchItemFailures).toHaveLength(1);
  expect(fixture.hidden).toEqual([10]); // its second delivery
  expect(fixture.takeRequests()).toEqual([]);
  await fixture.clock.sleep(10_000);
  expect(await fixture.events("crm")).toEqual({ batchItemFailures: [] });
  expect(service.isActive()).toBe(false);
});

test.each([
  ["is no time", () => "soon"],
  ["is far away", (now: number) => now + 3_600_000],
])("a note of it that %s keeps nobody from acting", async (_, until) => {
  const service = await outage();
  await fixture.table.put({ ...eventTrialKey(accountId), until: until(fixture.clock.now()) });
  await fixture.events("crm");
  expect(service.isActive()).toBe(false);
});

test("what RingCX does not do in three seconds is tried for ten by one event, and nothing is left of that", async () => {
  const service = await outage();
  fixture.simulator.faults.add({
    kind: "status",
    status: 503,
    times: "always",
    match: { operation: "setHttpServiceIsActive" },
  });
  const begun = fixture.clock.now();
  expect((await fixture.events("crm")).batchItemFailures).toHaveLength(1);
  const tookMs = fixture.clock.now() - begun;
  expect(tookMs).toBeGreaterThan(3_000);
  expect(tookMs).toBeLessThan(15_000);
  expect(await fixture.table.get(eventTrialKey(accountId))).toBeUndefined();
  expect(service.isActive()).toBe(true);
});
