import { afterEach, beforeEach, expect, test } from "vitest";
import { commandDeliveries } from "../../../functions/fail-over-services/settings.ts";
import { allPermissions } from "../../../infra/local/ringcx-simulator/access/permissions.ts";
import { activationKey } from "../../../shared/records/account/activation.ts";
import { accountId, arnOf, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

const match = { operation: "setHttpServiceIsActive" };
const name = { accountId, groupName: "CRM", serviceDescription: "lookup" };

/** A command as its queue delivers it, again and again. */
function deactivation() {
  const event = {
    specversion: "1.0",
    id: "c1",
    source: "/ops",
    type: "ringcx.command.v1",
    time: new Date(fixture.clock.now()).toISOString(),
    data: { command: "deactivate", ...name, by: "ada", why: "test" },
  };
  return (count: number) => {
    fixture.deliveries.count = count;
    return fixture.commands(event);
  };
}

/** What was told under the command's id, each once. */
const answers = (all = fixture.takeOutcomes()) => [
  ...new Set(all.flatMap(({ cause, status, summary }) => (cause.id === "c1" ? [`${status} ${summary}`] : []))),
];

test("a command for an item that stays unreadable ends with one outcome, and is kept", async () => {
  const service = await fixture.service("lookup");
  await fixture.table.update(activationKey(name), { OUTAGE: "not a reason" });
  const deliver = deactivation();
  for (let count = 1; count < commandDeliveries.last; count += 1) {
    expect((await deliver(count)).batchItemFailures).toHaveLength(1);
  }
  expect(answers()).toEqual([]);
  expect((await deliver(commandDeliveries.last)).batchItemFailures).toEqual([]);
  expect(answers()).toEqual([
    expect.stringMatching(
      /^FAILED CRM\/lookup: deactivate by ada was not carried out: .*ACTIVATION#CRM\/lookup.* It is kept in CommandRejects: /s,
    ),
  ]);
  expect(fixture.rejected).toHaveLength(1);
  expect(service.isActive()).toBe(true);
});

test("one that RingCX does not do ends with one outcome, and is done as soon as RingCX works", async () => {
  const service = await fixture.service("lookup");
  const deliver = deactivation();
  fixture.simulator.faults.add({ kind: "status", status: 503, times: "always", match });
  await deliver(1);
  await deliver(commandDeliveries.last - 1);
  expect(answers()).toEqual([]);
  expect((await deliver(commandDeliveries.last)).batchItemFailures).toEqual([]);
  expect(answers()).toEqual([
    expect.stringMatching(
      /^FAILED CRM\/lookup is not deactivated yet: deactivate by ada: test; .*503.* It stays noted/s,
    ),
  ]);
  fixture.simulator.faults.clear();
  await fixture.minutes(2);
  expect(service.isActive()).toBe(false);
  const told = fixture.takeOutcomes();
  expect(told).toMatchObject([
    {
      status: "SUCCEEDED",
      summary: "CRM/lookup deactivated: deactivate by ada: test. It comes back by the command release.",
    },
  ]);
  expect(answers(told)).toEqual([]);
  expect(fixture.rejected).toEqual([]);
});

test("one that RingCX refuses ends at once, and has no other outcome when it allows it", async () => {
  const service = await fixture.service("lookup", { alarms: [arnOf("crm")] });
  const deliver = deactivation();
  fixture.simulator.setPermissions(allPermissions.filter((one) => one !== "UPDATE on HttpService"));
  expect((await deliver(1)).batchItemFailures).toEqual([]);
  expect(answers()).toEqual([expect.stringMatching(/^FAILED CRM\/lookup is not deactivated yet: .*403/)]);
  await fixture.minutes(2);
  fixture.simulator.setPermissions(allPermissions);
  await fixture.minutes(2);
  expect(service.isActive()).toBe(false);
  expect(answers()).toEqual([]);
});

test("one that was done, and that the topic does not take, is told by the sweep", async () => {
  const service = await fixture.service("lookup");
  const deliver = deactivation();
  const { publish } = fixture.dependencies.outcomes;
  fixture.dependencies.outcomes.publish = async () => {
    throw new Error("SNS is unavailable");
  };
  expect((await deliver(1)).batchItemFailures).toHaveLength(1);
  expect((await deliver(commandDeliveries.last)).batchItemFailures).toEqual([]);
  fixture.dependencies.outcomes.publish = publish;
  await fixture.minutes(1);
  expect(service.isActive()).toBe(false);
  expect(answers()).toEqual([expect.stringMatching(/^SUCCEEDED CRM\/lookup deactivated: deactivate by ada/)]);
});
